/**
 * What this site shows: read from `/cairn.json` when a page opens, never built in. Pure but for {@link fetchSite}.
 *
 * The deployment record is the one that `scripts/deploy.ts` writes; the rest says where documents come from.
 */

import type { Address } from "viem";
import { isAddress } from "viem";
import type { EventSource } from "./types.ts";

export interface Site {
  readonly schema: "cairn/site/v1";
  readonly deployment: {
    readonly schema: "cairn/deployment/v1";
    readonly chainId: number;
    /** No event of ours is older. */
    readonly deployedAtBlock: number;
    readonly rpcUrl: string;
    readonly contracts: Readonly<Record<EventSource, Address>>;
  };
  readonly chain: {
    /** For people, and for a wallet that doesn't know the chain yet. */
    readonly name: string;
    /** Where a transaction's page is, `{hash}` standing for it; none on a local chain. */
    readonly explorerTx?: string;
  };
  /** Bases of trustless gateways, asked in this order: `<base>/ipfs/<cid>?format=raw`. May be relative to the site. */
  readonly gateways: readonly string[];
  /** Where a POST of `{"account": "0x…"}` gives coins; only on chains of one's own. May be relative to the site. */
  readonly faucet?: string;
  /** Addresses (WebSockets multiaddrs) of peers that the tab may ask itself. */
  readonly peers: readonly string[];
}

export type SiteDetail =
  | { readonly code: "SITE_UNREADABLE"; readonly status: number | undefined }
  | { readonly code: "SITE_MALFORMED"; readonly path: string };

/** `/cairn.json` is missing or wrong: nothing can be shown, and the page says what to do. */
export class SiteError extends Error {
  readonly detail: SiteDetail;

  constructor(detail: SiteDetail, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = "SiteError";
    this.detail = detail;
  }

  get code(): SiteDetail["code"] {
    return this.detail.code;
  }
}

const CONTRACTS = ["cairnToken", "nodeRegistry", "modelRegistry", "dataRegistry", "flContract"] as const;

/** Unit: bytes. Far above any sensible file, far below what hurts. */
const MAX_SITE_BYTES = 65_536;

/** Unit: milliseconds. */
const DEADLINE_MS = 10_000;

/** @throws {SiteError} `SITE_UNREADABLE` | `SITE_MALFORMED` */
export async function fetchSite(signal: AbortSignal): Promise<Site> {
  let status: number | undefined;
  try {
    const bounded = AbortSignal.any([signal, AbortSignal.timeout(DEADLINE_MS)]);
    const answer = await fetch("/cairn.json", { signal: bounded, cache: "no-cache" });
    status = answer.status;
    const text = await answer.text();
    if (answer.ok && text.length <= MAX_SITE_BYTES) return parseSite(JSON.parse(text));
  } catch (cause) {
    if (cause instanceof SiteError) throw cause;
    throw new SiteError({ code: "SITE_UNREADABLE", status }, "/cairn.json cannot be read", { cause });
  }
  throw new SiteError({ code: "SITE_UNREADABLE", status }, `/cairn.json cannot be read: HTTP ${status}`);
}

/**
 * @returns the site that the parsed JSON `value` describes.
 * @throws {SiteError} `SITE_MALFORMED` naming the first field that is wrong
 */
export function parseSite(value: unknown): Site {
  const site = object(value, "$");
  if (site.schema !== "cairn/site/v1") throw malformed("$.schema");
  const deployment = object(site.deployment, "$.deployment");
  for (const field of ["chainId", "deployedAtBlock"]) {
    if (!Number.isSafeInteger(deployment[field]) || Number(deployment[field]) < 0) {
      throw malformed(`$.deployment.${field}`);
    }
  }
  if (typeof deployment.rpcUrl !== "string" || !isWebAddress(deployment.rpcUrl)) throw malformed("$.deployment.rpcUrl");
  const contracts = object(deployment.contracts, "$.deployment.contracts");
  for (const name of CONTRACTS) {
    const address = contracts[name];
    if (typeof address !== "string" || !isAddress(address)) throw malformed(`$.deployment.contracts.${name}`);
  }
  const chain = object(site.chain, "$.chain");
  if (typeof chain.name !== "string" || chain.name === "") throw malformed("$.chain.name");
  if (chain.explorerTx !== undefined && !isWebAddress(chain.explorerTx)) throw malformed("$.chain.explorerTx");
  for (const field of ["gateways", "peers"]) {
    const list = site[field];
    if (!Array.isArray(list) || !list.every((item) => typeof item === "string")) throw malformed(`$.${field}`);
  }
  if (site.faucet !== undefined && typeof site.faucet !== "string") throw malformed("$.faucet");
  return value as Site;
}

/** Only http(s): a `javascript:` address must never become a link. */
function isWebAddress(value: unknown): boolean {
  if (typeof value !== "string" || !URL.canParse(value)) return false;
  return ["http:", "https:"].includes(new URL(value).protocol);
}

function object(value: unknown, path: string): Record<string, unknown> {
  if (typeof value !== "object" || value === null || Array.isArray(value)) throw malformed(path);
  return value as Record<string, unknown>;
}

function malformed(path: string): SiteError {
  return new SiteError({ code: "SITE_MALFORMED", path }, `/cairn.json is wrong at ${path}`);
}
