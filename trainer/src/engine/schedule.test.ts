import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { createRate, createRunningProduct, type Schedule } from "./schedule.ts";

const { fround } = Math;
const RATE = fround(0.1);

/** The rates of the first steps. */
function rates(schedule: Schedule, count: number, rate = 1): number[] {
  const at = createRate(rate, schedule);
  return Array.from({ length: count }, (_, step) => at(step));
}

describe("createRate", () => {
  it("stays the same when constant", () => {
    assert.deepEqual(rates({ type: "constant" }, 3, RATE), [RATE, RATE, RATE]);
  });

  it("multiplies after every so many steps, rounding each product", () => {
    assert.deepEqual(rates({ type: "step", every: 2, factor: 0.5 }, 6), [1, 1, 0.5, 0.5, 0.25, 0.25]);
    const factor = fround(0.1);
    const twice = fround(fround(RATE * factor) * factor);
    assert.equal(createRate(RATE, { type: "step", every: 3, factor })(8), twice);
  });

  it("rises and falls in a straight line, by hand: 2 steps up, 4 down, then 0", () => {
    const schedule = { type: "linear", warmupSteps: 2, totalSteps: 6 } as const;
    assert.deepEqual(rates(schedule, 8), [0.5, 1, 1, 0.75, 0.5, 0.25, 0, 0]);
  });

  it("falls along half a cosine to its floor, by hand: cos 0, cos π/4, cos π/2, cos 3π/4, then the floor", () => {
    const schedule = { type: "cosine", warmupSteps: 1, totalSteps: 5, floor: 0.5 } as const;
    const found = rates(schedule, 8);
    const half = Math.SQRT1_2;
    const expected = [1, 1, 0.75 + half / 4, 0.75, 0.75 - half / 4, 0.5, 0.5, 0.5];
    found.forEach((rate, step) => void assert.ok(Math.abs(rate - expected[step]!) < 1e-7, `step ${step}: ${rate}`));
    assert.equal(found[3], 0.75, "cos π/2 is exactly 0");
  });

  it("starts at the full rate without a warm-up", () => {
    assert.equal(rates({ type: "cosine", warmupSteps: 0, totalSteps: 4 }, 1, RATE)[0], RATE);
    assert.equal(rates({ type: "linear", warmupSteps: 0, totalSteps: 4 }, 1, RATE)[0], RATE);
  });

  it("is within two roundings of the formula in binary64, at every step", () => {
    const steps = { warmupSteps: 100, totalSteps: 3_000 };
    const cosine = createRate(RATE, { type: "cosine", ...steps, floor: fround(0.1) });
    for (let step = 100; step < 3_000; step++) {
      const wave = 0.5 * (1 + Math.cos((Math.PI * (step - 100)) / 2_900));
      const expected = RATE * (fround(0.1) + (1 - fround(0.1)) * wave);
      assert.ok(Math.abs(cosine(step) - expected) < 3e-7 * RATE, `step ${step}: ${cosine(step)} against ${expected}`);
      assert.equal(cosine(step), fround(cosine(step)));
    }
  });

  it("depends on the step alone, in whatever order steps are asked for", () => {
    for (const schedule of [
      { type: "step", every: 7, factor: fround(0.9) },
      { type: "cosine", warmupSteps: 3, totalSteps: 90 },
    ] as const) {
      const inOrder = rates(schedule, 100, RATE);
      const at = createRate(RATE, schedule);
      for (const step of [99, 0, 50, 49, 51, 7, 6, 98]) assert.equal(at(step), inOrder[step], `step ${step}`);
    }
  });
});

describe("createRunningProduct", () => {
  it("rounds each product: 0.9 nine times is not the rounded 0.9⁹", () => {
    const factor = fround(0.9);
    let expected = 1;
    for (let i = 0; i < 9; i++) expected = fround(expected * factor);
    assert.equal(createRunningProduct(1, factor)(9), expected);
    assert.notEqual(expected, fround(factor ** 9));
  });

  it("answers at once for any count when the product no longer changes", () => {
    for (const factor of [0, 0.5, fround(0.9), 1]) {
      const product = createRunningProduct(1, factor);
      assert.equal(product(2_147_483_647), product(2_147_483_646), `factor ${factor}`);
    }
    assert.equal(createRunningProduct(1, 0.5)(2_000_000_000), 0);
    assert.equal(createRunningProduct(1, 1)(2_000_000_000), 1);
  });
});
