/** From the files of a workload to a program, its weights and its batches. Runs in a browser too: must not use Node. */
import type { Architecture } from "../../trainer/src/engine/architecture.ts";
import { type CompileOptions, compile, type TrainingProgram } from "../../trainer/src/engine/program.ts";
import type { Parameters } from "../../trainer/src/engine/tensor.ts";

/** `model.json`. */
export interface WorkloadDocument extends CompileOptions {
  readonly architecture: Architecture;
  readonly inputSize: number;
  readonly targetSize: number;
  readonly classes: number;
  readonly batches: number;
  /** Order and shapes of `weights.bin`. */
  readonly parameters: readonly { readonly name: string; readonly shape: readonly number[] }[];
}

export interface BatchFiles {
  /** Shape `[batches, batchSize, inputSize]`. */
  readonly inputs: Float32Array;
  /** Shape `[batches, batchSize, targetSize]`. */
  readonly targets: Float32Array;
}

export interface Workload {
  readonly program: TrainingProgram;
  readonly weights: Parameters;
  readonly batches: BatchFiles;
}

/** @returns the job that the files describe; its weights and batches are views of them. */
export function decodeWorkload(document: WorkloadDocument, files: BatchFiles & { weights: Float32Array }): Workload {
  const { architecture, batchSize, optimiser } = document;
  const weights = new Map<string, { shape: readonly number[]; data: Float32Array }>();
  let offset = 0;
  for (const { name, shape } of document.parameters) {
    const length = shape.reduce((product, size) => product * size, 1);
    weights.set(name, { shape, data: files.weights.subarray(offset, offset + length) });
    offset += length;
  }
  return {
    program: compile(architecture, { batchSize, optimiser }),
    weights,
    batches: { inputs: files.inputs, targets: files.targets },
  };
}

/** @returns batch `number` of a workload, counted round and round; views. */
export function batchOf({ program, batches }: Workload, number: number): BatchFiles {
  const { batchSize, inputSize, targetSize } = program;
  const count = batches.inputs.length / (batchSize * inputSize);
  const at = number % count;
  return {
    inputs: batches.inputs.subarray(at * batchSize * inputSize, (at + 1) * batchSize * inputSize),
    targets: batches.targets.subarray(at * batchSize * targetSize, (at + 1) * batchSize * targetSize),
  };
}
