import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { Slot } from "../operations/slot.ts";
import { arenaOf, read, run } from "../testing/operations.ts";

const SGD_MOMENTUM = { kind: "sgdMomentum", momentum: 0.5, nesterov: false, weightDecay: 0 } as const;

describe("softmaxCrossEntropy", () => {
  const lossOf = (logits: readonly number[], labels: readonly number[]) => {
    const columns = logits.length / labels.length;
    const { arena, slots } = arenaOf(logits, logits, labels, [0]);
    const [z, gradient, targets, loss] = slots as [Slot, Slot, Slot, Slot];
    const rows = labels.length;
    const finite = run({ kind: "softmaxCrossEntropy", rows, columns, logits: z, targets, gradient, loss }, arena);
    return { finite, loss: arena[loss.offset]!, gradient: read(arena, gradient) };
  };

  it("gives log 2 and ∓1/2 for two equal logits", () => {
    assert.deepEqual(lossOf([3, 3], [1]), { finite: true, loss: Math.fround(Math.LN2), gradient: [0.5, -0.5] });
  });

  it("is mean over the rows, in loss and gradient", () => {
    const { loss, gradient } = lossOf([0, 0, 0, 0], [0, 1]);
    assert.equal(loss, Math.fround(Math.LN2));
    assert.deepEqual(gradient, [-0.25, 0.25, 0.25, -0.25]);
  });

  it("does not overflow on huge logits", () => {
    assert.deepEqual(lossOf([3e38, -3e38], [0]), { finite: true, loss: 0, gradient: [0, 0] });
    assert.deepEqual(lossOf([1e4, 0], [1]), { finite: true, loss: 1e4, gradient: [1, -1] });
  });

  it("reports a loss that is not finite", () => {
    assert.equal(lossOf([3e38, -3e38], [1]).finite, false, "6·10^38 is beyond binary32");
    assert.equal(lossOf([Infinity, 0], [0]).finite, false);
    assert.equal(lossOf([0, Number.NaN], [0]).finite, false);
    assert.equal(lossOf([-Infinity, -Infinity], [0]).finite, false);
  });
});

describe("sgd and sgdMomentum", () => {
  it("steps down the gradient", () => {
    const { arena, slots } = arenaOf([1, 2], [4, -8]);
    const [weight, gradient] = slots as [Slot, Slot];
    assert.equal(run({ kind: "sgd", weightDecay: 0, weight, gradient }, arena, { rate: 0.25 }), true);
    assert.deepEqual(read(arena, weight), [0, 4]);
  });

  it("carries half of the velocity over, then steps by it", () => {
    const { arena, slots } = arenaOf([1], [4], [2]);
    const [weight, gradient, velocity] = slots as [Slot, Slot, Slot];
    assert.equal(run({ ...SGD_MOMENTUM, weight, gradient, velocity }, arena, { rate: 0.5 }), true);
    assert.deepEqual([...arena], [-1.5, 4, 5]);
  });

  it("reports a weight that overflows", () => {
    const { arena, slots } = arenaOf([-3e38], [3e38], [0]);
    const [weight, gradient, velocity] = slots as [Slot, Slot, Slot];
    assert.equal(run({ ...SGD_MOMENTUM, weight, gradient, velocity }, arena), false);
    assert.equal(run({ kind: "sgd", weightDecay: 0, weight, gradient }, arena), false);
  });
});

describe("sgd with weight decay and nesterov", () => {
  it("adds the decay to the gradient: 4 + 0.5 · 2 = 5", () => {
    const { arena, slots } = arenaOf([2], [4], [8]);
    const [weight, gradient, velocity] = slots as [Slot, Slot, Slot];
    run({ kind: "sgd", weightDecay: 0.5, weight, gradient }, arena, { rate: 0.5 });
    assert.deepEqual([...arena], [-0.5, 4, 8]);
    run({ ...SGD_MOMENTUM, weightDecay: 2, weight, gradient, velocity }, arena, { rate: 0.5 });
    assert.deepEqual([...arena], [-4, 4, 7], "g = 4 − 1 = 3, v = 4 + 3 = 7");
  });

  it("looks ahead with nesterov: v = 0.5 · 8 + 4 = 8, d = 4 + 0.5 · 8 = 8", () => {
    const { arena, slots } = arenaOf([2], [4], [8]);
    const [weight, gradient, velocity] = slots as [Slot, Slot, Slot];
    run({ ...SGD_MOMENTUM, nesterov: true, weight, gradient, velocity }, arena, { rate: 0.25 });
    assert.deepEqual([...arena], [0, 4, 8]);
  });
});

