/** Whether a program can learn from a data set at all; asked before the first step. */
import type { TrainingProgram } from "../engine/program.ts";
import { LearningError } from "./errors.ts";
import type { Records } from "./records.ts";

/**
 * Checks that `records` have the input and target the program takes and no class it lacks, and that `indices` are theirs.
 *
 * Class numbers are no values: a data set with classes does not fit a program that has none, nor the other way round.
 *
 * @throws {LearningError} `LEARNING_DATA_MISMATCH` | `LEARNING_SHARD_EMPTY` | `LEARNING_RECORD_OUT_OF_RANGE`
 */
export function requireFit(program: TrainingProgram, records: Records, indices: Uint32Array): void {
  if (records.inputSize !== program.inputSize) throw mismatch("inputSize", records.inputSize, program.inputSize);
  if (records.targetSize !== program.targetSize) throw mismatch("targetSize", records.targetSize, program.targetSize);
  const valuesOnOneSide = (records.classes === 0) !== (program.classes === 0);
  if (valuesOnOneSide || records.classes > program.classes) {
    throw mismatch("classes", records.classes, program.classes);
  }
  if (indices.length === 0) throw new LearningError({ code: "LEARNING_SHARD_EMPTY" }, "there is no record to use");
  for (const index of indices) {
    if (index < records.count) continue;
    throw new LearningError(
      { code: "LEARNING_RECORD_OUT_OF_RANGE", index, count: records.count },
      `record ${index} is not among the ${records.count} there are`,
    );
  }
}

type Measure = "inputSize" | "targetSize" | "classes";

function mismatch(what: Measure, actual: number, needed: number): LearningError {
  return new LearningError({ code: "LEARNING_DATA_MISMATCH", what, actual, needed }, describe(what, actual, needed));
}

function describe(what: Measure, actual: number, needed: number): string {
  if (what === "inputSize") return `the data have ${actual} inputs a record, the architecture takes ${needed}`;
  if (what === "targetSize") return `the data have ${actual} targets a record, the architecture learns ${needed}`;
  if (needed === 0) return `the data have ${actual} classes, the architecture's loss takes values`;
  if (actual === 0) return `the data's targets are values, the architecture's loss takes ${needed} classes`;
  return `the data have ${actual} classes, the architecture gives ${needed} logits`;
}
