/**
 * A training job as files that any engine in any language can read: what to train, from which weights, on which batches.
 *
 * `model.json` {architecture, optimiser, batchSize, inputSize, targetSize, classes, batches, parameters: [{name, shape}]};
 * `weights.bin`, the parameters in that order; `inputs.bin` `[batches, batchSize, inputSize]`; `targets.bin`
 * `[batches, batchSize, targetSize]`; all little-endian binary32. So that every engine computes from the same numbers.
 */
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { initialParameters } from "../../trainer/src/engine/initialParameters.ts";
import { createRandomStream } from "../../trainer/src/engine/philox.ts";
import { compile, type TrainingProgram } from "../../trainer/src/engine/program.ts";
import type { Parameters } from "../../trainer/src/engine/tensor.ts";
import { decodeWorkload, type Workload, type WorkloadDocument } from "./decodeWorkload.ts";
import type { BenchModel } from "./models.ts";

const SEED = new Uint8Array(32).fill(1);
/** Different batches, so that a model does not learn one of them by heart within a second and compute with zeros. */
const BATCHES = 16;

/** @returns weights and batches of noise for `model`: the arithmetic takes the same time whatever the numbers. */
export function createWorkload(model: BenchModel): Workload {
  const program = compile(model.architecture, model);
  const count = BATCHES * program.batchSize;
  const stream = createRandomStream(SEED, `bench/${model.name}`);
  const isText = model.architecture.layers[0]?.type === "embedding";
  const next = (): number => (isText ? stream.nextBelow(program.classes) : stream.nextFloat() * 2 - 1);
  return {
    program,
    weights: initialParameters(program, SEED),
    batches: {
      inputs: Float32Array.from({ length: count * program.inputSize }, next),
      targets: Float32Array.from({ length: count * program.targetSize }, () => stream.nextBelow(program.classes)),
    },
  };
}

/** Writes the files of the first comment into `folder`, which is made. */
export function writeWorkload(folder: string, { program, weights, batches }: Workload): void {
  mkdirSync(folder, { recursive: true });
  const count = batches.inputs.length / program.inputSize / program.batchSize;
  writeModel(folder, { program, weights }, { batches: count });
  writeFileSync(join(folder, "inputs.bin"), bytesOf(batches.inputs));
  writeFileSync(join(folder, "targets.bin"), bytesOf(batches.targets));
}

/** Writes `model.json`, with `more` in it, and `weights.bin`. */
export function writeModel(
  folder: string,
  { program, weights }: Pick<Workload, "program" | "weights">,
  more: Readonly<Record<string, number>>,
): void {
  const { architecture, optimiser, batchSize, inputSize, targetSize, classes } = program;
  const parameters = program.parameters.map(({ name, shape }) => ({ name, shape }));
  const document = { architecture, optimiser, batchSize, inputSize, targetSize, classes, parameters, ...more };
  writeFileSync(join(folder, "model.json"), JSON.stringify(document));
  writeFileSync(join(folder, "weights.bin"), concatenate(program, weights));
}

/** @returns what {@link writeWorkload} wrote. */
export function readWorkload(folder: string): Workload {
  const document = JSON.parse(readFileSync(join(folder, "model.json"), "utf8")) as WorkloadDocument;
  const floats = (file: string): Float32Array => {
    const bytes = readFileSync(join(folder, file));
    return new Float32Array(bytes.buffer, bytes.byteOffset, bytes.length / 4);
  };
  return decodeWorkload(document, {
    weights: floats("weights.bin"),
    inputs: floats("inputs.bin"),
    targets: floats("targets.bin"),
  });
}

/** Binary32 as it lies in memory: every machine that runs this is little-endian, as WebAssembly is. */
export function bytesOf(numbers: Float32Array | Uint32Array): Uint8Array {
  return new Uint8Array(numbers.buffer, numbers.byteOffset, numbers.byteLength);
}

function concatenate(program: TrainingProgram, weights: Parameters): Uint8Array {
  const lengths = program.parameters.map(({ value }) => value.length);
  const all = new Float32Array(lengths.reduce((sum, length) => sum + length, 0));
  let offset = 0;
  for (const { name, value } of program.parameters) {
    all.set(weights.get(name)!.data, offset);
    offset += value.length;
  }
  return bytesOf(all);
}
