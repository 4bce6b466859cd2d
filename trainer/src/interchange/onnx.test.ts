import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { env, InferenceSession, Tensor } from "onnxruntime-web";
import type { Architecture, Layer } from "../engine/architecture.ts";
import { hasCode, testStream } from "../engine/testing/programs.ts";
import { exportOnnx } from "./onnx.ts";
import {
  benchModels,
  conv2d,
  dense,
  engineOutputs,
  maxPool,
  randomInputs,
  randomParameters,
  regressor,
} from "./testing/models.ts";

// One thread, and the WebAssembly that lies in the package: nothing is fetched and no worker started.
env.wasm.numThreads = 1;
env.wasm.wasmPaths = new URL(".", import.meta.resolve("onnxruntime-web")).href;

/** The largest difference over the largest output: sums of up to a few thousand binary32 products in another order. */
const TOLERANCE = 1e-5;
const BATCH = 3;

/** Runs an exported model on a batch. */
async function runOnnx(model: Uint8Array, inputs: Float32Array, shape: readonly number[]): Promise<Tensor> {
  const session = await InferenceSession.create(model, { logSeverityLevel: 3 });
  try {
    const { output } = await session.run({ input: new Tensor("float32", inputs, shape) });
    return output as Tensor;
  } finally {
    await session.release();
  }
}

/** Fails unless onnxruntime computes what the engine does. */
async function assertSameOutputs(architecture: Architecture, name: string, batch = BATCH): Promise<void> {
  const stream = testStream(`onnx ${name}`);
  const parameters = randomParameters(architecture, stream);
  const inputs = randomInputs(architecture, batch, stream);
  const output = await runOnnx(exportOnnx(architecture, parameters), inputs, [batch, ...architecture.input]);
  const expected = engineOutputs(architecture, parameters, inputs);
  assert.equal(output.dims[0], batch, "the batch comes first");
  const actual = output.data as Float32Array;
  assert.equal(actual.length, expected.length, `${name}: length`);
  const largest = expected.reduce((max, value) => Math.max(max, Math.abs(value)), 0);
  const difference = expected.reduce((max, value, i) => Math.max(max, Math.abs(value - actual[i]!)), 0);
  assert.ok(largest > 0.1 && difference <= TOLERANCE * largest, `${name}: differs by ${difference} of ${largest}`);
}

const IMAGE = [7, 6, 3];
const TOKENS = { type: "embedding", vocabulary: 11, units: 8 } as const;
const relu: Layer = { type: "relu" };
const flatten: Layer = { type: "flatten" };
const layerNorm: Layer = { type: "layerNorm" };

/** Every kind of layer, in every place in which it is written differently. */
const LAYERS: Readonly<Record<string, Architecture>> = {
  "dense on a row": regressor([5], dense(4)),
  "dense on positions": regressor([5, 3], dense(4)),
  conv2d: regressor(IMAGE, conv2d(4, 3)),
  "conv2d with padding and stride": regressor(IMAGE, conv2d(4, 3, 2, 2)),
  "two conv2d without a layout change between": regressor(IMAGE, conv2d(4, 3), relu, conv2d(2, 2)),
  maxPool: regressor(IMAGE, conv2d(4, 1), maxPool(2)),
  "maxPool with overlapping windows": regressor(IMAGE, conv2d(4, 1), maxPool(3, 2)),
  averagePool: regressor(IMAGE, conv2d(4, 1), { type: "averagePool", size: 2, stride: 2 }),
  "flatten after an image": regressor(IMAGE, conv2d(4, 3), flatten, dense(3)),
  relu: regressor([5], dense(4), relu),
  gelu: regressor([5], dense(64), { type: "gelu" }),
  tanh: regressor([5], dense(4), { type: "tanh" }),
  "softmax of rows": regressor([5, 3], dense(4), { type: "softmax" }),
  "softmax over channels": regressor(IMAGE, conv2d(4, 3), { type: "softmax" }),
  "layerNorm of rows": regressor([5, 3], dense(4), layerNorm),
  "layerNorm over channels": regressor(IMAGE, conv2d(4, 3), layerNorm, conv2d(2, 1)),
  embedding: regressor([5], TOKENS),
  positionalEmbedding: regressor([5], TOKENS, { type: "positionalEmbedding" }),
  "causalSelfAttention with one head": regressor([5], TOKENS, { type: "causalSelfAttention", heads: 1 }),
  "causalSelfAttention with four heads": regressor([5], TOKENS, { type: "causalSelfAttention", heads: 4 }),
  "residual around dense": regressor([5], dense(4), { type: "residual", layers: [dense(3), relu, dense(4)] }),
  "residual around conv2d, on the input": regressor(IMAGE, { type: "residual", layers: [conv2d(3, 3, 1)] }),
  "residual that begins and ends in other layouts": regressor(
    ...[IMAGE, conv2d(4, 3)],
    { type: "residual", layers: [layerNorm, conv2d(4, 1), layerNorm] },
    conv2d(2, 1),
  ),
  "residual in a residual": regressor([4], {
    type: "residual",
    layers: [dense(4), { type: "residual", layers: [dense(4)] }],
  }),
  "dropout, which does nothing": regressor([5], dense(4), { type: "dropout", rate: 0.5 }, dense(3)),
};

describe("exportOnnx", () => {
  for (const [name, architecture] of Object.entries(LAYERS)) {
    it(`computes in onnxruntime what the engine computes: ${name}`, () => assertSameOutputs(architecture, name));
  }

  for (const [name, architecture] of Object.entries(benchModels)) {
    it(`computes in onnxruntime what the engine computes: ${name}`, () => assertSameOutputs(architecture, name, 2));
  }

  it("takes batches of any size", async () => {
    for (const batch of [1, 17]) await assertSameOutputs(regressor([5], TOKENS, dense(3)), "any batch", batch);
  });

  it("gives no mass to positions that come later", async () => {
    const architecture = regressor([6], TOKENS, { type: "causalSelfAttention", heads: 2 });
    const model = exportOnnx(architecture, randomParameters(architecture, testStream("causal")));
    const one = await runOnnx(model, Float32Array.of(1, 2, 3, 4, 5, 6), [1, 6]);
    const other = await runOnnx(model, Float32Array.of(1, 2, 3, 9, 9, 9), [1, 6]);
    const seen = 3 * TOKENS.units;
    assert.deepEqual(one.data.slice(0, seen), other.data.slice(0, seen));
    assert.notDeepEqual(one.data.slice(seen), other.data.slice(seen));
  });

  it("refuses parameters that are not the architecture's", () => {
    const parameters = randomParameters(regressor([5], dense(3)), testStream("other"));
    assert.throws(() => exportOnnx(regressor([5], dense(4)), parameters), hasCode("ENGINE_PARAMETERS_MISMATCH"));
  });

  it("gives the same bytes for the same model", () => {
    const architecture = benchModels["LeNet-5"]!;
    const [one, other] = [0, 1].map(() => exportOnnx(architecture, randomParameters(architecture, testStream("x"))));
    assert.deepEqual(one, other);
  });
});
