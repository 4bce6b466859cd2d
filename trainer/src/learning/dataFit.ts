/** Whether a program can learn from a data set at all; asked before the first step. */
import type { TrainingProgram } from "../engine/program.ts";
import { LearningError } from "./errors.ts";
import type { Records } from "./records.ts";

/**
 * Checks that `records` have the input the program takes and no class it lacks, and that `indices` are theirs.
 *
 * @throws {LearningError} `LEARNING_DATA_MISMATCH` | `LEARNING_SHARD_EMPTY` | `LEARNING_RECORD_OUT_OF_RANGE`
 */
export function requireFit(program: TrainingProgram, records: Records, indices: Uint32Array): void {
  if (records.inputSize !== program.inputSize) throw mismatch("inputSize", records.inputSize, program.inputSize);
  if (records.classes > program.classes) throw mismatch("classes", records.classes, program.classes);
  if (indices.length === 0) throw new LearningError({ code: "LEARNING_SHARD_EMPTY" }, "there is no record to use");
  for (const index of indices) {
    if (index < records.count) continue;
    throw new LearningError(
      { code: "LEARNING_RECORD_OUT_OF_RANGE", index, count: records.count },
      `record ${index} is not among the ${records.count} there are`,
    );
  }
}

function mismatch(what: "inputSize" | "classes", actual: number, needed: number): LearningError {
  return new LearningError(
    { code: "LEARNING_DATA_MISMATCH", what, actual, needed },
    what === "inputSize"
      ? `the data have ${actual} inputs a record, the architecture takes ${needed}`
      : `the data have ${actual} classes, the architecture gives ${needed} logits`,
  );
}
