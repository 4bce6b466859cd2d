import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { Slot } from "../operations/slot.ts";
import { philox4x32 } from "../philox.ts";
import { arenaOf, read, run } from "../testing/operations.ts";

describe("add and copy", () => {
  it("work number by number, in place of either summand too", () => {
    const { arena, slots } = arenaOf([1, 1e8, -0], [2, 1, -0], [9, 9, 9]);
    const [x, y, z] = slots as [Slot, Slot, Slot];
    run({ kind: "copy", input: x, output: z }, arena);
    run({ kind: "add", input: x, other: y, output: y }, arena);
    assert.deepEqual(
      [read(arena, y), read(arena, z)],
      [
        [3, 1e8, -0],
        [1, 1e8, -0],
      ],
    );
    run({ kind: "add", input: x, other: x, output: x }, arena);
    assert.deepEqual(read(arena, x), [2, 2e8, -0]);
  });
});

describe("subnormals, signed zeros and overflow", () => {
  const small = 1.401298464324817e-45; // 2^−149

  it("are kept by sums, copies, rectifiers and tanh, and cross into infinity in sums", () => {
    const { arena, slots } = arenaOf([small, -small, 3.4e38, -0, -3.4e38], [small, small, 3.4e38, -0, -3.4e38]);
    const [x, y] = slots as [Slot, Slot];
    run({ kind: "add", input: x, other: y, output: y }, arena);
    assert.deepEqual(read(arena, y), [2 * small, 0, Infinity, -0, -Infinity]);
    run({ kind: "tanh", input: x, output: y }, arena);
    assert.deepEqual(read(arena, y).slice(0, 2), [small, -small]);
    run({ kind: "relu", input: x, output: x }, arena);
    assert.deepEqual(read(arena, x), [small, 0, Math.fround(3.4e38), 0, 0]);
  });
});

describe("gelu, tanh and softmax", () => {
  it("give what is exact at 0 and far out, in place where they may", () => {
    const { arena, slots } = arenaOf([0, -0, 30, -30], [9, 9, 9, 9], [0, 40, -40, Number.NaN]);
    const [x, y, z] = slots as [Slot, Slot, Slot];
    run({ kind: "gelu", input: x, output: y }, arena);
    assert.deepEqual(read(arena, y), [0, -0, 30, -0]);
    run({ kind: "tanh", input: z, output: z }, arena);
    assert.deepEqual(read(arena, z), [0, 1, -1, Number.NaN]);
  });

  it("take the gradient through their derivative: ½ at gelu(0), 1 − y² behind tanh", () => {
    const { arena, slots } = arenaOf([0, 30, -30], [6, 6, 6], [0, 0.5, 1], [8, 8, 8]);
    const [x, toX, y, toZ] = slots as [Slot, Slot, Slot, Slot];
    run({ kind: "geluBackward", input: x, gradient: toX }, arena);
    assert.ok(Math.abs(arena[toX.offset]! - 3) < 1e-6);
    assert.deepEqual(read(arena, toX).slice(1), [6, 0]);
    run({ kind: "tanhBackward", output: y, gradient: toZ }, arena);
    assert.deepEqual(read(arena, toZ), [8, 6, 0]);
  });

  it("share 1 among equals, row by row, and do not overflow on huge logits", () => {
    const { arena, slots } = arenaOf([7, 7, 3e38, -3e38], [3e38, 3e38, 0, 0]);
    const [x, y] = slots as [Slot, Slot];
    run({ kind: "softmax", rows: 2, columns: 2, input: x, output: x }, arena);
    assert.deepEqual(read(arena, x), [0.5, 0.5, 1, 0]);
    run({ kind: "softmax", rows: 1, columns: 4, input: y, output: y }, arena);
    assert.deepEqual(read(arena, y), [0.5, 0.5, 0, 0]);
  });

  it("take the gradient through softmax, by hand: y (g − Σ g y)", () => {
    const { arena, slots } = arenaOf([0.25, 0.75], [8, 4]);
    const [output, gradient] = slots as [Slot, Slot];
    run({ kind: "softmaxBackward", rows: 1, columns: 2, output, gradient }, arena);
    assert.deepEqual(read(arena, gradient), [0.75, -0.75]);
  });
});

describe("dropout", () => {
  const streams = Uint32Array.of(0, 0, 0, 0, 0xa4093822, 0x299f31d0, 0x13198a2e, 0x03707344);

  it("keeps what Philox's word, cut to 24 bits, leaves below keep · 2²⁴, and scales it by 1 / keep", () => {
    const kept = philox4x32([0, 3, 0x13198a2e, 0x03707344], [0xa4093822, 0x299f31d0]).map(
      (word) => word >>> 8 < 2 ** 23,
    );
    const { arena, slots } = arenaOf([1, 2, 3, 4], [5, 6, 7, 8]);
    const [x, gradient] = slots as [Slot, Slot];
    run({ kind: "dropout", stream: 1, keep: 0.5, input: x, output: x }, arena, { step: 3, streams });
    assert.deepEqual(
      read(arena, x),
      [2, 4, 6, 8].map((value, i) => (kept[i] ? value : 0)),
    );
    run({ kind: "dropoutBackward", stream: 1, keep: 0.5, gradient }, arena, { step: 3, streams });
    assert.deepEqual(
      read(arena, gradient),
      [10, 12, 14, 16].map((value, i) => (kept[i] ? value : 0)),
    );
  });

  it("keeps three quarters of many within five standard deviations, and everything outside training", () => {
    const ones = new Array<number>(10_000).fill(1);
    const { arena, slots } = arenaOf(ones, ones);
    const [x, y] = slots as [Slot, Slot];
    run({ kind: "dropout", stream: 0, keep: 0.75, input: x, output: y }, arena, { streams });
    const kept = read(arena, y).filter((value) => value > 0).length;
    assert.ok(Math.abs(kept - 7_500) < 5 * Math.sqrt(10_000 * 0.75 * 0.25), `${kept} of 10,000`);
    run({ kind: "dropout", stream: 0, keep: 0.75, input: x, output: y }, arena, { streams, isTraining: false });
    assert.deepEqual(read(arena, y), ones);
  });
});
