/**
 * The blocks of one file as UnixFS reads them: from disk, else from peers, within the bounds that its length sets.
 *
 * A file of n bytes in profile unixfs-v1-2025 has a known number of blocks and bytes. Whoever published it may have
 * built something else under the same root: blocks nested without end, leaves of megabytes that hold one byte. So
 * everything is counted, whatever the root says of itself.
 */
import { createHash } from "node:crypto";
import type { CID } from "multiformats/cid";
import { CHUNK_BYTES, type ContentRef } from "../protocol/contentRef.ts";
import { toHex } from "../protocol/hex.ts";
import { type FetchOptions, fetchBlock } from "./blockFetcher.ts";
import type { HeliaNode } from "./heliaNode.ts";
import { networkError } from "./networkError.ts";
import type { PeerBook } from "./peerBook.ts";

export interface ContentBlocks {
  /** What `@helia/unixfs` reads from. */
  readonly source: {
    get(cid: CID): AsyncGenerator<Uint8Array>;
    has(cid: CID): Promise<boolean>;
    put(): Promise<CID>;
  };
  /** Deletes what this object fetched from peers, unless it is pinned. */
  discard(): Promise<void>;
}

/** Links of an inner node. Source: IPIP-499, profile unixfs-v1-2025. */
const LINKS = 1_024;
/** Unit: bytes. A link takes 48 (CID 36, size, empty name, tags), its block size in the UnixFS part up to 6. */
const LINK_BYTES = 64;
/** Unit: bytes. What an inner node holds besides its links. */
const NODE_BYTES = 64;

/** How many blocks, and bytes in them, a file of `byteLength` bytes can take; the root is counted twice, for `stat`. */
export function blockBudget(byteLength: number): { readonly blocks: number; readonly bytes: number } {
  const leaves = Math.max(1, Math.ceil(byteLength / CHUNK_BYTES));
  let blocks = leaves;
  for (let level = leaves; level > 1; ) {
    level = Math.ceil(level / LINKS);
    blocks += level;
  }
  const inner = blocks - leaves;
  return { blocks: blocks + 1, bytes: byteLength + 2 * (blocks * LINK_BYTES + inner * NODE_BYTES) };
}

export function contentBlocks(node: HeliaNode, peers: PeerBook, ref: ContentRef, fetch: FetchOptions): ContentBlocks {
  const budget = blockBudget(ref.byteLength);
  const fetched: CID[] = [];
  let blocks = 0;
  let bytes = 0;
  let provider: string | undefined;

  async function* get(cid: CID): AsyncGenerator<Uint8Array> {
    fetch.signal.throwIfAborted();
    let block = await readVerified(node, cid);
    if (block === undefined) {
      const providers = provider === undefined ? fetch.providers : [provider, ...fetch.providers];
      const answer = await fetchBlock(node, peers, cid, { signal: fetch.signal, providers });
      fetched.push(cid);
      block = answer.block;
      provider = answer.provider ?? provider;
      mustMatch(cid, block);
    }
    blocks += 1;
    bytes += block.length;
    if (blocks > budget.blocks || bytes > budget.bytes) {
      const detail = { cid: cid.toString(), actualBytes: bytes, neededBytes: ref.byteLength };
      throw networkError({ code: "NETWORK_CONTENT_TOO_LARGE", ...detail });
    }
    yield block;
  }

  async function discard(): Promise<void> {
    for (const cid of fetched) if (!(await node.helia.pins.isPinned(cid))) await deleteBlock(node, cid);
  }

  const has = async (cid: CID): Promise<boolean> => node.blocks.has(cid);
  const put = async (): Promise<never> => {
    throw new TypeError("reading a file puts no block");
  };
  return { source: { get, has, put }, discard };
}

/** @returns the block on disk; `undefined` when there is none, or the disk has spoilt it (it is then deleted). */
async function readVerified(node: HeliaNode, cid: CID): Promise<Uint8Array | undefined> {
  if (!(await node.blocks.has(cid))) return undefined;
  const parts: Uint8Array[] = [];
  for await (const part of node.blocks.get(cid)) parts.push(part);
  const block = Buffer.concat(parts);
  if (digestOf(block) === toHex(cid.multihash.digest)) return block;
  await deleteBlock(node, cid);
  return undefined;
}

async function deleteBlock(node: HeliaNode, cid: CID): Promise<void> {
  if (await node.blocks.has(cid)) await node.blocks.delete(cid);
}

/** Helia checks this too; it is repeated because everything above rests on it, and it costs 1 ms a block. */
function mustMatch(cid: CID, block: Uint8Array): void {
  const actual = digestOf(block);
  if (actual !== toHex(cid.multihash.digest)) {
    throw networkError({ code: "NETWORK_DIGEST_MISMATCH", cid: cid.toString(), actual });
  }
}

function digestOf(block: Uint8Array): string {
  return `0x${createHash("sha256").update(block).digest("hex")}`;
}
