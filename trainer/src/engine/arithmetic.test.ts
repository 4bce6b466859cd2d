import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { cosPi32, exp32, log32, normal32, tanh32 } from "./arithmetic.ts";
import { normalDistribution } from "./testing/float64Layers.ts";

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

describe("tanh32", () => {
  it("stays within 2 ulp of the mathematical value, from the smallest subnormal to where it is 1", () => {
    let worst = 0;
    for (let x = SMALLEST; x < 12; x *= 1.00137) {
      worst = Math.max(worst, errorInUlps(tanh32(fround(x)), Math.tanh(fround(x))));
      assert.equal(tanh32(-fround(x)), -tanh32(fround(x)), "odd");
    }
    assert.ok(worst < 2, `worst ${worst}`);
  });

  it("gives +0 for both zeros, hands on a NaN, goes to ±1, and is a binary32 number", () => {
    assert.ok(Object.is(tanh32(0), 0) && Object.is(tanh32(-0), 0));
    assert.ok(Number.isNaN(tanh32(Number.NaN)));
    for (const x of [30, 3e38, Infinity]) assert.deepEqual([tanh32(x), tanh32(-x)], [1, -1]);
    for (let x = -3; x < 3; x += 0.0731) assert.equal(tanh32(fround(x)), fround(tanh32(fround(x))));
  });
});

describe("normal32", () => {
  it("stays within 2.5e-7 of the distribution function, and within 6e-8 of the density", () => {
    for (let x = -6; x < 6; x += 0.00137) {
      const at = fround(x);
      const { distribution, density } = normal32(at);
      assert.ok(Math.abs(distribution - normalDistribution(at)) < 2.5e-7, `Φ(${at}) is ${distribution}`);
      const exact = Math.exp(-0.5 * at * at) * 0.3989422804014327;
      assert.ok(Math.abs(density - exact) < 6e-8, `φ(${at}) is ${density}, not ${exact}`);
      assert.deepEqual([distribution, density], [fround(distribution), fround(density)]);
    }
  });

  it("goes to 0 and 1 far out, and hands on a NaN", () => {
    assert.deepEqual(normal32(Infinity), { distribution: 1, density: 0 });
    assert.deepEqual(normal32(-Infinity), { distribution: 0, density: 0 });
    assert.ok(Number.isNaN(normal32(Number.NaN).distribution) && Number.isNaN(normal32(Number.NaN).density));
  });
});

describe("cosPi32", () => {
  it("is exact at the quarters' ends", () => {
    assert.deepEqual([cosPi32(0), cosPi32(0.5), cosPi32(1)], [1, 0, -1]);
  });

  it("stays within 2 ulp of cos πp from 0 to 1, and is a binary32 number", () => {
    let worst = 0;
    for (let i = 0; i < 100_003; i++) {
      const p = fround(i / 100_003);
      const exact = p > 0.25 && p < 0.75 ? Math.sin(Math.PI * (0.5 - p)) : Math.cos(Math.PI * p);
      worst = Math.max(worst, errorInUlps(cosPi32(p), exact));
      assert.equal(cosPi32(p), fround(cosPi32(p)));
    }
    assert.ok(worst < 2, `worst ${worst}`);
  });
});
