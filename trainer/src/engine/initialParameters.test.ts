import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { initialParameters } from "./initialParameters.ts";
import { compile } from "./program.ts";
import { assertSameBits, perceptron, seedOf, smallProgram } from "./testing/programs.ts";

describe("initialParameters", () => {
  it("draws weights uniformly over ±√(6 / fanIn) and starts biases at +0", () => {
    const optimiser = { type: "sgd", learningRate: 0.1, momentum: 0 } as const;
    const program = compile(perceptron([24], 1000, 10), { batchSize: 1, optimiser });
    const { data } = initialParameters(program, seedOf(1)).get("layers.1.weight")!; // bound √(6/24) = 0.5
    const mean = data.reduce((sum, value) => sum + value, 0) / data.length;
    const variance = data.reduce((sum, value) => sum + value * value, 0) / data.length;
    assert.ok(data.every((value) => value >= -0.5 && value < 0.5));
    assert.ok(Math.abs(mean) < 0.01, `mean ${mean}; five standard deviations are 0.0093`);
    assert.ok(Math.abs(variance - 1 / 12) < 0.003, `variance ${variance}, not 1/12`);
    assert.ok(
      initialParameters(program, seedOf(1))
        .get("layers.1.bias")!
        .data.every((value) => Object.is(value, 0)),
    );
  });

  it("depends on the seed only: not on batch size or optimiser", () => {
    assertSameBits(
      initialParameters(smallProgram(6), seedOf(1)),
      initialParameters(smallProgram(9, 0), seedOf(1)),
      "same seed",
    );
    assert.notDeepEqual(initialParameters(smallProgram(), seedOf(1)), initialParameters(smallProgram(), seedOf(2)));
  });
});
