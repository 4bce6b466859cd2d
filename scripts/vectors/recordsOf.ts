/** Records made of rows that are there already, as training runs of the vectors read them. */
import type { TrainingProgram } from "../../trainer/src/engine/program.ts";
import type { Records } from "../../trainer/src/learning/records.ts";

export function recordsOf(
  { inputSize, targetSize, classes }: TrainingProgram,
  all: Float32Array,
  goals: Float32Array,
): Records {
  const copy = (from: Float32Array, to: Float32Array, [record, row, size]: readonly [number, number, number]): void =>
    to.set(from.subarray(record * size, (record + 1) * size), row * size);
  return {
    count: all.length / inputSize,
    inputSize,
    targetSize,
    classes,
    read(indices, inputs, targets) {
      for (let row = 0; row < indices.length; row++) {
        copy(all, inputs, [indices[row]!, row, inputSize]);
        copy(goals, targets, [indices[row]!, row, targetSize]);
      }
    },
  };
}
