import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { testStream } from "../engine/testing/programs.ts";
import { spyFor } from "./attacks.ts";
import type { Attack } from "./scenario.ts";

const HONEST = [
  [1, 4],
  [3, 4],
  [5, 4],
  [3, 0],
];
const DEVIATION = Math.sqrt((4 + 0 + 4 + 0) / 4); // of the first coordinate; √3 of the second

function craft(attack: Attack, own?: readonly number[]): number[] {
  const spy = spyFor(attack, Float32Array.of(0.5, -0.5));
  for (const change of HONEST) spy.see(Float32Array.from(change));
  return [...spy.plan().craft(own && Float32Array.from(own), () => testStream("noise"))];
}

function near(actual: readonly number[], expected: readonly number[], tolerance = 1e-5): void {
  for (const [i, value] of actual.entries()) {
    assert.ok(Math.abs(value - expected[i]!) <= tolerance, `${actual} is not ${expected}`);
  }
}

describe("what the bad send", () => {
  it("is worked by hand: signFlip, scaled, freeRider, copy", () => {
    assert.deepEqual(craft({ count: 1, kind: "signFlip", factor: 2 }, [1, -3]), [-2, 6]);
    assert.deepEqual(craft({ count: 1, kind: "scaled", factor: 2 }, [1, -3]), [2, -6]);
    assert.deepEqual(craft({ count: 1, kind: "freeRider" }), [0.5, -0.5]);
    assert.deepEqual(craft({ count: 1, kind: "copy" }), [1, 4]);
  });

  it("is μ − z·σ for alie, −ε·μ for ipm", () => {
    near(craft({ count: 1, kind: "alie", z: 2 }), [3 - 2 * DEVIATION, 3 - 2 * Math.sqrt(3)]);
    near(craft({ count: 1, kind: "ipm", epsilon: 0.5 }), [-1.5, -1.5]);
  });

  it("is noise of the deviation for gaussian", () => {
    const spy = spyFor({ count: 1, kind: "gaussian", deviation: 2 }, new Float32Array(10_000));
    const noise = spy.plan().craft(undefined, () => testStream("gaussian"));
    const square = noise.reduce((sum, value) => sum + value * value, 0) / noise.length;
    const mean = noise.reduce((sum, value) => sum + value, 0) / noise.length;
    assert.ok(Math.abs(square - 4) < 0.3 && Math.abs(mean) < 0.1, `${square}, ${mean}`);
  });

  it("is as far out as an honest one for minMax and minSum, and no farther", () => {
    const distance = (x: readonly number[], y: readonly number[]): number =>
      (x[0]! - y[0]!) ** 2 + (x[1]! - y[1]!) ** 2;
    const all = (x: readonly number[]): number[] => HONEST.map((y) => distance(x, y));
    const most = (values: readonly number[]): number => Math.max(...values);
    const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);
    for (const [kind, collect] of [
      ["minMax", most],
      ["minSum", sum],
    ] as const) {
      const bound = most(HONEST.map((x) => collect(all(x))));
      const sent = collect(all(craft({ count: 1, kind })));
      assert.ok(sent <= bound * 1.0001 && sent > bound * 0.999, `${kind}: ${sent} of ${bound}`);
    }
  });
});
