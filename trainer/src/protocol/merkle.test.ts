import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { describe, it } from "node:test";
import { toHex } from "./hex.ts";
import { leafHash, merkleProof, merkleRoot, verifyMerkleProof } from "./merkle.ts";

const sha = (...parts: Uint8Array[]): Uint8Array =>
  new Uint8Array(parts.reduce((hash, part) => hash.update(part), createHash("sha256")).digest());
const leavesOf = (count: number): Uint8Array[] =>
  Array.from({ length: count }, (_, i) => leafHash(Uint8Array.of(i, 7)));

describe("merkleRoot", () => {
  it("is H(02 ‖ count ‖ H(01 ‖ H(01 ‖ a ‖ b) ‖ c)) for three leaves, worked with another SHA-256", () => {
    const [a, b, c] = [0, 1, 2].map((i) => sha(Uint8Array.of(0), Uint8Array.of(i, 7)));
    const top = sha(Uint8Array.of(1), sha(Uint8Array.of(1), a!, b!), c!);
    const expected = sha(Uint8Array.of(2), Uint8Array.of(0, 0, 0, 0, 0, 0, 0, 3), top);
    assert.equal(merkleRoot(leavesOf(3)), toHex(expected));
  });
  it("differs for a tree whose last leaf is there twice", () => {
    const leaves = leavesOf(3);
    assert.notEqual(merkleRoot([...leaves, leaves[2]!]), merkleRoot(leaves));
  });
  it("gives an empty list a root of its own", () => {
    assert.notEqual(merkleRoot([]), merkleRoot([new Uint8Array(32)]));
  });
});

describe("verifyMerkleProof", () => {
  for (const count of [1, 2, 3, 5, 8, 13]) {
    it(`holds for every leaf of ${count} and for no other leaf, place or count`, () => {
      const leaves = leavesOf(count);
      const root = merkleRoot(leaves);
      for (let index = 0; index < count; index++) {
        const proof = merkleProof(leaves, index);
        assert.ok(verifyMerkleProof(root, leaves[index]!, proof), `leaf ${index}`);
        assert.ok(!verifyMerkleProof(root, leafHash(Uint8Array.of(99)), proof), `foreign leaf at ${index}`);
        assert.ok(!verifyMerkleProof(root, leaves[index]!, { ...proof, count: count + 1 }), `count of ${index}`);
        if (count > 1) {
          const index2 = (index + 1) % count;
          assert.ok(!verifyMerkleProof(root, leaves[index]!, { ...proof, index: index2 }), `place of ${index}`);
        }
      }
    });
  }
  it("does not take an inner node for a leaf", () => {
    const leaves = leavesOf(4);
    const inner = sha(Uint8Array.of(1), leaves[0]!, leaves[1]!);
    const siblings = [merkleProof(leaves, 0).siblings[1]!];
    assert.ok(!verifyMerkleProof(merkleRoot(leaves), inner, { index: 0, count: 2, siblings }));
  });
});
