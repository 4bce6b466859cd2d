/**
 * The gradients of the reference executor against finite differences of the same network in binary64, which is written
 * out here a second time and shares no code with the engine.
 */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { Architecture } from "./architecture.ts";
import { initialParameters } from "./initialParameters.ts";
import { compile } from "./program.ts";
import { createReferenceExecutor } from "./reference/referenceExecutor.ts";
import type { Parameters } from "./tensor.ts";
import { perceptron, randomBatch, seedOf, testStream } from "./testing/programs.ts";

type Weights = ReadonlyMap<string, Float64Array>;

/** Mean cross-entropy of the network in binary64. */
function lossOf(architecture: Architecture, weights: Weights, inputs: Float32Array, targets: Float32Array): number {
  const width = inputs.length / targets.length;
  let total = 0;
  targets.forEach((label, row) => {
    let values = Array.from(inputs.subarray(row * width, (row + 1) * width));
    architecture.layers.forEach((layer, at) => {
      if (layer.type === "relu") values = values.map((value) => Math.max(value, 0));
      if (layer.type === "dense")
        values = affine(values, weights.get(`layers.${at}.weight`)!, weights.get(`layers.${at}.bias`)!);
    });
    const largest = Math.max(...values);
    const sum = values.reduce((partial, value) => partial + Math.exp(value - largest), 0);
    total += Math.log(sum) + largest - values[label]!;
  });
  return total / targets.length;
}

function affine(values: readonly number[], weight: Float64Array, bias: Float64Array): number[] {
  return Array.from(bias, (start, unit) =>
    values.reduce((sum, value, k) => sum + value * weight[unit * values.length + k]!, start),
  );
}

function widen(parameters: Parameters): Weights {
  return new Map([...parameters].map(([name, { data }]) => [name, Float64Array.from(data)]));
}

/** With momentum and no velocity yet, the velocity after one step *is* the gradient. */
function gradientsOf(architecture: Architecture, batchSize: number, seed: number) {
  const optimiser = { type: "sgd", learningRate: 1e-6, momentum: 0.5 } as const;
  const program = compile(architecture, { batchSize, optimiser });
  const executor = createReferenceExecutor(program);
  const parameters = initialParameters(program, seedOf(seed));
  const { inputs, targets } = randomBatch(program, testStream(`gradients ${seed}`));
  executor.loadParameters(parameters);
  const loss = executor.step(inputs, targets);
  return { weights: widen(parameters), inputs, targets, loss, gradients: executor.checkpoint().optimiserState };
}

/** Central difference with step 2^−17. A kink of relu within the step would show; the seeds have none. */
function difference(loss: () => number, values: Float64Array, at: number): number {
  const step = 1 / 131_072;
  const middle = values[at]!;
  values[at] = middle + step;
  const above = loss();
  values[at] = middle - step;
  const below = loss();
  values[at] = middle;
  return (above - below) / (2 * step);
}

const CASES: Readonly<Record<string, Architecture>> = {
  "softmax regression": perceptron([5], 3),
  "one hidden layer": perceptron([2, 3], 4, 3),
  "two hidden layers": perceptron([5], 6, 4, 3),
  "relu on inputs and logits": {
    input: [5],
    layers: [{ type: "relu" }, { type: "dense", units: 4 }, { type: "relu" }],
    loss: "softmaxCrossEntropy",
  },
};

describe("gradients", () => {
  for (const [name, architecture] of Object.entries(CASES)) {
    it(`agree with finite differences for every parameter: ${name}`, () => {
      for (const seed of [1, 2, 3]) {
        const { weights, inputs, targets, loss, gradients } = gradientsOf(architecture, 4, seed);
        const lossNow = (): number => lossOf(architecture, weights, inputs, targets);
        assert.ok(Math.abs(loss - lossNow()) < 1e-6, `loss ${loss} against ${lossNow()}`);
        for (const [parameter, values] of weights) {
          const gradient = gradients.get(`velocity.${parameter}`)!.data;
          for (let at = 0; at < values.length; at++) {
            const expected = difference(lossNow, values, at);
            const error = Math.abs(gradient[at]! - expected);
            assert.ok(error < 2e-6, `${parameter}[${at}] of seed ${seed}: ${gradient[at]} against ${expected}`);
          }
        }
      }
    });
  }
});
