/**
 * Writes the test vectors of `docs/canonical-arithmetic.md` to `test/vectors/canonical/`, as the reference executor has them.
 *
 * `--check` writes nothing and exits 1 when a committed file is not what the reference gives. Every binary32 number is its
 * eight hex digits, most significant first.
 */
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { parseArchitecture } from "../trainer/src/engine/architecture.ts";
import { cosPi32, exp32, log32, normal32, tanh32 } from "../trainer/src/engine/arithmetic.ts";
import { encodeCheckpoint, encodeParameters, sha256Hex, stateHash } from "../trainer/src/engine/checkpoint.ts";
import { initialParameters } from "../trainer/src/engine/initialParameters.ts";
import { parseOptimiser } from "../trainer/src/engine/optimiser.ts";
import { createRandomStream, permutation } from "../trainer/src/engine/philox.ts";
import { compile, type TrainingProgram } from "../trainer/src/engine/program.ts";
import { createReferenceExecutor } from "../trainer/src/engine/reference/referenceExecutor.ts";
import type { Parameters } from "../trainer/src/engine/tensor.ts";
import { aggregate } from "../trainer/src/learning/aggregate.ts";
import { firstRound } from "../trainer/src/learning/aggregation/round.ts";
import { trainLocally } from "../trainer/src/learning/localTraining.ts";
import { toHex } from "../trainer/src/protocol/hex.ts";
import { aggregationVectors } from "./vectors/aggregation.ts";
import { LAYER_CASES, type LayerCase, RUN_CASES, type RunCase } from "./vectors/cases.ts";
import { cohortsVector } from "./vectors/cohorts.ts";
import { compressionVectors } from "./vectors/compression.ts";
import { recordsOf } from "./vectors/recordsOf.ts";
import { tensors, words } from "./vectors/words.ts";

const FOLDER = new URL("../test/vectors/canonical/", import.meta.url);
const SEED = Uint8Array.from({ length: 32 }, (_, i) => i);

/** Around every branch of the functions, the ends of binary32, and a spread of ordinary numbers. */
function functionInputs(): Float32Array {
  const special = [
    0,
    -0,
    1,
    -1,
    0.5,
    -0.5,
    0.625,
    -0.625,
    0.6249999,
    2,
    10,
    -10,
    88,
    88.72284,
    89,
    90,
    -87.3,
    -87.4,
    -103,
    -103.9,
    -104,
    -105,
    1.4e-45,
    -1.4e-45,
    1.1754942e-38,
    1.1754944e-38,
    3.4028235e38,
    -3.4028235e38,
    Infinity,
    -Infinity,
    Number.NaN,
    0.70710677,
    0.70710683,
    1.4142134,
    1.4142137,
  ];
  const stream = createRandomStream(SEED, "vector/functions");
  const spread = Array.from({ length: 60 }, (_, i) => (2 * stream.nextFloat() - 1) * 4 ** (i % 7) * 0.05);
  return Float32Array.from([...special, ...spread]);
}

function functions(): object {
  const inputs = functionInputs();
  const normals = Array.from(inputs, normal32);
  const angles = Float32Array.from({ length: 41 }, (_, i) => i / 40);
  return {
    x: words(inputs),
    exp: words(inputs.map(exp32)),
    log: words(inputs.map(log32)),
    tanh: words(inputs.map(tanh32)),
    distribution: words(Float32Array.from(normals, ({ distribution }) => distribution)),
    density: words(Float32Array.from(normals, ({ density }) => density)),
    p: words(angles),
    cosine: words(angles.map(cosPi32)),
  };
}

function randomness(): object {
  const stream = (name: string) => createRandomStream(SEED, name);
  const words32 = stream("vector");
  const below = stream("vector/below");
  const floats = stream("vector/float");
  return {
    seed: toHex(SEED),
    words: { stream: "vector", values: Array.from({ length: 9 }, words32.nextUint32) },
    below: { stream: "vector/below", n: 3_000_000_000, values: Array.from({ length: 9 }, () => below.nextBelow(3e9)) },
    float: { stream: "vector/float", values: words(Float32Array.from({ length: 9 }, floats.nextFloat)) },
    permutation: { stream: "vector/permutation", values: [...permutation(stream("vector/permutation"), 12)] },
  };
}

/** Inputs in [−1, 1) or token numbers, and targets, from a stream named after the case. */
function examples(
  program: TrainingProgram,
  name: string,
  count: number,
): { inputs: Float32Array; targets: Float32Array } {
  const stream = createRandomStream(SEED, `vector/${name}`);
  const first = program.architecture.layers[0]!;
  const input =
    first.type === "embedding" ? () => stream.nextBelow(first.vocabulary) : () => 2 * stream.nextFloat() - 1;
  const target = program.classes > 0 ? () => stream.nextBelow(program.classes) : () => 2 * stream.nextFloat() - 1;
  return {
    inputs: Float32Array.from({ length: count * program.inputSize }, input),
    targets: Float32Array.from({ length: count * program.targetSize }, target),
  };
}

