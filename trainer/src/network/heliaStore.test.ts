/** The Helia store alone (the contract) and among peers on loopback, honest and lying ones. */
import assert from "node:assert/strict";
import { mkdtemp, readdir, rm, truncate, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, it } from "node:test";
import { setImmediate } from "node:timers/promises";
import { toCid } from "../protocol/contentRef.ts";
import { computeContentRef } from "./contentDigest.ts";
import { calm, coded, content, describeContentStore } from "./contentStore.contract.ts";
import type { ContentStore, KnownPeer } from "./contentStore.ts";
import { createHeliaStore, type HeliaStoreOptions } from "./heliaStore.ts";

let folder = "";
let opened: ContentStore[] = [];

async function openStore(name: string, options: Partial<HeliaStoreOptions> = {}): Promise<ContentStore> {
  const peerKey = new Uint8Array(32).fill(name.charCodeAt(0));
  const store = await createHeliaStore({ dataDir: join(folder, name), peerKey, ...options });
  opened.push(store);
  return store;
}

async function cleanUp(): Promise<void> {
  await Promise.all(opened.map((store) => store.stop()));
  opened = [];
  await rm(folder, { recursive: true, force: true });
}

const newFolder = async (): Promise<void> => {
  folder = await mkdtemp(join(tmpdir(), "cairn-network-"));
};

const asKnown = ({ peer }: ContentStore): KnownPeer => ({ node: "0x0", ...peer });

describeContentStore("heliaStore", {
  async open() {
    await newFolder();
    return openStore("solo");
  },
  close: cleanUp,
});

describe("createHeliaStore", () => {
  beforeEach(newFolder);
  afterEach(cleanUp);

  it("listens on loopback only unless told otherwise", async () => {
    const { peer } = await openStore("a");
    assert.deepEqual(
      peer.multiaddrs.map((address) => address.replace(/\/tcp\/\d+/, "/tcp/0")),
      [`/ip4/127.0.0.1/tcp/0/p2p/${peer.peerId}`],
    );
  });

  it("says so when it cannot listen", async () => {
    const unusable = ["/ip4/203.0.113.1/tcp/1", "nonsense", "/ip4/127.0.0.1/tcp/70000"]; // TEST-NET-3: nobody has it
    for (const address of unusable) {
      await assert.rejects(openStore("a", { listen: [address] }), coded("NETWORK_LISTEN_FAILED"));
    }
    await assert.rejects(openStore("a", { announce: ["nonsense"] }), coded("NETWORK_LISTEN_FAILED"));
    await openStore("a"); // what they had opened is closed
  });

  it("says so when the data folder is no folder, or is in use", async () => {
    await writeFile(join(folder, "file"), "");
    await assert.rejects(openStore("file"), coded("NETWORK_STORE_FAILED"));
    await openStore("a");
    await assert.rejects(openStore("a"), coded("NETWORK_STORE_FAILED"));
  });

  it("still has what was put, and pinned, after a restart", async () => {
    const first = await openStore("a");
    const refs = await Promise.all([content(400_000), content(3_000_000)].map((c) => first.put(c, { signal: calm })));
    await first.stop();
    const second = await openStore("a");
    assert.deepEqual(await second.get(refs[0]!, { signal: calm }), content(400_000));
    assert.deepEqual(await second.get(refs[1]!, { signal: calm }), content(3_000_000));
    assert.deepEqual(second.traffic(), { sentBytes: 0, receivedBytes: 0 }, "without asking anybody");
  });

  it("knows what the disk has spoilt, and takes it anew", async () => {
    const store = await openStore("a");
    for (const length of [1_000, 3_000_000]) {
      const ref = await store.put(content(length), { signal: calm });
      const blocks = join(folder, "a", "blocks");
      for (const file of (await readdir(blocks, { recursive: true })).filter((name) => name.endsWith(".data"))) {
        await truncate(join(blocks, file), 40); // what a power cut leaves of a write
      }
      assert.equal(await store.has(ref), false, "it was torn");
      await store.put(content(length), { signal: calm });
      assert.equal(await store.has(ref), true, "it is whole again");
    }
  });

  it("fetches again what the disk has spoilt", async () => {
    const [other, store] = [await openStore("a"), await openStore("b")];
    await other.put(content(1_000), { signal: calm });
    const ref = await store.put(content(1_000), { signal: calm });
    await store.connect([asKnown(other)], { signal: calm });
    const blocks = join(folder, "b", "blocks");
    const [file] = (await readdir(blocks, { recursive: true })).filter((name) => name.endsWith(".data"));
    await writeFile(join(blocks, file!), content(1_000, 9));
    assert.deepEqual(await store.get(ref, { signal: calm }), content(1_000));
  });
});

