import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { Slot } from "../operations/slot.ts";
import { arenaOf, read, rowMajor, run } from "../testing/operations.ts";

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
