import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { Slot } from "../operations/slot.ts";
import { arenaOf, read, run } from "../testing/operations.ts";

const { fround } = Math;

describe("layerNorm", () => {
  it("centres and scales each row, then applies weight and bias: [1 3] has mean 2 and variance 1", () => {
    const { arena, slots } = arenaOf([1, 3, 5, 5], [2, 4], [0.5, -1], [9, 9, 9, 9], [9, 9], [9, 9]);
    const [input, weight, bias, output, mean, scale] = slots as [Slot, Slot, Slot, Slot, Slot, Slot];
    run({ kind: "layerNorm", rows: 2, columns: 2, input, weight, bias, output, mean, scale }, arena);
    const one = fround(1 / fround(Math.sqrt(fround(1 + fround(1e-5)))));
    assert.deepEqual(read(arena, mean), [2, 5]);
    assert.deepEqual(read(arena, scale), [one, fround(1 / fround(Math.sqrt(fround(1e-5))))]);
    const expected = [fround(-2 * one + 0.5), fround(4 * one - 1), 0.5, -1];
    assert.deepEqual(read(arena, output), expected);
  });

  it("gives weight and bias the sums over the rows, by hand", () => {
    const { arena, slots } = arenaOf([1, 3, 4, 0], [2, 1], [0.5, 2], [1, 2, 10, 20], [9, 9], [9, 9]);
    const [input, mean, scale, outputGradient, weightGradient, biasGradient] = slots as [
      Slot,
      Slot,
      Slot,
      Slot,
      Slot,
      Slot,
    ];
    const gradients = { outputGradient, weightGradient, biasGradient };
    run({ kind: "layerNormBackwardWeight", rows: 2, columns: 2, input, mean, scale, ...gradients }, arena);
    assert.deepEqual(read(arena, weightGradient), [59.5, -39], "h is [−½ ½] and [6 −2]");
    assert.deepEqual(read(arena, biasGradient), [11, 22]);
  });

  it("gives the input nothing of a gradient that is the same everywhere, and nothing along the row itself", () => {
    const { arena, slots } = arenaOf([1, 3], [1, 1], [2], [1], [5, 5], [9, 9]);
    const [input, weight, mean, scale, outputGradient, inputGradient] = slots as [Slot, Slot, Slot, Slot, Slot, Slot];
    const slotsByName = { input, weight, mean, scale, outputGradient, inputGradient };
    const operation = { kind: "layerNormBackwardInput", rows: 1, columns: 2, ...slotsByName } as const;
    run(operation, arena);
    assert.deepEqual(read(arena, inputGradient), [0, 0]);
    arena.set([-3, 3], outputGradient.offset);
    run(operation, arena);
    assert.deepEqual(read(arena, inputGradient), [0, 0], "h = [−1 1]");
  });
});

describe("embedding and embeddingBackward", () => {
  it("look rows up, and sum the gradients of each token's rows from the top", () => {
    const { arena, slots } = arenaOf([2, 0, 2], [1, 2, 3, 4, 5, 6], new Array(6).fill(9), new Array(6).fill(9));
    const [tokens, weight, output, weightGradient] = slots as [Slot, Slot, Slot, Slot];
    const common = { rows: 3, units: 2, vocabulary: 3, tokens };
    run({ kind: "embedding", ...common, weight, output }, arena);
    assert.deepEqual(read(arena, output), [5, 6, 1, 2, 5, 6]);
    run({ kind: "embeddingBackward", ...common, outputGradient: output, weightGradient }, arena);
    assert.deepEqual(read(arena, weightGradient), [1, 2, 0, 0, 10, 12]);
  });
});

describe("attention", () => {
  const shape = { batch: 1, length: 2, heads: 1, headSize: 1 } as const;

  it("lets the first position see itself only, and the second share by its scores", () => {
    // q, k, v of position 0: 1, 0, 10; of position 1: 1, 0, 20. Equal scores share equally.
    const { arena, slots } = arenaOf([1, 0, 10, 1, 0, 20], [9, 9]);
    const [qkv, output] = slots as [Slot, Slot];
    run({ kind: "attention", shape, qkv, output }, arena);
    assert.deepEqual(read(arena, output), [10, 15]);
  });

  it("does not see what comes later: position 0 stays when position 1 changes", () => {
    const { arena, slots } = arenaOf([1, 2, 3, 1e30, -1e30, 5], [9, 9]);
    const [qkv, output] = slots as [Slot, Slot];
    run({ kind: "attention", shape, qkv, output }, arena);
    assert.equal(arena[output.offset], 3);
    assert.ok(Number.isFinite(arena[output.offset + 1]!), "huge scores do not overflow the shares");
  });

  it("keeps heads and examples apart", () => {
    const two = { batch: 2, length: 1, heads: 2, headSize: 1 };
    const { arena, slots } = arenaOf([1, 1, 1, 1, 7, 8, 1, 1, 1, 1, 9, 10], [0, 0, 0, 0]);
    const [qkv, output] = slots as [Slot, Slot];
    run({ kind: "attention", shape: two, qkv, output }, arena);
    assert.deepEqual(read(arena, output), [7, 8, 9, 10]);
  });

  it("sends gradients back by hand: equal shares, g = [0 4]", () => {
    // p = ½, ½; r = 40, 80; t = 60; u = ½ · ∓20 = ∓10. q₁ gets Σ u k, k gets u q, v gets p g.
    const { arena, slots } = arenaOf([3, 5, 10, 2, 5, 20], [0, 4], new Array(6).fill(9));
    const [qkv, outputGradient, qkvGradient] = slots as [Slot, Slot, Slot];
    run({ kind: "attentionBackward", shape, qkv, outputGradient, qkvGradient }, arena);
    assert.deepEqual(read(arena, qkvGradient), [0, -20, 2, 0, 20, 2]);
  });
});
