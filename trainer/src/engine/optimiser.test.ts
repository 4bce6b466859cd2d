import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { parseOptimiser } from "./optimiser.ts";
import { hasCode } from "./testing/programs.ts";

describe("parseOptimiser", () => {
  it("rounds its numbers to binary32 once", () => {
    const optimiser = parseOptimiser({ type: "sgd", learningRate: 0.1, momentum: 0.9 });
    const numbers = { learningRate: 0.10000000149011612, momentum: 0.8999999761581421, weightDecay: 0 };
    assert.deepEqual(optimiser, { type: "sgd", ...numbers, nesterov: false, schedule: { type: "constant" } });
    assert.deepEqual(parseOptimiser(optimiser), optimiser);
  });

  const refused = {
    "no rate": { type: "sgd", momentum: 0 },
    "a rate of 0": { type: "sgd", learningRate: 0, momentum: 0 },
    "a rate that rounds to 0": { type: "sgd", learningRate: 1e-46, momentum: 0 },
    "a rate that overflows binary32": { type: "sgd", learningRate: 1e39, momentum: 0 },
    "a rate that is no number": { type: "sgd", learningRate: "0.1", momentum: 0 },
    "a momentum that rounds to 1": { type: "sgd", learningRate: 0.1, momentum: 0.999999999 },
    "a negative momentum": { type: "sgd", learningRate: 0.1, momentum: -0.1 },
    "another type": { type: "lion", learningRate: 0.1, momentum: 0 },
    "a field nobody reads": { type: "sgd", learningRate: 0.1, momentum: 0, beta1: 0.9 },
  };
  for (const [what, value] of Object.entries(refused)) {
    it(`refuses ${what}`, () => {
      assert.throws(() => parseOptimiser(value), hasCode("ENGINE_OPTIMISER_MALFORMED"));
    });
  }
});
