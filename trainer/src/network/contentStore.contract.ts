/** The promises of `ContentStore`, as tests that every implementation passes. For tests only. */
import assert from "node:assert/strict";
import { createCipheriv, createHash } from "node:crypto";
import { after, before, describe, it } from "node:test";
import { CHUNK_BYTES, type ContentRef, toCid } from "../protocol/contentRef.ts";
import type { ContentStore } from "./contentStore.ts";
import { type NetworkCode, NetworkError } from "./networkError.ts";

/** @returns `length` bytes that differ from one `seed` to another. */
export function content(length: number, seed = 1): Uint8Array {
  const bytes = new Uint8Array(length);
  let state = seed * 2_654_435_761;
  for (let i = 0; i < length; i++) {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0; // Numerical Recipes' generator
    bytes[i] = state >>> 24;
  }
  return bytes;
}

/** A reference that nothing stands behind. */
export const NOBODYS: ContentRef = { digest: `0x${"ab".repeat(32)}`, byteLength: 1_000 };

/** For `assert.rejects`: a NetworkError with this code, a message and a next step. */
export function coded(code: NetworkCode): (error: unknown) => true {
  return (error) => {
    assert.ok(error instanceof NetworkError, `a NetworkError, not ${error}`);
    assert.equal(error.code, code, `${error.message} ${error.cause}`);
    assert.ok(error.message.length > 10 && error.next.length > 10, "says what happened and what to do");
    return true;
  };
}

/** A signal that a test never aborts. */
export const calm = new AbortController().signal;

export interface ContractSubject {
  open(): Promise<ContentStore>;
  close(): Promise<void>;
}

export function describeContentStore(name: string, subject: ContractSubject): void {
  describe(`${name} as a ContentStore`, () => {
    let store: ContentStore;
    before(async () => {
      store = await subject.open();
    });
    after(() => subject.close());

    describePut(() => store);
    describeGet(() => store);
    describeBlock(() => store);

    it("says who it is to other peers", () => {
      assert.match(store.peer.peerId, /^12D3KooW/);
      assert.ok(store.peer.multiaddrs.length > 0);
      for (const address of store.peer.multiaddrs) assert.ok(address.endsWith(`/p2p/${store.peer.peerId}`), address);
    });

    it("takes nonsense for peers without a word", async () => {
      const peerId = "12D3KooWAy8TpTGAAjhPzcqsLmyQUDMHQE9Jh7iHaJs6BULgNaHr";
      const multiaddrs = ["", "nonsense", "/ip4/1.2.3.4.5/tcp/1", "/ip4/127.0.0.1/tcp/70000", "/dnsaddr/a.example"];
      const peers = [
        { node: "0x1", peerId, multiaddrs },
        { node: "0x2", peerId: "not a peer id", multiaddrs: ["/ip4/127.0.0.1/tcp/1"] },
      ];
      await store.connect(peers, { signal: calm });
    });

    it("ends a waiting get when it is stopped, and stops twice without harm", async () => {
      const waiting = assert.rejects(store.get(NOBODYS, { signal: calm }), coded("NETWORK_ABORTED"));
      await store.stop();
      await waiting;
      await store.stop();
      await assert.rejects(store.put(content(10), { signal: calm }), coded("NETWORK_ABORTED"));
    });
  });
}

function describePut(store: () => ContentStore): void {
  it("names content of one chunk by its own SHA-256", async () => {
    const bytes = content(1_000);
    const ref = await store().put(bytes, { signal: calm });
    const digest = `0x${createHash("sha256").update(bytes).digest("hex")}`;
    assert.deepEqual(ref, { digest, byteLength: 1_000 });
  });

  it("names content of more chunks as Kubo does", async () => {
    const key = createHash("sha256").update("chunk-v1-seed").digest();
    const bytes = createCipheriv("chacha20", key, Buffer.alloc(16)).update(Buffer.alloc(CHUNK_BYTES + 1));
    const ref = await store().put(bytes, { signal: calm });
    // Kubo, test/cli/cid_profiles_test.go, profile unixfs-v1-2025, one byte over a chunk
    assert.equal(toCid(ref).toString(), "bafybeigmix7t42i6jacydtquhet7srwvgpizfg7gjbq7627d35mjomtu64");
  });

  it("gives one reference however often the same bytes are put", async () => {
    const first = await store().put(content(5_000), { signal: calm });
    assert.deepEqual(await store().put(content(5_000), { signal: calm }), first);
  });

  it("refuses when the signal is aborted already", async () => {
    await assert.rejects(store().put(content(10), { signal: AbortSignal.abort() }), coded("NETWORK_ABORTED"));
  });
}

function describeGet(store: () => ContentStore): void {
  for (const length of [0, 1, 400_000, CHUNK_BYTES, CHUNK_BYTES + 1, 3_000_000]) {
    it(`gives back ${length} bytes as they were put, and knows that it has them`, async () => {
      const bytes = content(length, 2);
      const ref = await store().put(bytes, { signal: calm });
      assert.deepEqual(await store().get(ref, { signal: calm }), bytes);
      assert.equal(await store().has(ref), true);
    });
  }

  it("says before the deadline is long over that nobody has it", async () => {
    assert.equal(await store().has(NOBODYS), false);
    await assert.rejects(store().get(NOBODYS, { signal: calm, deadlineMs: 100 }), coded("NETWORK_CONTENT_NOT_FOUND"));
  });

  for (const length of [1_000, 3_000_000]) {
    it(`refuses ${length} bytes when another length was announced`, async () => {
      const ref = await store().put(content(length, 3), { signal: calm });
      const shorter = { ...ref, byteLength: length - 1 };
      const longer = { ...ref, byteLength: length + 1 };
      await assert.rejects(store().get(shorter, { signal: calm }), coded("NETWORK_CONTENT_TOO_LARGE"));
      await assert.rejects(store().get(longer, { signal: calm }), coded("NETWORK_CONTENT_TOO_SHORT"));
      assert.deepEqual(await store().get(ref, { signal: calm }), content(length, 3), "and loses nothing by it");
    });
  }

  it("ends when its signal is aborted, before and on the way", async () => {
    await assert.rejects(store().get(NOBODYS, { signal: AbortSignal.abort() }), coded("NETWORK_ABORTED"));
    const controller = new AbortController();
    const waiting = assert.rejects(store().get(NOBODYS, { signal: controller.signal }), coded("NETWORK_ABORTED"));
    setImmediate(() => controller.abort());
    await waiting;
  });
}

function describeBlock(store: () => ContentStore): void {
  it("gives a block by its CID", async () => {
    const ref = await store().put(content(700, 4), { signal: calm });
    assert.deepEqual(new Uint8Array(await store().block(toCid(ref), { signal: calm })), content(700, 4));
  });

  it("says before the deadline is long over that nobody has a block", async () => {
    const late = store().block(toCid(NOBODYS), { signal: calm, deadlineMs: 100 });
    await assert.rejects(late, coded("NETWORK_CONTENT_NOT_FOUND"));
  });
}
