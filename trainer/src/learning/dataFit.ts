/** Whether a program can learn from a data set at all; asked before the first step. */
import type { TrainingProgram } from "../engine/program.ts";
import { counted } from "../protocol/counted.ts";
import { type LearningDetail, LearningError } from "./errors.ts";
import type { Records } from "./records.ts";

/**
 * Checks that `records` have the input and target the program takes and no class or token it lacks, and that `indices`
 * are theirs.
 *
 * Class and token numbers are no values: data that have them do not fit a program without, nor the other way round.
 *
 * @throws {LearningError} `LEARNING_DATA_MISMATCH` | `LEARNING_SHARD_EMPTY` | `LEARNING_RECORD_OUT_OF_RANGE`
 */
export function requireFit(program: TrainingProgram, records: Records, indices: Uint32Array): void {
  if (records.inputSize !== program.inputSize) throw mismatch("inputSize", records.inputSize, program.inputSize);
  if (records.targetSize !== program.targetSize) throw mismatch("targetSize", records.targetSize, program.targetSize);
  requireKnown("vocabulary", records.vocabulary ?? program.vocabulary, program.vocabulary);
  requireKnown("classes", records.classes, program.classes);
  if (indices.length === 0) throw new LearningError({ code: "LEARNING_SHARD_EMPTY" }, "there is no record to use");
  for (const index of indices) {
    if (index < records.count) continue;
    throw new LearningError(
      { code: "LEARNING_RECORD_OUT_OF_RANGE", index, count: records.count },
      `record ${index} is not among the ${records.count} there are`,
    );
  }
}

type Measure = Extract<LearningDetail, { readonly code: "LEARNING_DATA_MISMATCH" }>["what"];

/** Numbers that name one of so many, or values where there are none. */
function requireKnown(what: Measure, actual: number, known: number): void {
  const valuesOnOneSide = (actual === 0) !== (known === 0);
  if (valuesOnOneSide || actual > known) throw mismatch(what, actual, known);
}

function mismatch(what: Measure, actual: number, needed: number): LearningError {
  return new LearningError({ code: "LEARNING_DATA_MISMATCH", what, actual, needed }, describe(what, actual, needed));
}

function describe(what: Measure, actual: number, needed: number): string {
  if (what === "inputSize") {
    return `the data have ${counted(actual, "input")} a record, the architecture takes ${needed}`;
  }
  if (what === "targetSize") {
    return `the data have ${counted(actual, "target")} a record, the architecture learns ${needed}`;
  }
  if (what === "vocabulary") return describeVocabulary(actual, needed);
  if (needed === 0) return `the data have ${counted(actual, "class")}, the architecture's loss takes values`;
  if (actual === 0) return `the data's targets are values, the architecture's loss takes ${counted(needed, "class")}`;
  return `the data have ${counted(actual, "class")}, the architecture gives ${counted(needed, "logit")}`;
}

function describeVocabulary(actual: number, needed: number): string {
  if (needed === 0)
    return "the data's inputs are token numbers, the architecture takes values: begin with an embedding";
  if (actual === 0) return "the data's inputs are values, the architecture's embedding takes token numbers";
  return `the data have ${counted(actual, "token")}, the architecture's embedding ${needed}`;
}
