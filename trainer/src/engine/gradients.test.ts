/**
 * The losses and gradients of the reference executor against finite differences of the same network in binary64, which
 * `testing/float64Network.ts` writes out a second time and which shares no code with the engine.
 */
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { describe, it } from "node:test";
import type { Architecture } from "./architecture.ts";
import { initialParameters } from "./initialParameters.ts";
import { philox4x32 } from "./philox.ts";
import { compile } from "./program.ts";
import { createReferenceExecutor } from "./reference/referenceExecutor.ts";
import type { Parameters } from "./tensor.ts";
import { ARCHITECTURES } from "./testing/architectures.ts";
import { loss64, type Pass64, type Weights64 } from "./testing/float64Network.ts";
import { randomBatch, seedOf, testStream } from "./testing/programs.ts";

const BATCH_SIZE = 3;
const DROPOUT_SEED = seedOf(9);
const DROPOUT_RATE = 0.25;

function widen(parameters: Parameters): Weights64 {
  return new Map([...parameters].map(([name, { data }]) => [name, Float64Array.from(data)]));
}

/** Initial weights, and biases and norms moved off 0 and 1, where their gradients could hide. */
function startOf(program: ReturnType<typeof compile>, seed: number): Parameters {
  const stream = testStream(`start ${seed}`);
  return new Map(
    [...initialParameters(program, seedOf(seed))].map(([name, { shape, data }]) => [
      name,
      { shape, data: data.map((value) => value + 0.4 * stream.nextFloat() - 0.2) },
    ]),
  );
}

/** With momentum and no velocity yet, the velocity after one step *is* the gradient. */
function gradientsOf(architecture: Architecture, seed: number) {
  const optimiser = { type: "sgd", learningRate: 1e-6, momentum: 0.5 } as const;
  const program = compile(architecture, { batchSize: BATCH_SIZE, optimiser });
  const executor = createReferenceExecutor(program);
  const parameters = startOf(program, seed);
  const batch = randomBatch(program, testStream(`gradients ${seed}`));
  executor.loadParameters(parameters, DROPOUT_SEED);
  const loss = executor.step(batch.inputs, batch.targets);
  return { weights: widen(parameters), batch, loss, gradients: executor.checkpoint().optimiserState };
}

/** Dropout's mask of the first step, worked out again from the documentation of the operation. */
function dropoutFactor(layer: string, at: number): number {
  const hash = createHash("sha256").update(DROPOUT_SEED).update(`dropout/${layer}`).digest();
  const [w0, w1, w2, w3] = [0, 4, 8, 12].map((byte) => hash.readUInt32LE(byte)) as [number, number, number, number];
  const word = philox4x32([Math.floor(at / 4), 0, w2, w3], [w0, w1])[at % 4]!;
  return word >>> 8 < (1 - DROPOUT_RATE) * 2 ** 24 ? 1 / (1 - DROPOUT_RATE) : 0;
}

function passOf(weights: Weights64): (row: number) => Pass64 {
  return (row) => ({ weights, dropoutFactor: (layer, i, size) => dropoutFactor(layer, row * size + i) });
}

/** Central difference with step 2^−17. A kink of relu or max within the step would show; the seeds have none. */
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

describe("gradients", () => {
  for (const [name, architecture] of Object.entries(ARCHITECTURES)) {
    it(`agree with finite differences for every parameter: ${name}`, () => {
      for (const seed of [1, 2]) {
        const { weights, batch, loss, gradients } = gradientsOf(architecture, seed);
        const pass = passOf(weights);
        const lossNow = (): number => loss64(architecture, { ...batch, batchSize: BATCH_SIZE }, pass);
        assert.ok(Math.abs(loss - lossNow()) < 2e-6, `loss ${loss} against ${lossNow()}`);
        for (const [parameter, values] of weights) {
          const gradient = gradients.get(`velocity.${parameter}`)!.data;
          assert.equal(gradient.length, values.length);
          for (let at = 0; at < values.length; at++) {
            const expected = difference(lossNow, values, at);
            const error = Math.abs(gradient[at]! - expected);
            const label = `${parameter}[${at}] of seed ${seed}: ${gradient[at]} against ${expected}`;
            assert.ok(error < 2e-6 + 1e-5 * Math.abs(expected), label); // binary32; norms of small rows magnify its roundings
          }
        }
      }
    });
  }
});
