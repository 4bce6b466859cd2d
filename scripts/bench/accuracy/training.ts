/**
 * One training to the end, for our engine and as files for any other: the same first weights, the same examples in the same
 * order, the same rate at every step, so that only the arithmetic differs.
 *
 * The files: `model.json` (as `workload.ts`, and `steps`), `weights.bin`; `train-inputs.bin`, `train-targets.bin`,
 * `test-inputs.bin`, `test-targets.bin`, one row an example, binary32; `order.bin`, `[steps, batchSize]` numbers of training
 * examples, 32-bit whole numbers; `rates.bin`, `[steps]` learning rates, binary32.
 */
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setImmediate } from "node:timers/promises";
import type { Dataset } from "../../../trainer/src/data/dataset.ts";
import { encodeParameters, sha256Hex } from "../../../trainer/src/engine/checkpoint.ts";
import type { Executor } from "../../../trainer/src/engine/executor.ts";
import { initialParameters } from "../../../trainer/src/engine/initialParameters.ts";
import { compile, type TrainingProgram } from "../../../trainer/src/engine/program.ts";
import { createRate } from "../../../trainer/src/engine/schedule.ts";
import type { Parameters } from "../../../trainer/src/engine/tensor.ts";
import { createBatchOrder } from "../../../trainer/src/learning/batchOrder.ts";
import { evaluate } from "../../../trainer/src/learning/evaluate.ts";
import { namedArchitecture } from "../../../trainer/src/learning/namedArchitectures.ts";
import type { Records } from "../../../trainer/src/learning/records.ts";
import { bytesOf, writeModel } from "../workload.ts";
import type { AccuracyTask } from "./tasks.ts";

/** After so many the event loop gets its turn, and with it whoever wants to interrupt. */
const STEPS_IN_A_ROW = 20;

export interface Training {
  readonly program: TrainingProgram;
  readonly weights: Parameters;
  readonly dataset: Dataset;
  /** Shape `[steps, batchSize]`. */
  readonly order: Uint32Array;
  readonly steps: number;
}

/** What came of a training, on the test examples. */
export interface Outcome {
  /** Share of the targets. */
  readonly accuracy: number;
  /** Mean. Unit: nats. */
  readonly loss: number;
}

export function createTraining(task: AccuracyTask, dataset: Dataset, seedNumber: number): Training {
  const { batchSize, steps, optimiser } = task;
  const seed = new Uint8Array(32).fill(seedNumber);
  const { inputShape, classes } = dataset.manifest;
  const architecture = namedArchitecture(task.architecture, { input: inputShape, classes });
  if (architecture === undefined) throw new TypeError(`there is no architecture ${task.architecture}`);
  const program = compile(architecture, { batchSize, optimiser });
  const all = Uint32Array.from({ length: dataset.train.count }, (_, i) => i);
  const nextBatch = createBatchOrder(all, seed, batchSize);
  const order = new Uint32Array(steps * batchSize);
  for (let step = 0; step < steps; step++) order.set(nextBatch(), step * batchSize);
  return { program, weights: initialParameters(program, seed), dataset, order, steps };
}

/** @param onStep told after every step. */
export async function trainHere(
  executor: Executor,
  { program, weights, dataset, order, steps }: Training,
  onStep: (step: number, loss: number) => void,
): Promise<Outcome> {
  const { batchSize, inputSize, targetSize } = program;
  const inputs = new Float32Array(batchSize * inputSize);
  const targets = new Float32Array(batchSize * targetSize);
  executor.loadParameters(weights);
  for (let step = 0; step < steps; step++) {
    dataset.train.read(order.subarray(step * batchSize, (step + 1) * batchSize), inputs, targets);
    onStep(step + 1, executor.step(inputs, targets));
    if (step % STEPS_IN_A_ROW === 0) await setImmediate();
  }
  const { accuracy, loss } = evaluate(executor, dataset.test);
  return { accuracy: accuracy!, loss };
}

/** Writes the files of the first comment into `folder`, which is made. */
export function writeTraining(folder: string, { program, weights, dataset, order, steps }: Training): void {
  mkdirSync(folder, { recursive: true });
  writeModel(folder, { program, weights }, { steps });
  for (const split of ["train", "test"] as const) {
    const { inputs, targets } = readAll(dataset[split]);
    writeFileSync(join(folder, `${split}-inputs.bin`), bytesOf(inputs));
    writeFileSync(join(folder, `${split}-targets.bin`), bytesOf(targets));
  }
  writeFileSync(join(folder, "order.bin"), bytesOf(order));
  const { learningRate, schedule } = program.optimiser;
  const rate = createRate(learningRate, schedule);
  writeFileSync(join(folder, "rates.bin"), bytesOf(Float32Array.from({ length: steps }, (_, step) => rate(step))));
}

/** @returns SHA-256 over what fixes the trainings: documents, first weights, orders, rates and the data's root. */
export async function fingerprint(trainings: readonly Training[]): Promise<string> {
  const parts: Uint8Array[] = [];
  for (const { program, weights, dataset, order, steps } of trainings) {
    const { architecture, optimiser, batchSize } = program;
    const { recordsRoot } = dataset.manifest;
    parts.push(new TextEncoder().encode(JSON.stringify([architecture, optimiser, batchSize, steps, recordsRoot])));
    parts.push(encodeParameters(weights), bytesOf(order));
  }
  return sha256Hex(Buffer.concat(parts));
}

function readAll(records: Records): { inputs: Float32Array; targets: Float32Array } {
  const inputs = new Float32Array(records.count * records.inputSize);
  const targets = new Float32Array(records.count * records.targetSize);
  records.read(
    Uint32Array.from({ length: records.count }, (_, i) => i),
    inputs,
    targets,
  );
  return { inputs, targets };
}
