/** Records as bad trainers see them: wrong labels, or a patch that means a class. */
import type { Records } from "../learning/records.ts";

/** @returns records whose class c is `classes − 1 − c`. */
export function flipLabels(records: Records): Records {
  return withTargets(records, (target) => records.classes - 1 - target);
}

/** Side of the patch. Unit: pixels. */
const PATCH = 3;

export interface Backdoor {
  /** `[rows, columns, channels]`. */
  readonly shape: readonly number[];
  /** Class that the patch stands for. */
  readonly target: number;
  /** Part of the records of a batch that gets the patch. */
  readonly share: number;
}

/** @returns records of which the first share of every batch has a white patch in its lower right corner, and the target. */
export function plantBackdoor(records: Records, { shape, target, share }: Backdoor): Records {
  return {
    ...records,
    read(indices, inputs, targets) {
      records.read(indices, inputs, targets);
      const marked = Math.round(share * indices.length);
      for (let row = 0; row < marked; row++) {
        stamp(inputs.subarray(row * records.inputSize, (row + 1) * records.inputSize), shape);
        targets[row] = target;
      }
    },
  };
}

function stamp(image: Float32Array, [rows = 1, columns = 1, channels = 1]: readonly number[]): void {
  for (let row = Math.max(0, rows - PATCH); row < rows; row++) {
    for (let column = Math.max(0, columns - PATCH); column < columns; column++) {
      image.fill(1, (row * columns + column) * channels, (row * columns + column + 1) * channels);
    }
  }
}

function withTargets(records: Records, change: (target: number) => number): Records {
  return {
    ...records,
    read(indices, inputs, targets) {
      records.read(indices, inputs, targets);
      for (let row = 0; row < indices.length; row++) targets[row] = change(targets[row]!);
    },
  };
}
