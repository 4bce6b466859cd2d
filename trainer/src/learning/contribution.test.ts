import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { seedOf } from "../engine/testing/programs.ts";
import { contributions, leaveOneOut, sampledShapley } from "./contribution.ts";

/** What each member adds by itself, and what 0 and 1 add together. */
const OWN = [3, 1, 0, -2];
const game = (subset: readonly number[]): number =>
  subset.reduce((sum, i) => sum + OWN[i]!, 0) + (subset.includes(0) && subset.includes(1) ? 4 : 0);

describe("leaveOneOut", () => {
  it("is what is lost without each: both of a pair lose what they have together", async () => {
    assert.deepEqual(await leaveOneOut(4, game), { worth: [7, 5, 0, -2], method: "leaveOneOut", valued: 5 });
  });
});

describe("sampledShapley", () => {
  it("nears the Shapley values, by hand 5, 3, 0, −2, and divides up exactly what all are worth", async () => {
    const { worth } = await sampledShapley(4, game, { seed: seedOf(1), permutations: 400, tolerance: -1 });
    for (const [i, exact] of [5, 3, 0, -2].entries()) assert.ok(Math.abs(worth[i]! - exact) < 0.3, `${worth}`);
    assert.ok(Math.abs(worth.reduce((sum, value) => sum + value, 0) - 6) < 1e-9);
  });

  it("gives those who make no difference nothing, and stops an order once nothing is left to add", async () => {
    let calls = 0;
    const firstOnly = (subset: readonly number[]): number => {
      calls++;
      return subset.includes(0) ? 1 : 0;
    };
    const { worth, valued } = await sampledShapley(20, firstOnly, { seed: seedOf(2), permutations: 5 });
    assert.deepEqual(worth, [1, ...new Array(19).fill(0)]);
    assert.equal(valued, calls);
    assert.ok(calls < 5 * 20, `${calls} of 100 values`);
  });

  it("draws the same for the same seed and other orders for another", async () => {
    const worth = async (byte: number) =>
      (await sampledShapley(4, game, { seed: seedOf(byte), permutations: 3, tolerance: -1 })).worth;
    assert.deepEqual(await worth(1), await worth(1));
    assert.notDeepEqual(await worth(1), await worth(2));
  });
});

describe("contributions", () => {
  it("leaves out one by one up to ten trainers and samples above", async () => {
    const options = { seed: seedOf(1) };
    assert.equal((await contributions(10, ({ length }) => length, options)).method, "leaveOneOut");
    assert.equal((await contributions(11, ({ length }) => length, options)).method, "sampledShapley");
  });
});
