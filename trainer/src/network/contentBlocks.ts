/**
 * Where one file's blocks come from: this machine's disk, else a peer. Every block is what its digest says.
 *
 * Must not know how a file is made of blocks (`fileReader.ts` does).
 */
import type { CID } from "multiformats/cid";
import { toHex } from "../protocol/hex.ts";
import { fetchBlock } from "./blockFetcher.ts";
import { sha256Hex } from "./contentDigest.ts";
import type { BlockSource } from "./fileReader.ts";
import type { HeliaNode } from "./heliaNode.ts";
import { networkError } from "./networkError.ts";
import type { PeerBook } from "./peerBook.ts";

export interface ContentBlocks extends BlockSource {
  /** Deletes what this object fetched from peers, unless it is pinned. */
  discard(): Promise<void>;
}

/** @param providers text peer ids asked first; who sent the last block is asked first for the next. */
export function contentBlocks(node: HeliaNode, peers: PeerBook, providers: readonly string[]): ContentBlocks {
  const fetched: CID[] = [];
  let preferred = providers;

  async function get(cid: CID, signal: AbortSignal): Promise<Uint8Array> {
    signal.throwIfAborted();
    const kept = await readVerified(node, cid);
    if (kept !== undefined) return kept;
    const { block, provider } = await fetchBlock({ helia: node.helia, peers }, cid, { signal, providers: preferred });
    fetched.push(cid);
    if (provider !== undefined) preferred = [provider, ...providers.filter((other) => other !== provider)];
    mustMatch(cid, block);
    return block;
  }

  async function discard(): Promise<void> {
    for (const cid of fetched) if (!(await node.helia.pins.isPinned(cid))) await deleteBlock(node, cid);
  }

  return { get, discard };
}

/** The blocks of this machine alone. `NETWORK_CONTENT_NOT_FOUND` where one is missing, or was spoilt by the disk. */
export function keptBlocks(node: HeliaNode): BlockSource {
  return {
    async get(cid, signal) {
      signal.throwIfAborted();
      const kept = await readVerified(node, cid);
      if (kept !== undefined) return kept;
      throw networkError({ code: "NETWORK_CONTENT_NOT_FOUND", cid: cid.toString(), deadlineMs: 0 });
    },
  };
}

/** Helia's blockstore for what is put: it keeps the block that it has, so one that the disk has spoilt goes first. */
export function puttingStore({ helia, blocks }: HeliaNode): Pick<HeliaNode["helia"], "blockstore"> {
  const put: HeliaNode["helia"]["blockstore"]["put"] = async (cid, block, options) => {
    await readVerified({ blocks }, cid);
    return helia.blockstore.put(cid, block, options);
  };
  return {
    blockstore: new Proxy(helia.blockstore, {
      get: (store, name) => (name === "put" ? put : Reflect.get(store, name)),
    }),
  };
}

/** @returns the block on disk; `undefined` when there is none, or the disk has spoilt it (it is then deleted). */
async function readVerified(node: Pick<HeliaNode, "blocks">, cid: CID): Promise<Uint8Array | undefined> {
  if (!(await node.blocks.has(cid))) return undefined;
  const parts: Uint8Array[] = [];
  for await (const part of node.blocks.get(cid)) parts.push(part);
  const block = Buffer.concat(parts);
  if (sha256Hex(block) === toHex(cid.multihash.digest)) return block;
  await deleteBlock(node, cid);
  return undefined;
}

/** Not through Helia's blockstore: its lock would wait for every `get` in progress, and hold up all later ones. */
async function deleteBlock(node: Pick<HeliaNode, "blocks">, cid: CID): Promise<void> {
  if (await node.blocks.has(cid)) await node.blocks.delete(cid);
}

/** Helia checks this too; it is repeated because everything above rests on it, and it costs 1 ms a block. */
function mustMatch(cid: CID, block: Uint8Array): void {
  const actual = sha256Hex(block);
  if (actual !== toHex(cid.multihash.digest)) {
    throw networkError({ code: "NETWORK_DIGEST_MISMATCH", cid: cid.toString(), actual });
  }
}
