import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { Architecture } from "./architecture.ts";
import type { EngineError } from "./errors.ts";
import type { Executor } from "./executor.ts";
import { compile } from "./program.ts";
import { createReferenceExecutor } from "./reference/referenceExecutor.ts";

const SGD = { type: "sgd", learningRate: 0.1, momentum: 0 } as const;

/** A step's refusal as data. */
function detailOf(act: () => unknown): unknown {
  try {
    act();
  } catch (error) {
    return (error as EngineError).detail;
  }
  return assert.fail("nothing was refused");
}

describe("a step whose numbers are not finite", () => {
  const architecture: Architecture = {
    input: [2],
    layers: [
      { type: "dense", units: 2 },
      { type: "relu" },
      { type: "residual", layers: [{ type: "dense", units: 2 }] },
      { type: "dense", units: 2 },
    ],
    loss: "softmaxCrossEntropy",
  };
  const deep = compile(architecture, { batchSize: 1, optimiser: SGD });
  const inputs = Float32Array.of(1, 2);
  const targets = Float32Array.of(1);

  /** Every weight 1 but those of one parameter. */
  function withWeights(name: string, value: number, of = deep): Executor {
    const executor = createReferenceExecutor(of);
    const tensor = (shape: readonly number[], fill: number) => ({
      shape,
      data: new Float32Array(shape.reduce((product, size) => product * size, 1)).fill(fill),
    });
    executor.loadParameters(
      new Map(of.parameters.map(({ name: own, shape }) => [own, tensor(shape, own === name ? value : 0.5)])),
    );
    return executor;
  }

  it("names the first layer whose output holds one, and the number", () => {
    for (const [name, layer, value] of [
      ["layers.0.weight", "layers.0", Infinity],
      ["layers.2.layers.0.weight", "layers.2.layers.0", Infinity],
      ["layers.3.weight", "layers.3", -Infinity],
    ] as const) {
      const executor = withWeights(name, value > 0 ? 3e38 : -3e38);
      const expected = { code: "ENGINE_NOT_FINITE", step: 0, where: "loss", layer, value };
      assert.deepEqual(
        detailOf(() => executor.step(inputs, targets)),
        expected,
        name,
      );
      assert.throws(() => executor.step(inputs, targets), TypeError, "the model must be loaded again");
    }
  });

  it("blames the input where that is not finite, though a layer has worked on it in place", () => {
    const tanh = compile(
      { input: [2], layers: [{ type: "softmax" }, { type: "dense", units: 2 }], loss: "softmaxCrossEntropy" },
      { batchSize: 1, optimiser: SGD },
    );
    const executor = withWeights("", 0, tanh);
    const detail = detailOf(() => executor.step(Float32Array.of(1, Infinity), targets));
    const expected = { code: "ENGINE_NOT_FINITE", step: 0, where: "loss", layer: "input", value: Infinity };
    assert.deepEqual(detail, expected);
  });

  it("blames the loss where all layers' outputs are finite", () => {
    const square = compile(
      { input: [2], layers: [{ type: "dense", units: 1 }], loss: "meanSquaredError" },
      { batchSize: 1, optimiser: SGD },
    );
    const detail = detailOf(() => withWeights("layers.0.weight", 1e30, square).step(inputs, Float32Array.of(0)));
    const expected = { code: "ENGINE_NOT_FINITE", step: 0, where: "loss", layer: "loss", value: Infinity };
    assert.deepEqual(detail, expected);
  });

  it("names the parameter and the step when a weight overflows in its update", () => {
    const steep = compile(architecture, { batchSize: 1, optimiser: { ...SGD, learningRate: 3e38 } });
    const executor = withWeights("", 0, steep);
    executor.restore({ ...executor.checkpoint(), step: 17 });
    const detail = detailOf(() => executor.step(Float32Array.of(1e10, 2e10), targets)) as { readonly value: number };
    const { value } = detail; // equal weights behind it send no gradient to the layers before
    assert.ok(!Number.isFinite(value));
    assert.deepEqual(detail, {
      code: "ENGINE_NOT_FINITE",
      step: 17,
      where: "weights",
      layer: "layers.3.weight",
      value,
    });
  });
});