describe("adamW", () => {
  it("steps by hand: m = 0.5 · 4 + 0.5 · 8 = 6, v = 0.75 · 0 + 0.25 · 64 = 16, u = 6 · 2 / (√(16 · 4) + 4) = 1", () => {
    const { arena, slots } = arenaOf([2], [8], [4], [0]);
    const [weight, gradient, firstMoment, secondMoment] = slots as [Slot, Slot, Slot, Slot];
    const common = { weight, gradient, firstMoment, secondMoment };
    const step = { rate: 0.5, firstCorrection: 2, secondCorrection: 4 };
    const operation = { kind: "adamW", beta1: 0.5, beta2: 0.75, epsilon: 4, weightDecay: 0.5, ...common } as const;
    assert.equal(run(operation, arena, step), true);
    assert.deepEqual([...arena], [1, 8, 6, 16], "2 · (1 − 0.5 · 0.5) − 0.5 · 1");
    arena[0] = 3e38;
    assert.equal(run({ ...operation, weightDecay: 3e38 }, arena, step), false, "3e38 · (1 − 1.5e38) overflows");
  });
});

describe("meanSquaredError", () => {
  it("is the mean of the squares, its gradient twice the difference by the count: (4 + 0 + 0 + 16) / 4", () => {
    const { arena, slots } = arenaOf([3, 1, 0, -4], [1, 1, 0, 0], [9, 9, 9, 9], [9]);
    const [outputs, targets, gradient, loss] = slots as [Slot, Slot, Slot, Slot];
    assert.equal(run({ kind: "meanSquaredError", outputs, targets, gradient, loss }, arena), true);
    assert.deepEqual([read(arena, loss), read(arena, gradient)], [[5], [1, 0, 0, -2]]);
    arena[0] = 3e20;
    assert.equal(run({ kind: "meanSquaredError", outputs, targets, gradient, loss }, arena), false);
  });
});

describe("squareSum, clipFactor and scale", () => {
  it("sum squares in blocks of 1,024, blocks in order", () => {
    const ones = new Array<number>(1_025).fill(1);
    ones[0] = 8_192; // 2^26 + 1 rounds to 2^26, so a block that starts with it stays there
    const { arena, slots } = arenaOf(ones, [2], [77]);
    const [long, short, sum] = slots as [Slot, Slot, Slot];
    run({ kind: "squareSum", gradient: long, sum, isFirst: true }, arena);
    assert.deepEqual(read(arena, sum), [67_108_864], "2^26, the 1,023 ones after it lost, then the next block's 1");
    run({ kind: "squareSum", gradient: short, sum, isFirst: true }, arena);
    run({ kind: "squareSum", gradient: short, sum, isFirst: false }, arena);
    assert.deepEqual(read(arena, sum), [8]);
  });

  it("keep the second block apart from the first: its 1,024 ones are not lost one by one", () => {
    const values = new Array<number>(2_048).fill(1);
    values[0] = 8_192;
    const { arena, slots } = arenaOf(values, [0]);
    const [gradient, sum] = slots as [Slot, Slot];
    run({ kind: "squareSum", gradient, sum, isFirst: true }, arena);
    assert.deepEqual(read(arena, sum), [67_108_864 + 1_024]);
  });

  it("scale down to the maximum, and leave what is shorter, or not a number, alone", () => {
    const { arena, slots } = arenaOf([3, -4], [25], [9]);
    const [data, sum, factor] = slots as [Slot, Slot, Slot];
    run({ kind: "clipFactor", maximum: 2.5, sum, factor }, arena);
    assert.deepEqual(read(arena, factor), [0.5]);
    run({ kind: "scale", data, factor }, arena);
    assert.deepEqual(read(arena, data), [1.5, -2]);
    for (const [square, expected] of [
      [6.25, 1],
      [0, 1],
      [Number.NaN, 1],
      [Infinity, 0],
    ] as const) {
      arena[sum.offset] = square;
      run({ kind: "clipFactor", maximum: 2.5, sum, factor }, arena);
      assert.deepEqual(read(arena, factor), [expected], `sum ${square}`);
    }
  });
});