function layerVector({ name, architecture, batchSize }: LayerCase): object {
  // with momentum and no velocity yet, the velocity after one step is the gradient
  const optimiser = parseOptimiser({ type: "sgd", learningRate: 1, momentum: 0.5 });
  const program = compile(parseArchitecture(architecture), { batchSize, optimiser });
  const parameters = perturbed(initialParameters(program, SEED), name);
  const { inputs, targets } = examples(program, name, batchSize);
  const executor = createReferenceExecutor(program);
  executor.loadParameters(parameters, SEED);
  const outputs = executor.outputs(inputs, batchSize);
  const loss = executor.step(inputs, targets);
  const { optimiserState } = executor.checkpoint();
  const gradients = new Map([...optimiserState].map(([state, tensor]) => [state.replace("velocity.", ""), tensor]));
  return {
    architecture,
    batchSize,
    seed: toHex(SEED),
    parameters: tensors(parameters),
    inputs: words(inputs),
    targets: words(targets),
    outputs: words(outputs),
    loss: words(Float32Array.of(loss))[0],
    gradients: tensors(gradients),
  };
}

/** Moves every number a little, so that no bias is 0 and no scale is 1. */
function perturbed(parameters: Parameters, name: string): Parameters {
  const stream = createRandomStream(SEED, `vector/${name}/parameters`);
  return new Map(
    [...parameters].map(([tensor, { shape, data }]) => [
      tensor,
      { shape, data: data.map((value) => value + (stream.nextFloat() - 0.5) / 4) },
    ]),
  );
}

async function runVector(run: RunCase): Promise<object> {
  const { name, architecture, optimiser, batchSize, steps, stride } = run;
  const program = compile(parseArchitecture(architecture), { batchSize, optimiser: parseOptimiser(optimiser) });
  const { inputs, targets } = examples(program, name, run.records);
  const base = initialParameters(program, SEED);
  const executor = createReferenceExecutor(program);
  const records = recordsOf(program, inputs, targets);
  const shard = Uint32Array.from({ length: run.records }, (_, i) => i);
  const update = await trainLocally({
    executor,
    base,
    records,
    shard,
    seed: SEED,
    localSteps: steps,
    traceStride: stride,
  });
  return {
    ...{ architecture, optimiser, batchSize, steps, stride, seed: toHex(SEED) },
    records: { count: run.records, inputs: words(inputs), targets: words(targets) },
    initialState: stateHash({ step: 0, parameters: base, optimiserState: new Map(stateAtZero(program)) }),
    stateHashes: update.traceLeaves,
    traceRoot: update.traceRoot,
    digest: update.digest,
    ...(name === "momentum" ? { checkpoint: toHex(encodeCheckpoint(executor.checkpoint())) } : {}),
  };
}

/** Addresses whose order as text and as numbers agree only in one case of letters, and counts whose sum is no power of two. */
async function averageVector(): Promise<object> {
  const program = compile(parseArchitecture(RUN_CASES[0]!.architecture), {
    batchSize: 1,
    optimiser: parseOptimiser(RUN_CASES[0]!.optimiser),
  });
  const updates = ["aB", "9f", "Ac"].map((digits, at) => ({
    address: `0x${digits.repeat(20)}`,
    sampleCount: 100 + 7 * at,
    parameters: perturbed(initialParameters(program, SEED), `average/${at}`),
  }));
  const round = firstRound(initialParameters(program, SEED));
  const { parameters: average } = aggregate({ kind: "fedavg" }, round, updates);
  return {
    updates: updates.map((update) => ({ ...update, parameters: tensors(update.parameters) })),
    average: tensors(average),
    digest: await sha256Hex(encodeParameters(average)),
  };
}

function stateAtZero(program: TrainingProgram): [string, { shape: readonly number[]; data: Float32Array }][] {
  return program.optimiserState.map(({ name, shape, value }) => [
    name,
    { shape, data: new Float32Array(value.length) },
  ]);
}

const files = new Map<string, object>([
  ["functions", functions()],
  ["randomness", randomness()],
  ...LAYER_CASES.map((layer): [string, object] => [`layers/${layer.name}`, layerVector(layer)]),
]);
files.set("average", await averageVector());
files.set("cohorts", await cohortsVector(SEED));
files.set("aggregation", aggregationVectors(SEED));
files.set("compression", compressionVectors(SEED));
for (const run of RUN_CASES) files.set(`runs/${run.name}`, await runVector(run));

const isCheck = process.argv.includes("--check");
for (const folder of isCheck ? [] : ["layers", "runs"]) mkdirSync(new URL(folder, FOLDER), { recursive: true });
for (const [name, content] of files) {
  // numbers in lists stay on one line, so that a change shows as one line
  const text = `${JSON.stringify(content, null, 1).replace(/\[[^\][{}]*\]/g, (list) => list.replace(/\s+/g, ""))}\n`;
  const path = new URL(`${name}.json`, FOLDER);
  if (!isCheck) writeFileSync(path, text);
  else if (readFileSync(path, "utf8") !== text) {
    process.stderr.write(`test/vectors/canonical/${name}.json is stale: run node scripts/generate-vectors.ts\n`);
    process.exitCode = 1;
  }
}
