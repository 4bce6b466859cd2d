/**
 * Blocks from trustless gateways: asked one after the other, none of them believed. A block is what its digest says, of at
 * most so many bytes, within so much time; the next gateway is asked for everything else.
 */
import type { BlockSource } from "@cairn/trainer/network/fileReader";
import { sha256 } from "viem";
import { boundedBytes, TooManyBytes } from "../index/follow/boundedBytes.ts";
import { DocumentError } from "./documentError.ts";

type Cid = Parameters<BlockSource["get"]>[0];

export interface GatewayOptions {
  /** `GET {gateway}{cid}?format=raw` gives one block. In the order in which they are asked. */
  readonly gateways: readonly string[];
  /** Bound of one answer. Unit: milliseconds. @default 12_000 */
  readonly timeoutMs?: number;
  /** @default the platform's */
  readonly fetch?: typeof fetch;
}

/** A leaf is 1 MiB, and an inner node of 1,024 links about 50 kB. Unit: bytes. */
const MAX_BLOCK_BYTES = 1_048_576;

export function createGatewayBlocks({ gateways, timeoutMs = 12_000, fetch: ask = fetch }: GatewayOptions): BlockSource {
  async function askOne(gateway: string, cid: Cid, signal: AbortSignal): Promise<Uint8Array> {
    const bound = AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]);
    const headers = { accept: "application/vnd.ipld.raw" };
    const address = `${gateway}${cid.toString()}?format=raw`;
    const answer = await ask(address, { headers, signal: bound, credentials: "omit", redirect: "error" });
    if (!answer.ok) throw new DocumentError({ code: "DOCUMENT_NOT_FOUND", cid: cid.toString() });
    const block = await boundedBytes(answer, MAX_BLOCK_BYTES);
    if (!equal(sha256(block, "bytes"), cid.multihash.digest)) {
      throw new DocumentError({ code: "DOCUMENT_WRONG_DIGEST", cid: cid.toString(), source: gateway });
    }
    return block;
  }

  return {
    get: async (cid, signal) => {
      if (gateways.length === 0) throw new DocumentError({ code: "DOCUMENT_NO_SOURCE" });
      let worst: DocumentError | undefined;
      for (const gateway of gateways) {
        try {
          return await askOne(gateway, cid, signal);
        } catch (cause) {
          signal.throwIfAborted();
          const failure = coded(cause, cid, gateway);
          if (worst === undefined || failure.code === "DOCUMENT_WRONG_DIGEST") worst = failure; // a lie outweighs silence
        }
      }
      throw worst;
    },
  };
}

function coded(cause: unknown, cid: Cid, source: string): DocumentError {
  if (cause instanceof DocumentError) return cause;
  if (cause instanceof TooManyBytes) {
    return new DocumentError({ code: "DOCUMENT_WRONG_DIGEST", cid: cid.toString(), source }, { cause });
  }
  return new DocumentError({ code: "DOCUMENT_NOT_FOUND", cid: cid.toString() }, { cause });
}

function equal(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((byte, i) => byte === b[i]);
}
