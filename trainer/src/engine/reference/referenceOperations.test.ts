import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { MatrixView, Slot } from "../operations/slot.ts";
import type { Operation, StepContext } from "../operations.ts";
import { runReference } from "./referenceOperations.ts";

/** A slot for each list, one after the other, and the arena that holds them. */
function arenaOf(...lists: readonly (readonly number[])[]): { arena: Float32Array; slots: Slot[] } {
  let offset = 0;
  const slots = lists.map(({ length }, at) => {
    offset += length;
    return { name: `${at}`, offset: offset - length, length };
  });
  return { arena: Float32Array.from(lists.flat()), slots };
}

function run(operation: Operation, arena: Float32Array, changes: Partial<StepContext> = {}): boolean {
  return runReference(operation, arena, {
    ...{ step: 0, isTraining: true, rate: 1, firstCorrection: 1, secondCorrection: 1 },
    ...{ streams: new Uint32Array(0), ...changes },
  });
}

function read(arena: Float32Array, { offset, length }: Slot): number[] {
  return [...arena.subarray(offset, offset + length)];
}

function rowMajor(slot: Slot, width: number): MatrixView {
  return { slot, rowStride: width, columnStride: 1 };
}

/** `left` (rows × inner) times `right` (inner × columns). */
function product(left: readonly number[], right: readonly number[], rows: number, columns: number): number[] {
  const inner = left.length / rows;
  const { arena, slots } = arenaOf(left, right, new Array<number>(rows * columns).fill(9));
  const [a, b, out] = slots as [Slot, Slot, Slot];
  run(
    {
      kind: "matmul",
      role: "denseForward",
      rows,
      columns,
      inner,
      left: rowMajor(a, inner),
      right: rowMajor(b, columns),
      out,
      relu: false,
    },
    arena,
  );
  return read(arena, out);
}

describe("matmul", () => {
  it("multiplies [[1 2] [3 4]] by [[5 6] [7 8]] as by hand", () => {
    assert.deepEqual(product([1, 2, 3, 4], [5, 6, 7, 8], 2, 2), [19, 22, 43, 50]);
  });

  it("sums strictly from the left: (10^8 + 1) − 10^8 is 0, for 10^8 + 1 rounds to 10^8", () => {
    assert.deepEqual(product([1e8, 1, -1e8], [1, 1, 1], 1, 1), [0]);
    assert.deepEqual(product([1e8, -1e8, 1], [1, 1, 1], 1, 1), [1]);
  });

  it("rounds the product before the sum: a fused multiply-add would give −2^−24 here", () => {
    const a = 1 + 1 / 4096; // a² = 1 + 2^−11 + 2^−24 rounds to 1 + 2^−11
    assert.deepEqual(product([1 + 1 / 2048, -a], [1, a], 1, 1), [0]);
  });

  it("keeps subnormals, and starts from +0", () => {
    assert.deepEqual(product([1e-30], [1.401298464324817e-15], 1, 1), [1.401298464324817e-45]);
    assert.ok(Object.is(product([-1], [0], 1, 1)[0], 0), "+0 + −0 is +0");
  });
});

describe("addBias and relu", () => {
  it("adds a row's bias, then cuts below +0 where asked; NaN stays and −0 goes", () => {
    const { arena, slots } = arenaOf([-2, 1, Number.NaN, -0], [1, 1], [-0, 0]);
    const [data, bias, zero] = slots as [Slot, Slot, Slot];
    run({ kind: "addBias", rows: 2, columns: 2, bias, data, relu: true }, arena);
    assert.deepEqual(read(arena, data), [0, 2, Number.NaN, 1]);
    run({ kind: "addBias", rows: 1, columns: 2, bias, data, relu: false }, arena);
    assert.deepEqual(read(arena, data).slice(0, 2), [1, 3]);
    run({ kind: "relu", input: zero, output: zero }, arena);
    assert.deepEqual(read(arena, zero), [0, 0]);
  });

  it("lets a gradient through where the output is above 0 only", () => {
    const { arena, slots } = arenaOf([0, 1e-45, 3, Number.NaN], [5, -6, Number.NaN, 8]);
    const [output, gradient] = slots as [Slot, Slot];
    run({ kind: "reluBackward", output, gradient }, arena);
    assert.deepEqual(read(arena, gradient), [0, -6, Number.NaN, 0]);
  });
});

describe("columnSums", () => {
  it("sums each column from the top", () => {
    const { arena, slots } = arenaOf([1e8, 1, 1, 2, -1e8, 3], [9, 9]);
    const [data, out] = slots as [Slot, Slot];
    run({ kind: "columnSums", rows: 3, columns: 2, data, out }, arena);
    assert.deepEqual(read(arena, out), [0, 6]);
  });
});

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

const SGD_MOMENTUM = { kind: "sgdMomentum", momentum: 0.5, nesterov: false, weightDecay: 0 } as const;

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
