/** What a lying peer can do to a store: cost it time, nothing else. */
import assert from "node:assert/strict";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, it } from "node:test";
import { CHUNK_BYTES, type ContentRef, toCid } from "../protocol/contentRef.ts";
import { fromHex, toHex } from "../protocol/hex.ts";
import { cancelMessage } from "./bitswapCancel.ts";
import { computeContentRef } from "./contentDigest.ts";
import { calm, coded, content } from "./contentStore.contract.ts";
import type { ContentStore } from "./contentStore.ts";
import { openHeliaNode } from "./heliaNode.ts";
import { createHeliaStore } from "./heliaStore.ts";
import { blockMessage, presenceMessage, putMisleading, putNested, startLyingPeer } from "./hostilePeer.fixture.ts";

const WANTED = content(1_000);
let folder = "";
let stops: (() => Promise<void>)[] = [];

async function openStore(seed: number): Promise<ContentStore> {
  const store = await createHeliaStore({
    dataDir: join(folder, String(seed)),
    peerKey: new Uint8Array(32).fill(seed),
  });
  stops.push(() => store.stop());
  return store;
}

/** Lies that name the digest of what is wanted, each as the message a peer would send. */
async function lies(): Promise<{ readonly ref: ContentRef; readonly messages: Readonly<Record<string, Uint8Array>> }> {
  const ref = await computeContentRef(WANTED);
  const digest = fromHex(ref.digest);
  const messages = {
    "other bytes": blockMessage(content(1_000, 7), 0x12, 32),
    "the digest itself as an identity hash": blockMessage(digest, 0x00, 32),
    "a hash cut to nothing": blockMessage(content(1_000, 7), 0x12, 0),
    "an unknown hash": blockMessage(content(1_000, 7), 0x7f, 32),
    "that it has the content, and sends nothing": presenceMessage(toCid(ref), 0),
    "no message at all": content(5_000, 8),
  };
  return { ref, messages };
}

describe("get beside a lying peer", async () => {
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "cairn-network-"));
  });
  afterEach(async () => {
    await Promise.all(stops.map((stop) => stop()));
    stops = [];
    await rm(folder, { recursive: true, force: true });
  });

  const { ref, messages } = await lies();
  for (const [lie, message] of Object.entries(messages)) {
    it(`is not fooled by ${lie}, and takes the content from an honest peer`, async () => {
      const liar = await startLyingPeer(message);
      stops.push(liar.stop);
      const [honest, store] = [await openStore(1), await openStore(2)];
      await store.connect([liar.known], { signal: calm });
      await assert.rejects(store.get(ref, { signal: calm, deadlineMs: 200 }), coded("NETWORK_CONTENT_NOT_FOUND"));
      assert.ok(liar.answers() > 0, "the lie was told");
      assert.equal(await store.has(ref), false, "and not kept");

      await honest.put(WANTED, { signal: calm });
      await store.connect([{ node: "0x1", ...honest.peer }], { signal: calm });
      assert.deepEqual(await store.get(ref, { signal: calm }), WANTED);
    });
  }

  it("takes no identity hash from peers, under which the digest itself would pass for the block", async () => {
    const node = await openHeliaNode({ dataDir: join(folder, "node"), peerKey: new Uint8Array(32).fill(3) });
    stops.push(node.stop);
    const identityHash = await node.helia.getHasher(0x00);
    assert.throws(() => identityHash.digest(content(32)), TypeError);
  });

  it("tells a peer that lacks the content when it is no longer wanted", { timeout: 20_000 }, async () => {
    const poor = await startLyingPeer(presenceMessage(toCid(ref), 1));
    stops.push(poor.stop);
    const [honest, store] = [await openStore(1), await openStore(2)];
    await honest.put(WANTED, { signal: calm });
    await store.connect([poor.known, { node: "0x1", ...honest.peer }], { signal: calm });
    await store.get(ref, { signal: calm, providers: [poor.known.peerId] });
    await poor.received(cancelMessage(toCid(ref).bytes));
  });

  it("gives up on a file nested deeper than its length allows, and keeps none of it", async () => {
    const node = await openHeliaNode({ dataDir: join(folder, "hostile"), peerKey: new Uint8Array(32).fill(3) });
    stops.push(node.stop);
    const cid = await putNested(node, 50);
    const store = await openStore(2);
    const { libp2p } = node.helia;
    const multiaddrs = libp2p.getMultiaddrs().map(String);
    await store.connect([{ node: "0x3", peerId: libp2p.peerId.toString(), multiaddrs }], { signal: calm });
    const nested = { digest: toHex(cid.multihash.digest), byteLength: 2 * CHUNK_BYTES };
    await assert.rejects(store.get(nested, { signal: calm }), coded("NETWORK_CONTENT_MALFORMED"));
    assert.equal(await store.has(nested), false);
    assert.ok(store.traffic().receivedBytes < 1_000, "one block was enough to see it");
  });

  it("takes no file whose root block is laid out otherwise than its bytes would have it", async () => {
    const node = await openHeliaNode({ dataDir: join(folder, "hostile"), peerKey: new Uint8Array(32).fill(3) });
    stops.push(node.stop);
    const cid = await putMisleading(node);
    const store = await openStore(2);
    const { libp2p } = node.helia;
    const multiaddrs = libp2p.getMultiaddrs().map(String);
    await store.connect([{ node: "0x3", peerId: libp2p.peerId.toString(), multiaddrs }], { signal: calm });
    const misleading = { digest: toHex(cid.multihash.digest), byteLength: 2 * CHUNK_BYTES + 40 };
    await assert.rejects(store.get(misleading, { signal: calm }), coded("NETWORK_CONTENT_MALFORMED"));
    assert.equal(await store.has(misleading), false);
  });
});
