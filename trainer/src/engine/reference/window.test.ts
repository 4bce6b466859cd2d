import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { Slot } from "../operations/slot.ts";
import type { Window } from "../operations/window.ts";
import { arenaOf, read, run } from "../testing/operations.ts";

/** A window over one image of one channel, 3 by 3 unless said otherwise. */
function windowOf(size: number, { stride = 1, padding = 0, height = 3, width = 3, channels = 1 } = {}): Window {
  const steps = (length: number): number => Math.floor((length + 2 * padding - size) / stride) + 1;
  const out = { outHeight: steps(height), outWidth: steps(width) };
  return { batch: 1, height, width, channels, size, stride, padding, ...out };
}

const IMAGE = [1, 2, 3, 4, 5, 6, 7, 8, 9];

describe("conv2d", () => {
  it("slides a 2 by 2 kernel as by hand, without turning it, and adds the bias", () => {
    const { arena, slots } = arenaOf(IMAGE, [1, 10, 100, 1000], [0.5], [0, 0, 0, 0]);
    const [input, weight, bias, out] = slots as [Slot, Slot, Slot, Slot];
    run({ kind: "conv2d", window: windowOf(2), filters: 1, input, weight, bias, out, relu: false }, arena);
    assert.deepEqual(read(arena, out), [5421.5, 6532.5, 8754.5, 9865.5]);
  });

  it("pads with +0, strides, and rectifies", () => {
    const { arena, slots } = arenaOf(IMAGE, [1, -1, 1, -1], [0], [9, 9, 9, 9]);
    const [input, weight, bias, out] = slots as [Slot, Slot, Slot, Slot];
    const window = windowOf(2, { stride: 2, padding: 1 });
    run({ kind: "conv2d", window, filters: 1, input, weight, bias, out, relu: true }, arena);
    // windows: (0 0 / 0 1), (0 0 / 2 3), (0 4 / 0 7), (5 6 / 8 9)
    assert.deepEqual(read(arena, out), [0, 0, 0, 0]);
    run({ kind: "conv2d", window, filters: 1, input, weight, bias, out, relu: false }, arena);
    assert.deepEqual(read(arena, out), [-1, -1, -11, -2]);
  });

  it("runs over channels innermost: the sum starts with row 0, column 0, channel 0, then channel 1", () => {
    const { arena, slots } = arenaOf([1e8, 1, -1e8, 1], [1, 1, 1, 1], [0], [9]);
    const [input, weight, bias, out] = slots as [Slot, Slot, Slot, Slot];
    const window = { ...windowOf(1, { height: 1, width: 1, channels: 4 }) };
    run({ kind: "conv2d", window, filters: 1, input, weight, bias, out, relu: false }, arena);
    assert.deepEqual(read(arena, out), [1], "((10^8 + 1) − 10^8) + 1 with 10^8 + 1 rounded to 10^8");
  });

  it("makes a NaN of padding times infinity, for the padding takes part", () => {
    const { arena, slots } = arenaOf([1], [Infinity, 0, 0, 0, 1, 0, 0, 0, 0], [0], [9]);
    const [input, weight, bias, out] = slots as [Slot, Slot, Slot, Slot];
    const window = windowOf(3, { height: 1, width: 1, padding: 1 });
    run({ kind: "conv2d", window, filters: 1, input, weight, bias, out, relu: false }, arena);
    assert.deepEqual(read(arena, out), [Number.NaN]);
  });
});

