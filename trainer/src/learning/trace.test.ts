import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { fromHex, type Hex } from "../protocol/hex.ts";
import { leafHash, merkleProof, verifyMerkleProof } from "../protocol/merkle.ts";
import { firstDivergentLeaf, isTraced, tracedSteps, traceLength, traceRoot } from "./trace.ts";

const LEAVES = ["11", "22", "33"].map((pair): Hex => `0x${pair.repeat(32)}`);

describe("isTraced", () => {
  it("takes every stride-th step and the last, as many as traceLength says", () => {
    for (let steps = 1; steps <= 30; steps++) {
      for (let stride = 1; stride <= steps; stride++) {
        const traced = Array.from({ length: steps }, (_, i) => i + 1).filter((step) => isTraced(step, stride, steps));
        assert.equal(traced.at(-1), steps);
        assert.deepEqual(tracedSteps(steps, stride), traced);
        assert.equal(traced.length, traceLength(steps, stride), `${steps} steps, stride ${stride}`);
      }
    }
  });
});

describe("traceRoot", () => {
  it("is a Merkle root under which every state hash can be proven", () => {
    const hashed = LEAVES.map((leaf) => leafHash(fromHex(leaf, 32)));
    for (let i = 0; i < 3; i++) assert.ok(verifyMerkleProof(traceRoot(LEAVES), hashed[i]!, merkleProof(hashed, i)));
  });

  it("moves with any leaf, their order and their number", () => {
    const [a, b, c] = LEAVES as [Hex, Hex, Hex];
    const roots = [
      [a, b, c],
      [b, a, c],
      [a, b],
      [a, b, c, c],
      [a, b, b],
    ].map(traceRoot);
    assert.equal(new Set(roots).size, roots.length);
  });
});

describe("firstDivergentLeaf", () => {
  it("names the first difference, a missing leaf included", () => {
    const [a, b, c] = LEAVES as [Hex, Hex, Hex];
    assert.equal(firstDivergentLeaf([a, b, c], [a, b, c]), undefined);
    assert.equal(firstDivergentLeaf([a, c, c], [a, b, c]), 1);
    assert.equal(firstDivergentLeaf([a, b], [a, b, c]), 2);
    assert.equal(firstDivergentLeaf([a, b, c], [a]), 1);
    assert.equal(firstDivergentLeaf(["0xAB"], ["0xab"]), undefined);
  });
});
