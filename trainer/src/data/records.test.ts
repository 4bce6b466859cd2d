import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { createPackedRecords } from "./records.ts";

const packed = {
  pixels: Uint8Array.of(0, 51, 255, 1, 254, 128),
  labels: Uint8Array.of(3, 1, 2),
  inputSize: 2,
  classes: 4,
};

describe("createPackedRecords", () => {
  it("tells count, input size and classes", () => {
    const { count, inputSize, classes } = createPackedRecords(packed);
    assert.deepEqual({ count, inputSize, classes }, { count: 3, inputSize: 2, classes: 4 });
  });

  it("writes the asked records in the asked order, repeats included", () => {
    const inputs = new Float32Array(6).fill(-1);
    const labels = new Float32Array(3).fill(-1);
    createPackedRecords(packed).read([2, 0, 2], inputs, labels);
    assert.deepEqual([...labels], [2, 3, 2]);
    // 254/255, 128/255, 0, 51/255 = 0.2, 254/255, 128/255
    assert.deepEqual([...inputs], [254 / 255, 128 / 255, 0, 0.2, 254 / 255, 128 / 255].map(Math.fround));
  });

  it("leaves what lies behind the asked records alone", () => {
    const inputs = new Float32Array(6).fill(-1);
    const labels = new Float32Array(3).fill(-1);
    createPackedRecords(packed).read([1], inputs, labels);
    assert.deepEqual([...inputs.subarray(2)], [-1, -1, -1, -1]);
    assert.deepEqual([...labels.subarray(1)], [-1, -1]);
  });

  it("rounds every byte to the binary32 number nearest to p / 255", () => {
    const pixels = Uint8Array.from({ length: 256 }, (_, p) => p);
    const inputs = new Float32Array(256);
    const labels = Uint8Array.of(0);
    createPackedRecords({ pixels, labels, inputSize: 256, classes: 1 }).read([0], inputs, new Float32Array(1));
    for (let p = 0; p < 256; p++) {
      // |x·255 − p| is exact in binary64 for 24-bit x; no neighbour of x may be nearer.
      const off = (x: number): number => Math.abs(x * 255 - p);
      const ulp = inputs[p]! * 2 ** -24;
      assert.ok(off(inputs[p]!) <= off(Math.fround(inputs[p]! + ulp)), `${p} / 255 from above`);
      assert.ok(off(inputs[p]!) <= off(Math.fround(inputs[p]! - ulp)), `${p} / 255 from below`);
    }
  });

  it("throws on a record that does not exist and on arrays that are too short", () => {
    const { read } = createPackedRecords(packed);
    assert.throws(() => read([3], new Float32Array(2), new Float32Array(1)), RangeError);
    assert.throws(() => read([0.5], new Float32Array(2), new Float32Array(1)), RangeError);
    assert.throws(() => read([0, 1], new Float32Array(3), new Float32Array(2)), RangeError);
    assert.throws(() => read([0, 1], new Float32Array(4), new Float32Array(1)), RangeError);
    assert.throws(() => createPackedRecords({ ...packed, inputSize: 3 }), RangeError);
  });
});
