/** Checks of what a caller hands an executor: lengths, class numbers, token numbers. Changes nothing. */
import { counted } from "../protocol/counted.ts";
import { EngineError } from "./errors.ts";
import { isInteger } from "./fields.ts";
import type { TrainingProgram } from "./program.ts";

/** @throws {EngineError} `ENGINE_BATCH_MISMATCH` | `ENGINE_TOKEN_OUT_OF_RANGE` | `ENGINE_LABEL_OUT_OF_RANGE` */
export function requireBatch(program: TrainingProgram, inputs: Float32Array, targets: Float32Array): void {
  if (targets.length !== program.targets.length) {
    throw batchMismatch("targets", targets.length, program.targets.length);
  }
  if (inputs.length !== program.input.length) throw batchMismatch("inputs", inputs.length, program.input.length);
  requireTokens(program, inputs);
  const { classes } = program;
  if (classes === 0) return;
  for (const label of targets) {
    if (Number.isInteger(label) && label >= 0 && label < classes) continue;
    throw new EngineError(
      { code: "ENGINE_LABEL_OUT_OF_RANGE", label, classes },
      `target ${label} is not one of ${counted(classes, "class")}`,
    );
  }
}

/**
 * @returns the first `count` examples of `inputs`.
 * @throws {EngineError} `ENGINE_BATCH_MISMATCH` | `ENGINE_TOKEN_OUT_OF_RANGE`
 */
export function requireExamples(program: TrainingProgram, inputs: Float32Array, count: number): Float32Array {
  const { batchSize, inputSize } = program;
  if (!isInteger(count, 1, batchSize)) throw batchMismatch("examples", count, batchSize);
  const size = count * inputSize;
  if (inputs.length < size) throw batchMismatch("inputs", inputs.length, size);
  const examples = inputs.subarray(0, size);
  requireTokens(program, examples);
  return examples;
}

function requireTokens({ vocabulary }: TrainingProgram, inputs: Float32Array): void {
  if (vocabulary === 0) return;
  for (const token of inputs) {
    if (Number.isInteger(token) && token >= 0 && token < vocabulary) continue;
    throw new EngineError(
      { code: "ENGINE_TOKEN_OUT_OF_RANGE", token, vocabulary },
      `input ${token} is not one of the ${vocabulary} tokens`,
    );
  }
}

function batchMismatch(what: string, actual: number, needed: number): EngineError {
  return new EngineError(
    { code: "ENGINE_BATCH_MISMATCH", what, actual, needed },
    `the batch has ${actual} ${what}, the program takes ${needed}`,
  );
}
