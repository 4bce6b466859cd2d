import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { Architecture } from "./architecture.ts";
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

  it("draws attention over ±1 / √D, embeddings over ±0.02 · √3, filters by their fan-in; norms start at 1", () => {
    const layers = [
      ...[{ type: "embedding", vocabulary: 50, units: 16 }, { type: "positionalEmbedding" }],
      ...[{ type: "causalSelfAttention", heads: 2 }, { type: "layerNorm" }],
    ] as const;
    const optimiser = { type: "sgd", learningRate: 0.1, momentum: 0 } as const;
    const architecture = { input: [40], layers, loss: "meanSquaredError" } as Architecture;
    const parameters = initialParameters(compile(architecture, { batchSize: 1, optimiser }), seedOf(1));
    const reach = (name: string): number =>
      parameters.get(name)!.data.reduce((most, w) => Math.max(most, Math.abs(w)), 0);
    for (const [name, bound] of [
      ["layers.0.weight", 0.02 * Math.sqrt(3)],
      ["layers.1.weight", 0.02 * Math.sqrt(3)],
      ["layers.2.qkv.weight", 0.25],
      ["layers.2.output.weight", 0.25],
    ] as const) {
      assert.ok(reach(name) <= Math.fround(bound) && reach(name) > 0.97 * bound, `${name} reaches ${reach(name)}`);
    }
    for (const [name, value] of [
      ["layers.2.qkv.bias", 0],
      ["layers.2.output.bias", 0],
      ["layers.3.weight", 1],
      ["layers.3.bias", 0],
    ] as const) {
      assert.ok(
        parameters.get(name)!.data.every((number) => Object.is(number, value)),
        name,
      );
    }
    const image = {
      input: [5, 5, 6],
      layers: [{ type: "conv2d", filters: 40, kernel: 2 }],
      loss: "meanSquaredError",
    } as const;
    const { data } = initialParameters(compile(image, { batchSize: 1, optimiser }), seedOf(1)).get("layers.0.weight")!;
    const most = Math.max(...data.map(Math.abs)); // √(6 / (2 · 2 · 6)) = 0.5
    assert.ok(most <= 0.5 && most > 0.49, `${most}`);
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
