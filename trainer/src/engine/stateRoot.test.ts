import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { keccak_256 } from "@noble/hashes/sha3.js";
import { concatBytes, toHex } from "../protocol/hex.ts";
import { nodeHash, slotRoot } from "./merkleModule.ts";
import { emptyRoot, heightOf, listRoot, slotHeight, stateRoot, tensorsRoot } from "./stateRoot.ts";
import { testStream } from "./testing/programs.ts";

/** The tree as `docs/disputes.md` defines it, by another keccak and without shortcuts: every leaf is there. */
function plainRoot(words: Uint32Array): Uint8Array {
  let row: Uint8Array[] = Array.from({ length: 2 ** slotHeight(words.length) }, (_, at) => {
    const view = new DataView(new ArrayBuffer(128));
    for (let i = 0; i < 32; i++) view.setUint32(4 * i, words[32 * at + i] ?? 0);
    return keccak_256(new Uint8Array(view.buffer));
  });
  while (row.length > 1) row = plainPairs(row);
  return row[0]!;
}

function plainPairs(row: readonly Uint8Array[]): Uint8Array[] {
  return Array.from({ length: row.length / 2 }, (_, i) => keccak_256(concatBytes(row[2 * i]!, row[2 * i + 1]!)));
}

function randomWords(length: number): Uint32Array {
  const stream = testStream(`words ${length}`);
  return Uint32Array.from({ length }, () => stream.nextUint32());
}

describe("slotRoot", () => {
  it("is the root of the tree that the specification spells, for every shape of tree", () => {
    for (const length of [0, 1, 31, 32, 33, 64, 65, 95, 96, 97, 160, 1000, 4096, 4097]) {
      const words = randomWords(length);
      assert.equal(toHex(slotRoot(words)), toHex(plainRoot(words)), `${length} words`);
    }
  });

  it("grows its memory for a slot larger than all before", () => {
    const words = randomWords(300_000);
    assert.equal(toHex(slotRoot(words)), toHex(plainRoot(words)));
  });
});

describe("listRoot", () => {
  it("fills up with zero bytes, and one leaf is its own root", () => {
    const [a, b, c] = [1, 2, 3].map((byte) => new Uint8Array(32).fill(byte));
    const zero = new Uint8Array(32);
    const expected = keccak_256(concatBytes(keccak_256(concatBytes(a!, b!)), keccak_256(concatBytes(c!, zero))));
    assert.equal(toHex(listRoot([a!, b!, c!])), toHex(expected));
    assert.equal(toHex(listRoot([a!])), toHex(a!));
    assert.equal(toHex(listRoot([])), toHex(zero));
    assert.equal(toHex(emptyRoot(1)), toHex(keccak_256(new Uint8Array(64))));
    assert.deepEqual([0, 1, 2, 3, 4, 5].map(heightOf), [0, 0, 1, 2, 2, 3]);
  });
});

describe("stateRoot", () => {
  const tensor = (...values: number[]) => ({ shape: [values.length], data: Float32Array.from(values) });

  it("takes tensors by name, whatever their order in the map", () => {
    const one = new Map([
      ["b", tensor(1, 2)],
      ["a", tensor(3)],
    ]);
    const two = new Map([...one].reverse());
    assert.equal(toHex(tensorsRoot(one)), toHex(tensorsRoot(two)));
  });

  it("sees a sign bit, and which of the two trees a tensor is in", () => {
    const [plus, minus] = [new Map([["a", tensor(0)]]), new Map([["a", tensor(-0)]])];
    assert.notEqual(toHex(tensorsRoot(plus)), toHex(tensorsRoot(minus)));
    assert.notEqual(toHex(stateRoot(plus, minus)), toHex(stateRoot(minus, plus)));
    assert.equal(toHex(stateRoot(plus, minus)), toHex(nodeHash(tensorsRoot(plus), tensorsRoot(minus))));
  });
});