describe("conv2dBackwardWeight and conv2dBackwardInput", () => {
  it("give by hand what one output's gradient means for the kernel and for the image", () => {
    const { arena, slots } = arenaOf(IMAGE, [1, 10, 100, 1000], [0, 0, 0, 2], [9, 9, 9, 9], new Array(9).fill(9));
    const [input, weight, outGradient, weightGradient, inputGradient] = slots as [Slot, Slot, Slot, Slot, Slot];
    const common = { window: windowOf(2), filters: 1, outGradient };
    run({ kind: "conv2dBackwardWeight", ...common, input, weightGradient }, arena);
    assert.deepEqual(read(arena, weightGradient), [10, 12, 16, 18]);
    run({ kind: "conv2dBackwardInput", ...common, weight, inputGradient }, arena);
    assert.deepEqual(read(arena, inputGradient), [0, 0, 0, 0, 2, 20, 0, 200, 2000]);
  });

  it("spread gradients by the stride, cut the padding off and mask", () => {
    const { arena, slots } = arenaOf(
      [1, 10, 100, 1000],
      [1, 2, 3, 4],
      new Array(9).fill(9),
      [1, 1, 1, 1, 0, 1, 1, 1, -1],
    );
    const [weight, outGradient, inputGradient, mask] = slots as [Slot, Slot, Slot, Slot];
    const window = windowOf(2, { stride: 2, padding: 1 });
    run({ kind: "conv2dBackwardInput", window, filters: 1, weight, outGradient, inputGradient, mask }, arena);
    assert.deepEqual(read(arena, inputGradient), [1000, 200, 2000, 30, 0, 40, 3000, 400, 0]);
  });
});

describe("maxPool and maxPoolBackward", () => {
  it("take the first of equals, so that the gradient goes there", () => {
    const { arena, slots } = arenaOf([5, 5, 1, 5], [9], [3], [9, 9, 9, 9]);
    const [input, out, outGradient, inputGradient] = slots as [Slot, Slot, Slot, Slot];
    const window = windowOf(2, { height: 2, width: 2 });
    run({ kind: "maxPool", window, input, out }, arena);
    run({ kind: "maxPoolBackward", window, input, outGradient, inputGradient }, arena);
    assert.deepEqual([read(arena, out), read(arena, inputGradient)], [[5], [3, 0, 0, 0]]);
  });

  it("add up where windows overlap, in the windows' order, and mask", () => {
    const { arena, slots } = arenaOf([0, 1, 0, 1, 9, 1, 0, 1, 8], [1, 2, 4, 8], new Array(9).fill(7), IMAGE.with(4, 0));
    const [input, outGradient, inputGradient, mask] = slots as [Slot, Slot, Slot, Slot];
    const window = windowOf(2);
    run({ kind: "maxPoolBackward", window, input, outGradient, inputGradient }, arena);
    assert.deepEqual(read(arena, inputGradient), [0, 0, 0, 0, 15, 0, 0, 0, 0]);
    run({ kind: "maxPoolBackward", window, input, outGradient, inputGradient, mask }, arena);
    assert.deepEqual(read(arena, inputGradient), new Array(9).fill(0));
  });

  it("keep a NaN that comes first and pass over one that comes later, for no number is above it or below", () => {
    const window = windowOf(2, { height: 2, width: 2 });
    for (const [values, expected] of [
      [[Number.NaN, 1, 2, 3], Number.NaN],
      [[1, Number.NaN, 3, 2], 3],
    ] as const) {
      const { arena, slots } = arenaOf(values, [9]);
      const [input, out] = slots as [Slot, Slot];
      run({ kind: "maxPool", window, input, out }, arena);
      assert.deepEqual(read(arena, out), [expected]);
    }
  });
});

describe("averagePool and averagePoolBackward", () => {
  it("sum, then divide once; share the gradient out before adding it up", () => {
    const { arena, slots } = arenaOf(IMAGE, [9, 9, 9, 9], [4, 8, 16, 32], new Array(9).fill(9));
    const [input, out, outGradient, inputGradient] = slots as [Slot, Slot, Slot, Slot];
    const window = windowOf(2);
    run({ kind: "averagePool", window, input, out }, arena);
    assert.deepEqual(read(arena, out), [3, 4, 6, 7]);
    run({ kind: "averagePoolBackward", window, outGradient, inputGradient }, arena);
    assert.deepEqual(read(arena, inputGradient), [1, 3, 2, 5, 15, 10, 4, 12, 8]);
  });
});
