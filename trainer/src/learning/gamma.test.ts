import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { testStream } from "../engine/testing/programs.ts";
import { dirichlet } from "./gamma.ts";

describe("dirichlet", () => {
  for (const alpha of [0.3, 1, 4]) {
    it(`has the mean and variance of Dirichlet(${alpha}) over four shares, within five standard errors`, () => {
      const stream = testStream(`dirichlet ${alpha}`);
      const draws = 4_000;
      const first = Array.from({ length: draws }, () => dirichlet(stream, alpha, 4)[0]!);
      const mean = first.reduce((sum, share) => sum + share, 0) / draws;
      const variance = first.reduce((sum, share) => sum + (share - 1 / 4) ** 2, 0) / draws;
      const expected = ((1 / 4) * (3 / 4)) / (4 * alpha + 1); // a(A − a) / A²(A + 1), A = 4·alpha
      assert.ok(Math.abs(mean - 1 / 4) < 5 * Math.sqrt(expected / draws), `mean ${mean}`);
      assert.ok(Math.abs(variance / expected - 1) < 0.15, `variance ${variance} against ${expected}`);
    });
  }

  it("gives shares that sum to 1, even where every gamma draw is below the smallest number", () => {
    const stream = testStream("tiny alpha");
    for (let trial = 0; trial < 200; trial++) {
      const shares = dirichlet(stream, 0.001, 10);
      assert.ok(shares.every((share) => share >= 0 && share <= 1));
      assert.ok(Math.abs(shares.reduce((sum, share) => sum + share, 0) - 1) < 1e-12);
    }
  });
});
