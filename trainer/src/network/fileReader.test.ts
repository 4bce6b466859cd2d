import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { unixfs } from "@helia/unixfs";
import { encode, prepare } from "@ipld/dag-pb";
import { MemoryBlockstore } from "blockstore-core";
import { CID } from "multiformats/cid";
import { sha256 } from "multiformats/hashes/sha2";
import { CHUNK_BYTES, type ContentRef, fromCid, toCid } from "../protocol/contentRef.ts";
import { toHex } from "../protocol/hex.ts";
import { calm, coded, content } from "./contentStore.contract.ts";
import { type BlockSource, readFile } from "./fileReader.ts";

/** Blocks in memory; counts what was read, as every read may be a transfer. */
class Blocks implements BlockSource {
  readonly kept = new Map<string, Uint8Array>();
  reads = 0;

  async get(cid: CID, signal: AbortSignal): Promise<Uint8Array> {
    signal.throwIfAborted();
    this.reads += 1;
    const block = this.kept.get(cid.toString());
    assert.ok(block !== undefined, `block ${cid}`);
    return block;
  }

  async put(codec: number, block: Uint8Array): Promise<CID> {
    const cid = CID.createV1(codec, await sha256.digest(block));
    this.kept.set(cid.toString(), block);
    return cid;
  }

  /** A node with these children, and nothing that says what it is. */
  async link(...children: readonly CID[]): Promise<CID> {
    return this.put(0x70, encode(prepare({ Links: children.map((Hash) => ({ Hash })) })));
  }
}

const refOf = (cid: CID, byteLength: number): ContentRef => ({ digest: toHex(cid.multihash.digest), byteLength });

describe("readFile", () => {
  it("reads what UnixFS laid out, every block once", async () => {
    const store = new MemoryBlockstore();
    const bytes = content(5 * CHUNK_BYTES + 7);
    const cid = await unixfs({ blockstore: store }).addBytes(bytes, { profile: "unixfs-v1-2025" });
    const read: string[] = [];
    const source: BlockSource = {
      async get(block) {
        read.push(block.toString());
        const parts: Uint8Array[] = [];
        for await (const part of store.get(block)) parts.push(part);
        return Buffer.concat(parts);
      },
    };
    assert.deepEqual(await readFile(source, fromCid(cid, bytes.length), calm), bytes);
    assert.equal(new Set(read).size, 7, "a root and six leaves");
    assert.equal(read.length, 7);
  });

  it("wants three levels above 1 GiB, and no more links in a node than fit", async () => {
    const blocks = new Blocks();
    const leaf = await blocks.put(0x55, new Uint8Array(CHUNK_BYTES));
    const full = await blocks.link(...Array<CID>(1_024).fill(leaf));
    const byteLength = 1_025 * CHUNK_BYTES;
    const swollen = await blocks.link(full, full);
    await assert.rejects(readFile(blocks, refOf(swollen, byteLength), calm), coded("NETWORK_CONTENT_TOO_LARGE"));
    const flat = await blocks.link(leaf, leaf);
    await assert.rejects(readFile(blocks, refOf(flat, byteLength), calm), coded("NETWORK_CONTENT_MALFORMED"));
    assert.equal(blocks.reads, 4, "root and two nodes of the swollen tree, the root of the flat one; no leaf");
  });

  it("refuses a root with too many or too few links before any leaf is read", async () => {
    const blocks = new Blocks();
    const leaf = await blocks.put(0x55, content(CHUNK_BYTES));
    const root = await blocks.link(leaf, leaf, leaf);
    const ref = refOf(root, 3 * CHUNK_BYTES);
    const [shorter, longer] = [2 * CHUNK_BYTES, 3 * CHUNK_BYTES + 1];
    await assert.rejects(readFile(blocks, { ...ref, byteLength: shorter }, calm), coded("NETWORK_CONTENT_TOO_LARGE"));
    await assert.rejects(readFile(blocks, { ...ref, byteLength: longer }, calm), coded("NETWORK_CONTENT_TOO_SHORT"));
    assert.equal(blocks.reads, 2);
  });

  it("refuses a leaf of another length, wherever it stands", async () => {
    const blocks = new Blocks();
    const whole = await blocks.put(0x55, content(CHUNK_BYTES));
    const less = await blocks.put(0x55, content(CHUNK_BYTES - 1));
    const more = await blocks.put(0x55, content(CHUNK_BYTES + 1));
    const lessFirst = refOf(await blocks.link(less, whole), 2 * CHUNK_BYTES);
    await assert.rejects(readFile(blocks, lessFirst, calm), coded("NETWORK_CONTENT_TOO_SHORT"));
    const moreLast = refOf(await blocks.link(whole, more), 2 * CHUNK_BYTES);
    await assert.rejects(readFile(blocks, moreLast, calm), coded("NETWORK_CONTENT_TOO_LARGE"));
  });

  it("refuses a root that is no node, and leaves that are not raw", async () => {
    const blocks = new Blocks();
    const noise = refOf(await blocks.put(0x70, content(50)), 2 * CHUNK_BYTES);
    await assert.rejects(readFile(blocks, noise, calm), coded("NETWORK_CONTENT_MALFORMED"));
    const node = await blocks.link(await blocks.put(0x55, content(10)));
    const nested = refOf(await blocks.link(node, node), 2 * CHUNK_BYTES);
    await assert.rejects(readFile(blocks, nested, calm), coded("NETWORK_CONTENT_MALFORMED"));
  });

  it("ends the other reads when one fails", async () => {
    const blocks = new Blocks();
    const leaf = await blocks.put(0x55, content(CHUNK_BYTES));
    const missing = toCid({ digest: `0x${"11".repeat(32)}`, byteLength: 1 });
    const root = refOf(await blocks.link(leaf, missing, ...Array<CID>(20).fill(leaf)), 22 * CHUNK_BYTES);
    await assert.rejects(readFile(blocks, root, calm), { name: "AssertionError" });
    assert.ok(blocks.reads < 12, `${blocks.reads} of 23 blocks were read`);
  });
});
