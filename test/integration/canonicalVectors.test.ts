/**
 * Every executor of this machine against the test vectors of `docs/canonical-arithmetic.md`.
 *
 * The reference wrote them, so `scripts/generate-vectors.ts --check` holds the reference to them; here the others are held
 * to the same bits, on one thread and on several.
 */
import assert from "node:assert/strict";
import { globSync, readFileSync } from "node:fs";
import { describe, it } from "node:test";
import { createBestExecutor, type ExecutorOptions } from "../../trainer/src/compute/createExecutor.ts";
import { loadNativeModules } from "../../trainer/src/compute/nativeAddon.ts";
import { type Architecture, parseArchitecture } from "../../trainer/src/engine/architecture.ts";
import type { Executor } from "../../trainer/src/engine/executor.ts";
import { initialParameters } from "../../trainer/src/engine/initialParameters.ts";
import { parseOptimiser } from "../../trainer/src/engine/optimiser.ts";
import { compile, type TrainingProgram } from "../../trainer/src/engine/program.ts";
import type { Parameters } from "../../trainer/src/engine/tensor.ts";
import { trainLocally } from "../../trainer/src/learning/localTraining.ts";
import { fromHex, type Hex } from "../../trainer/src/protocol/hex.ts";

const FOLDER = new URL("../vectors/canonical/", import.meta.url);

interface TensorsJson {
  readonly [name: string]: { readonly shape: readonly number[]; readonly values: readonly string[] };
}
interface LayerVector {
  readonly architecture: Architecture;
  readonly batchSize: number;
  readonly seed: Hex;
  readonly parameters: TensorsJson;
  readonly inputs: readonly string[];
  readonly targets: readonly string[];
  readonly outputs: readonly string[];
  readonly loss: string;
  readonly gradients: TensorsJson;
}
interface RunVector {
  readonly architecture: Architecture;
  readonly optimiser: object;
  readonly batchSize: number;
  readonly steps: number;
  readonly stride: number;
  readonly seed: Hex;
  readonly records: {
    readonly count: number;
    readonly inputs: readonly string[];
    readonly targets: readonly string[];
  };
  readonly stateHashes: readonly Hex[];
  readonly traceRoot: Hex;
  readonly digest: Hex;
}

function vectors<V>(folder: string): (readonly [name: string, vector: V])[] {
  const files = globSync(`${folder}/*.json`, { cwd: FOLDER }).sort();
  assert.ok(files.length > 10, `${folder}: only ${files.length} vectors`);
  return files.map((file) => [file, JSON.parse(readFileSync(new URL(file, FOLDER), "utf8")) as V]);
}

const numbers = (words: readonly string[]): Float32Array =>
  new Float32Array(Uint32Array.from(words, (word) => Number.parseInt(word, 16)).buffer);
const words = (values: Float32Array): string[] =>
  Array.from(new Uint32Array(values.slice().buffer), (word) => word.toString(16).padStart(8, "0"));
const tensorsOf = (json: TensorsJson): Parameters =>
  new Map(Object.entries(json).map(([name, { shape, values }]) => [name, { shape, data: numbers(values) }]));

async function checkLayer(vector: LayerVector, open: (program: TrainingProgram) => Promise<Executor>): Promise<void> {
  const optimiser = parseOptimiser({ type: "sgd", learningRate: 1, momentum: 0.5 }); // its velocity is the gradient
  const program = compile(parseArchitecture(vector.architecture), { batchSize: vector.batchSize, optimiser });
  const executor = await open(program);
  try {
    executor.loadParameters(tensorsOf(vector.parameters), fromHex(vector.seed, 32));
    assert.deepEqual(words(executor.outputs(numbers(vector.inputs), vector.batchSize)), vector.outputs, "outputs");
    const loss = executor.step(numbers(vector.inputs), numbers(vector.targets));
    assert.equal(words(Float32Array.of(loss))[0], vector.loss, "loss");
    const { optimiserState } = executor.checkpoint();
    for (const [name, { values }] of Object.entries(vector.gradients))
      assert.deepEqual(words(optimiserState.get(`velocity.${name}`)!.data), values, `gradient of ${name}`);
  } finally {
    executor.dispose();
  }
}

async function checkRun(vector: RunVector, open: (program: TrainingProgram) => Promise<Executor>): Promise<void> {
  const { batchSize, steps, stride, records } = vector;
  const optimiser = parseOptimiser(vector.optimiser);
  const program = compile(parseArchitecture(vector.architecture), { batchSize, optimiser });
  const { inputSize, targetSize, classes } = program;
  const [inputs, targets] = [numbers(records.inputs), numbers(records.targets)];
  const seed = fromHex(vector.seed, 32);
  const executor = await open(program);
  try {
    const update = await trainLocally({
      executor,
      base: initialParameters(program, seed),
      records: {
        ...{ count: records.count, inputSize, targetSize, classes },
        read(indices, batchInputs, batchTargets) {
          for (let row = 0; row < indices.length; row++) {
            const at = indices[row]!;
            batchInputs.set(inputs.subarray(at * inputSize, (at + 1) * inputSize), row * inputSize);
            batchTargets.set(targets.subarray(at * targetSize, (at + 1) * targetSize), row * targetSize);
          }
        },
      },
      shard: Uint32Array.from({ length: records.count }, (_, i) => i),
      ...{ seed, localSteps: steps, traceStride: stride },
    });
    const { traceLeaves, traceRoot, digest } = update;
    const { stateHashes, traceRoot: root, digest: last } = vector;
    assert.deepEqual({ traceLeaves, traceRoot, digest }, { traceLeaves: stateHashes, traceRoot: root, digest: last });
  } finally {
    executor.dispose();
  }
}

const EXECUTORS: readonly ExecutorOptions[] = [
  { kind: "wasm", threads: 1 },
  { kind: "wasm", threads: 3 },
  ...(loadNativeModules().kernels.length > 0
    ? ([1, 2] as const).map((threads) => ({ kind: "native" as const, threads }))
    : []),
];

for (const options of EXECUTORS) {
  const open = (program: TrainingProgram): Promise<Executor> => createBestExecutor(program, options);
  describe(`canonical vectors: ${options.kind}, ${options.threads} threads`, () => {
    it("gives the outputs, losses and gradients of every layer", async () => {
      for (const [name, vector] of vectors<LayerVector>("layers"))
        await checkLayer(vector, open).catch((cause) => assert.fail(`${name}: ${cause}`));
    });

    it("gives the state hashes, trace and digest of every run", async () => {
      for (const [name, vector] of vectors<RunVector>("runs"))
        await checkRun(vector, open).catch((cause) => assert.fail(`${name}: ${cause}`));
    });
  });
}
