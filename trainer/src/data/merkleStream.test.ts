import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { leafHash, merkleProof, merkleRoot, verifyMerkleProof } from "../protocol/merkle.ts";
import { createMerkleStream, streamedProof, streamedRoot } from "./merkleStream.ts";

const leaves = Array.from({ length: 40 }, (_, i) => leafHash(Uint8Array.of(i, 3)));

describe("createMerkleStream", () => {
  it("has the root of the tree in memory after every leaf, from none to forty", () => {
    const stream = createMerkleStream();
    for (let count = 0; count <= leaves.length; count++) {
      assert.equal(stream.root(), merkleRoot(leaves.slice(0, count)), `${count} leaves`);
      stream.add(leaves[count]!);
    }
  });
});

describe("streamedRoot", () => {
  it("asks for each leaf once and in order", () => {
    const asked: number[] = [];
    const leafOf = (index: number): Uint8Array => {
      asked.push(index);
      return leaves[index]!;
    };
    assert.equal(streamedRoot(leafOf, 7), merkleRoot(leaves.slice(0, 7)));
    assert.deepEqual(asked, [0, 1, 2, 3, 4, 5, 6]);
  });
});

describe("streamedProof", () => {
  for (const count of [1, 2, 3, 5, 6, 8, 13, 40]) {
    it(`gives the proof of the tree in memory for every leaf of ${count}`, () => {
      const own = leaves.slice(0, count);
      for (let index = 0; index < count; index++) {
        const proof = streamedProof((i) => own[i]!, count, index);
        assert.deepEqual(proof, merkleProof(own, index));
        assert.ok(verifyMerkleProof(merkleRoot(own), own[index]!, proof), `leaf ${index}`);
      }
    });
  }

  it("throws on a leaf that is not there", () => {
    for (const index of [-1, 3, 0.5]) assert.throws(() => streamedProof((i) => leaves[i]!, 3, index), RangeError);
  });
});
