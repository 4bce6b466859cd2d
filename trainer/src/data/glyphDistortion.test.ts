import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { createRandomStream, type RandomStream } from "../engine/philox.ts";
import { aroundZero, createHand, type HandLimits } from "./glyphDistortion.ts";

const STILL: HandLimits = { wobble: 0, turn: 0, slant: 0, shift: 0, height: [100, 100], widen: [1, 1] };

/** A stream whose every float is `value`. */
function always(value: number): RandomStream {
  return { nextFloat: () => value, nextUint32: () => 0, nextBelow: () => 0 };
}

/** Where a hand that strays by half of `limits` puts the points; on a canvas of 200, the box's middle belongs at 100. */
function placed(limits: Partial<HandLimits>, ...points: readonly number[]): number[] {
  return [...createHand(always(0.75), { ...STILL, ...limits }, 200)(points)];
}

describe("createHand", () => {
  it("puts the box in the middle of the canvas when nothing strays", () => {
    assert.deepEqual(placed({}, 30, 50, 60, 100, 0, 0), [100, 100, 130, 150, 70, 50]);
  });

  it("scales to the drawn height, and the width once more", () => {
    // Three quarters from 20 to 60 is 50 pixels for 100 units; three quarters from 1 to 3 is 2.5.
    assert.deepEqual(placed({ height: [20, 60], widen: [1, 3] }, 40, 60), [100 + 10 * 0.5 * 2.5, 100 + 10 * 0.5]);
  });

  it("turns by the rational angle: t = ½ gives cosine 0.6 and sine 0.8", () => {
    assert.deepEqual(placed({ turn: 1 }, 40, 50, 30, 60), [106, 108, 92, 106]);
  });

  it("slants, then shifts", () => {
    assert.deepEqual(placed({ slant: 1, shift: 6 }, 30, 60), [100 - 5 + 3, 110 + 3]);
  });

  it("moves every point alike when all knots of the wobble move alike", () => {
    const points = [0, 0, 13, 21, 30, 50, 44, 99, 60, 100];
    const moved = placed({ wobble: 8 }, ...points);
    for (const [i, value] of placed({}, ...points).entries()) assert.ok(Math.abs(moved[i]! - value - 4) < 1e-12);
  });

  it("wobbles smoothly: neighbours stay neighbours, also where cells of the lattice meet", () => {
    const hand = createHand(createRandomStream(new Uint8Array(32), "wobble"), { ...STILL, wobble: 40 }, 200);
    const steps = Array.from({ length: 1_201 }, (_, i) => [i / 20, i / 12]).flat();
    const path = hand(steps);
    let bent = 0;
    for (let i = 2; i < path.length - 2; i += 2) {
      const second = path[i + 2]! - 2 * path[i]! + path[i - 2]!;
      assert.ok(Math.abs(second) < 0.001, `no kink at ${steps[i]}`);
      bent += Math.abs(second);
    }
    assert.ok(bent > 0.01, "and yet it is bent");
  });
});

describe("aroundZero", () => {
  it("stays within reach and is even to both sides", () => {
    const random = createRandomStream(new Uint8Array(32), "triangle");
    const values = Array.from({ length: 20_000 }, () => aroundZero(random, 3));
    assert.ok(values.every((value) => Math.abs(value) <= 3));
    const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
    const square = values.reduce((sum, value) => sum + value * value, 0) / values.length;
    // Triangular on ±3: mean 0 with standard error 0.009, mean square 3²/6 = 1.5.
    assert.ok(Math.abs(mean) < 0.04, `mean ${mean}`);
    assert.ok(Math.abs(square - 1.5) < 0.06, `mean square ${square}`);
  });
});
