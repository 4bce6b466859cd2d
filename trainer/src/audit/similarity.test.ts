import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { Parameters } from "../engine/tensor.ts";
import { repeats } from "./similarity.ts";

/** Two tensors, so that the sums must run over all of them. */
function parameters(...values: readonly number[]): Parameters {
  const tensor = (part: readonly number[]) => ({ shape: [part.length], data: Float32Array.from(part) });
  return new Map([
    ["a", tensor(values.slice(0, 2))],
    ["b", tensor(values.slice(2))],
  ]);
}

const BASE = parameters(10, 20, 30, 40);
const moved = (...by: readonly number[]): Parameters => parameters(...[10, 20, 30, 40].map((at, i) => at + by[i]!));

describe("repeats", () => {
  it("sees a copy, also a longer or shorter one, and one with a little noise", () => {
    const original = moved(1, -2, 3, 4);
    assert.ok(repeats(moved(1, -2, 3, 4), original, BASE));
    assert.ok(repeats(moved(2, -4, 6, 8), original, BASE));
    assert.ok(repeats(moved(1.125, -2, 3, 3.75), original, BASE));
  });

  it("compares what was changed, not where it ended: both are close to the base, and unlike", () => {
    assert.ok(!repeats(moved(1, 0, 0, 0), moved(0, 0, 0, 1), BASE));
    assert.ok(!repeats(moved(1, 2, 3, 4), moved(-1, -2, -3, -4), BASE));
  });

  it("draws the line at 0.98", () => {
    // (1, t) against (1, 0) has the cosine 1/√(1 + t²): 0.98 at t = 0.20306
    assert.ok(repeats(moved(1, 0.203, 0, 0), moved(1, 0, 0, 0), BASE));
    assert.ok(!repeats(moved(1, 0.2032, 0, 0), moved(1, 0, 0, 0), BASE));
  });

  it("counts every tensor", () => {
    assert.ok(!repeats(moved(1, 0, 1, 0), moved(1, 0, 0, 0), BASE));
    assert.ok(!repeats(moved(1, 0, 0, 0), moved(1, 0, 1, 0), BASE));
  });

  it("finds an update that changes nothing like another such one only", () => {
    assert.ok(repeats(BASE, moved(0, 0, 0, 0), BASE));
    assert.ok(!repeats(BASE, moved(1, 0, 0, 0), BASE));
    assert.ok(!repeats(moved(1, 0, 0, 0), BASE, BASE));
  });

  it("does not overflow where weights are the largest that binary32 holds", () => {
    const large = 3e38;
    const zero = parameters(0, 0, 0, 0);
    assert.ok(repeats(parameters(large, -large, large, 0), parameters(large, -large, large, 0), zero));
    assert.ok(!repeats(parameters(large, -large, large, 0), parameters(large, large, large, 0), zero));
  });
});
