/**
 * What this site shows, as `/cairn.json` says it: the chain, where the contracts stand, who hands out documents. Pure.
 *
 * Read when the page opens, never built in: the same files serve any deployment.
 */
import { CONTRACT_NAMES, type ContractName } from "@cairn/trainer/protocol/contractNames";
import { type Address, isAddress } from "viem";

export interface Runtime {
  readonly schema: "cairn/web/v1";
  readonly chain: {
    readonly id: number;
    readonly name: string;
    /** Absolute address; a wallet is told the same one when it doesn't know the chain. */
    readonly rpcUrl: string;
    /** Block explorer, to which `/tx/0x…` and `/address/0x…` are added; absent on a chain of one's own. */
    readonly explorerUrl?: string;
    readonly isTestnet: boolean;
  };
  /** No event of ours is older. */
  readonly deployedAtBlock: number;
  readonly contracts: Readonly<Record<ContractName, Address>>;
  readonly content: {
    /** `GET {gateway}{cid}?format=raw` gives one block. Tried in order; digests are checked, so none is trusted. */
    readonly gateways: readonly string[];
    /** `POST` of bytes stores them and answers `{ cid, digest, byteLength }`. Absent: nobody stores for visitors. */
    readonly upload?: string;
  };
  /** `POST` of `{ "account": "0x…" }` sends ether and CAIRN and answers `{ transactions }`; local chains only. */
  readonly faucet?: string;
}

export class RuntimeError extends Error {
  readonly detail: { readonly code: "WEB_RUNTIME_MALFORMED"; readonly path: string };

  constructor(path: string, problem: string) {
    super(`WEB_RUNTIME_MALFORMED: cairn.json's ${path} ${problem}`);
    this.detail = { code: "WEB_RUNTIME_MALFORMED", path };
  }
}

/**
 * @param base the page's own address: relative gateways are relative to it.
 * @throws {RuntimeError} `WEB_RUNTIME_MALFORMED` naming the first field that is wrong
 */
export function parseRuntime(value: unknown, base: string): Runtime {
  const root = record(value, "$");
  if (root.schema !== "cairn/web/v1") throw new RuntimeError("$.schema", "is not cairn/web/v1");
  const chain = record(root.chain, "$.chain");
  const contracts = record(root.contracts, "$.contracts");
  const content = record(root.content, "$.content");
  const gateways = list(content.gateways, "$.content.gateways");
  return {
    schema: "cairn/web/v1",
    chain: {
      id: wholeNumber(chain.id, "$.chain.id"),
      name: text(chain.name, "$.chain.name"),
      rpcUrl: url(chain.rpcUrl, "$.chain.rpcUrl", base),
      ...(chain.explorerUrl === undefined ? {} : { explorerUrl: url(chain.explorerUrl, "$.chain.explorerUrl", base) }),
      isTestnet: chain.isTestnet === true,
    },
    deployedAtBlock: wholeNumber(root.deployedAtBlock, "$.deployedAtBlock"),
    contracts: Object.fromEntries(
      CONTRACT_NAMES.map((name) => [name, address(contracts[name], `$.contracts.${name}`)]),
    ) as Record<ContractName, Address>,
    content: {
      gateways: gateways.map((gateway, i) => url(gateway, `$.content.gateways[${i}]`, base)),
      ...(content.upload === undefined ? {} : { upload: url(content.upload, "$.content.upload", base) }),
    },
    ...(root.faucet === undefined ? {} : { faucet: url(root.faucet, "$.faucet", base) }),
  };
}

function record(value: unknown, path: string): Record<string, unknown> {
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    throw new RuntimeError(path, "is not an object");
  }
  return value as Record<string, unknown>;
}

function list(value: unknown, path: string): readonly unknown[] {
  if (!Array.isArray(value)) throw new RuntimeError(path, "is not a list");
  return value;
}

function text(value: unknown, path: string): string {
  if (typeof value !== "string" || value === "") throw new RuntimeError(path, "is not a text");
  return value;
}

/** Only addresses that a page may fetch or link to: no `javascript:`, no `data:`. */
function url(value: unknown, path: string, base: string): string {
  if (typeof value !== "string" || !URL.canParse(value, base)) throw new RuntimeError(path, "is not a URL");
  const parsed = new URL(value, base);
  if (parsed.protocol !== "http:" && parsed.protocol !== "https:") throw new RuntimeError(path, "is not http(s)");
  return parsed.href;
}

function wholeNumber(value: unknown, path: string): number {
  if (!Number.isSafeInteger(value) || Number(value) < 0) throw new RuntimeError(path, "is not a whole number");
  return Number(value);
}

function address(value: unknown, path: string): Address {
  if (typeof value !== "string" || !isAddress(value)) throw new RuntimeError(path, "is not an address");
  return value;
}
