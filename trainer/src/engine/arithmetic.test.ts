import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { exp32, log32 } from "./arithmetic.ts";

const { fround } = Math;
const SMALLEST = 1.401298464324817e-45; // 2^−149

/** Distance from the true value in units of the last place of binary32 around it. */
function errorInUlps(actual: number, exact: number): number {
  const magnitude = Math.max(Math.abs(fround(exact)), 1.1754943508222875e-38);
  const ulp = 2 ** (Math.floor(Math.log2(magnitude)) - 23);
  return Math.abs(actual - exact) / ulp;
}

describe("exp32", () => {
  it("is exact where e^x is: at 0", () => {
    assert.equal(exp32(0), 1);
    assert.equal(exp32(-0), 1);
  });

  it("stays within 1 ulp of the mathematical value from −103 to 88, subnormal results included", () => {
    for (let x = -103; x < 88; x += 0.0137) {
      const error = errorInUlps(exp32(fround(x)), Math.exp(fround(x)));
      assert.ok(error < 1, `exp(${fround(x)}) is ${error} ulp off`);
    }
  });

  it("goes to +0 far below, to infinity far above, and hands on a NaN", () => {
    assert.ok(Object.is(exp32(-1e30), 0));
    assert.ok(Object.is(exp32(-Infinity), 0));
    assert.equal(exp32(fround(-103.9)), SMALLEST);
    assert.equal(exp32(89), Infinity);
    assert.equal(exp32(Infinity), Infinity);
    assert.ok(Number.isNaN(exp32(Number.NaN)));
  });

  it("gives a binary32 number, always", () => {
    for (let x = -110; x < 95; x += 0.731) assert.equal(exp32(fround(x)), fround(exp32(fround(x))));
  });
});

describe("log32", () => {
  it("is exact where log x is: at 1", () => {
    assert.ok(Object.is(log32(1), 0));
  });

  it("stays within 1 ulp of the mathematical value from the smallest subnormal to the largest number", () => {
    for (let x = SMALLEST; x < 3.4e38; x *= 1.0137) {
      const error = errorInUlps(log32(fround(x)), Math.log(fround(x)));
      assert.ok(error < 1, `log(${fround(x)}) is ${error} ulp off`);
    }
  });

  it("answers for what has no logarithm", () => {
    assert.equal(log32(0), -Infinity);
    assert.equal(log32(-0), -Infinity);
    assert.equal(log32(Infinity), Infinity);
    assert.ok(Number.isNaN(log32(-1)));
    assert.ok(Number.isNaN(log32(Number.NaN)));
  });
});
