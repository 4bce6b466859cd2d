import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { createRandomStream } from "../../engine/philox.ts";
import { BLOCK, invert, transform } from "./cosine.ts";

const stream = createRandomStream(new Uint8Array(32).fill(3), "cosine");
const drawn = (length: number): Float32Array => Float32Array.from({ length }, () => stream.nextFloat() - 0.5);

describe("transform", () => {
  it("gives the DCT-II of its definition, computed in binary64", () => {
    const values = drawn(BLOCK);
    transform(values).forEach((coefficient, k) => {
      let expected = 0;
      values.forEach((value, n) => {
        expected += value * Math.sqrt((k === 0 ? 1 : 2) / BLOCK) * Math.cos((Math.PI * (2 * n + 1) * k) / (2 * BLOCK));
      });
      assert.ok(Math.abs(coefficient - expected) < 1e-6, `coefficient ${k}`);
    });
  });

  it("is undone by invert, the last short block included", () => {
    const values = drawn(3 * BLOCK + 17);
    const back = new Float32Array(values.length);
    invert(transform(values), back);
    back.forEach((value, i) => {
      assert.ok(Math.abs(value - values[i]!) < 1e-6, `value ${i}`);
    });
  });

  it("gathers a slow wave in one coefficient: 8 of the mean 1", () => {
    const coefficients = transform(new Float32Array(BLOCK).fill(1));
    assert.equal(coefficients[0], 8);
    assert.ok(coefficients.subarray(1).every((coefficient) => Math.abs(coefficient) < 1e-6));
  });
});
