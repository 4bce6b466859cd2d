/**
 * Measures the engine on the MLP 784-128-10, batch 32: training throughput, and what a replay costs against the training
 * it checks. Prints a table; `--json FILE` writes the same figures.
 *
 * A measurement, not a test: other work on the machine makes it lower.
 */
import { writeFileSync } from "node:fs";
import { cpus } from "node:os";
import { parseArgs } from "node:util";
import { replay } from "../../trainer/src/audit/replay.ts";
import type { Executor } from "../../trainer/src/engine/executor.ts";
import { initialParameters } from "../../trainer/src/engine/initialParameters.ts";
import { createRandomStream } from "../../trainer/src/engine/philox.ts";
import { compile } from "../../trainer/src/engine/program.ts";
import { createReferenceExecutor } from "../../trainer/src/engine/reference/referenceExecutor.ts";
import { createWasmExecutor } from "../../trainer/src/engine/wasm/wasmExecutor.ts";
import { type LocalTrainingJob, trainLocally } from "../../trainer/src/learning/localTraining.ts";
import type { Records } from "../../trainer/src/learning/records.ts";

const SEED = new Uint8Array(32).fill(1);
const BATCH_SIZE = 32;
/** Records of one trainer, as in the demo: 8,000 images over four. */
const SHARD_RECORDS = 2_000;
/** Odd, so that the median is a measurement. */
const REPEATS = 7;

const program = compile(
  {
    input: [28, 28, 1],
    layers: [{ type: "flatten" }, { type: "dense", units: 128 }, { type: "relu" }, { type: "dense", units: 10 }],
    loss: "softmaxCrossEntropy",
  },
  { batchSize: BATCH_SIZE, optimiser: { type: "sgd", learningRate: 0.1, momentum: 0.9 } },
);

/** Noise in the shape of MNIST: the arithmetic takes the same time whatever the numbers. */
function createNoise(): Records {
  const stream = createRandomStream(SEED, "noise");
  const inputs = Float32Array.from({ length: SHARD_RECORDS * program.inputSize }, stream.nextFloat);
  return {
    count: SHARD_RECORDS,
    inputSize: program.inputSize,
    targetSize: 1,
    classes: program.classes,
    read(indices, batchInputs, targets) {
      for (let row = 0; row < indices.length; row++) {
        const from = indices[row]! * program.inputSize;
        batchInputs.set(inputs.subarray(from, from + program.inputSize), row * program.inputSize);
        targets[row] = indices[row]! % program.classes;
      }
    },
  };
}

const records = createNoise();

function jobOf(executor: Executor, localSteps: number): LocalTrainingJob {
  return {
    executor,
    base: initialParameters(program, SEED),
    records,
    shard: Uint32Array.from({ length: SHARD_RECORDS }, (_, i) => i),
    seed: SEED,
    localSteps,
    traceStride: Math.ceil(localSteps / 4),
  };
}

/**
 * Median seconds of each piece of work over {@link REPEATS} runs, after one that does not count. The pieces take turns,
 * so that other load on the machine meets them alike.
 */
async function medianSeconds(...works: readonly (() => Promise<unknown> | unknown)[]): Promise<number[]> {
  const seconds: number[][] = works.map(() => []);
  for (let run = 0; run <= REPEATS; run++) {
    for (const [at, work] of works.entries()) {
      const start = performance.now();
      await work();
      if (run > 0) seconds[at]!.push((performance.now() - start) / 1_000);
    }
  }
  return seconds.map((runs) => runs.sort((left, right) => left - right)[(REPEATS - 1) / 2]!);
}

/** Training steps alone, without data, hashes or trace. */
async function samplesPerSecond(executor: Executor, steps: number): Promise<number> {
  const inputs = new Float32Array(program.input.length);
  const targets = new Float32Array(BATCH_SIZE);
  records.read(
    Array.from(targets, (_, row) => row),
    inputs,
    targets,
  );
  executor.loadParameters(initialParameters(program, SEED));
  const [seconds] = await medianSeconds(() => {
    for (let step = 0; step < steps; step++) executor.step(inputs, targets);
  });
  return Math.round((steps * BATCH_SIZE) / seconds!);
}

const { values: options } = parseArgs({ options: { json: { type: "string" } } });
const wasm = await createWasmExecutor(program);
const job = jobOf(wasm, 63);
const claim = await trainLocally(job);
const [trainSeconds, replaySeconds] = (await medianSeconds(
  () => trainLocally(job),
  () => replay(claim, job),
)) as [number, number];
const figures = {
  workload: "MLP 784-128-10, batch 32, SGD with momentum",
  cpu: cpus()[0]?.model ?? "unknown",
  node: process.version,
  samplesPerSecond: {
    wasm: await samplesPerSecond(wasm, 500),
    reference: await samplesPerSecond(createReferenceExecutor(program), 10),
  },
  localRound: { steps: job.localSteps, trainSeconds, replaySeconds, replayPerTrain: replaySeconds / trainSeconds },
};
process.stdout.write(
  [
    `${figures.workload} · ${figures.cpu} · Node ${figures.node}`,
    `wasm       ${figures.samplesPerSecond.wasm} samples/s`,
    `reference  ${figures.samplesPerSecond.reference} samples/s`,
    `training   ${(1_000 * trainSeconds).toFixed(1)} ms for ${job.localSteps} steps with trace`,
    `replay     ${(1_000 * replaySeconds).toFixed(1)} ms, ${figures.localRound.replayPerTrain.toFixed(2)} of the training`,
    "",
  ].join("\n"),
);
if (options.json !== undefined) writeFileSync(options.json, `${JSON.stringify(figures, null, 2)}\n`);