describe("get from peers", () => {
  beforeEach(newFolder);
  afterEach(cleanUp);

  for (const length of [400_000, 3_000_000]) {
    it(`fetches ${length} bytes from the node that has them, once`, async () => {
      const [owner, bystander, store] = [await openStore("a"), await openStore("b"), await openStore("c")];
      const ref = await owner.put(content(length), { signal: calm });
      await store.connect([asKnown(owner), asKnown(bystander)], { signal: calm });
      assert.deepEqual(await store.get(ref, { signal: calm }), content(length));
      const { receivedBytes } = store.traffic();
      assert.ok(receivedBytes >= length && receivedBytes < length * 1.01, `received ${receivedBytes}`);
      assert.ok(owner.traffic().sentBytes >= length, "the owner counted it too");
      assert.deepEqual(await store.get(ref, { signal: calm }), content(length));
      assert.equal(store.traffic().receivedBytes, receivedBytes, "and the second time from its own disk");
    });
  }

  it("receives nothing twice when all nodes fetch the same content", async () => {
    const nodes = await Promise.all(["a", "b", "c", "d", "e"].map((name) => openStore(name)));
    for (const node of nodes) await node.connect(nodes.map(asKnown), { signal: calm });
    const ref = await nodes[0]!.put(content(400_000), { signal: calm });
    await Promise.all(nodes.map((node) => node.get(ref, { signal: calm })));
    const received = nodes.reduce((sum, node) => sum + node.traffic().receivedBytes, 0);
    assert.ok(received < 4 * 400_000 * 1.25, `4 nodes fetched 400,000 bytes and received ${received}`);
  });

  it("asks the providers named first", async () => {
    const [owner, other, store] = [await openStore("a"), await openStore("b"), await openStore("c")];
    await store.connect([asKnown(owner), asKnown(other)], { signal: calm });
    for (let seed = 1; seed <= 4; seed++) {
      const ref = await owner.put(content(1_000, seed), { signal: calm });
      await store.get(ref, { signal: calm, providers: [owner.peer.peerId] });
    }
    assert.deepEqual(other.traffic(), { sentBytes: 0, receivedBytes: 0 });
  });

  it("waits for content that is put only after it was asked for", async () => {
    const [owner, store] = [await openStore("a"), await openStore("b")];
    await store.connect([asKnown(owner)], { signal: calm });
    const waiting = store.get(await computeContentRef(content(1_000)), { signal: calm });
    while (owner.traffic().receivedBytes === 0) await setImmediate();
    await owner.put(content(1_000), { signal: calm });
    assert.deepEqual(await waiting, content(1_000));
  });

  it("fetches the rest from a second provider when the first is gone", async () => {
    const [first, second, store] = [await openStore("a"), await openStore("b"), await openStore("c")];
    const ref = await first.put(content(3_000_000), { signal: calm });
    await second.put(content(3_000_000), { signal: calm });
    await store.connect([asKnown(first), asKnown(second)], { signal: calm });
    const waiting = store.get(ref, { signal: calm, providers: [first.peer.peerId] });
    while (store.traffic().receivedBytes === 0) await setImmediate();
    await first.stop();
    assert.deepEqual(await waiting, content(3_000_000));
    assert.ok(second.traffic().sentBytes > 0, "the second one sent some of it");
  });

  it("dials a peer again that was away", async () => {
    const [owner, store] = [await openStore("a"), await openStore("b")];
    const ref = await owner.put(content(1_000), { signal: calm });
    const [address] = owner.peer.multiaddrs;
    await owner.stop();
    await store.connect([{ node: "0x0", peerId: owner.peer.peerId, multiaddrs: [address!] }], { signal: calm });
    await assert.rejects(store.get(ref, { signal: calm, deadlineMs: 100 }), coded("NETWORK_PEER_UNREACHABLE"));
    const listen = [address!.split("/p2p/")[0]!];
    await openStore("a", { listen });
    assert.deepEqual(await store.get(ref, { signal: calm }), content(1_000));
  });

  it("refuses a length that is not the content's, and keeps nothing of it", async () => {
    const [owner, store] = [await openStore("a"), await openStore("b")];
    await store.connect([asKnown(owner)], { signal: calm });
    for (const length of [1_000, 3_000_000]) {
      const ref = await owner.put(content(length), { signal: calm });
      const shorter = { ...ref, byteLength: length - 300 };
      await assert.rejects(store.get(shorter, { signal: calm }), coded("NETWORK_CONTENT_TOO_LARGE"));
      assert.equal(await store.has(ref), false, `${toCid(ref)} was not kept`);
    }
  });
});
