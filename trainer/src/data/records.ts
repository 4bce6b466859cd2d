/**
 * Records over packed bytes: images stay one byte a value and become binary32 only as they are read. Pure.
 */
import type { Records } from "../learning/records.ts";

/** `fl(p / 255)` for every byte. Rounding binary64 to binary32 after the division equals one binary32 division. */
export const INPUT_OF_BYTE = Float32Array.from({ length: 256 }, (_, p) => p / 255);

export interface PackedImages {
  /** Shape `[N, inputSize]`, row-major. */
  readonly pixels: Uint8Array;
  /** Shape `[N]`. */
  readonly labels: Uint8Array;
  readonly inputSize: number;
  readonly classes: number;
}

/**
 * Records whose input values are `fl(p / 255)`, so each lies in `[0, 1]`.
 *
 * Reads the arrays in place; they must not change afterwards.
 *
 * @returns records whose `read` throws `RangeError` on an index outside, or on arrays too short for what is asked.
 */
export function createPackedRecords({ pixels, labels, inputSize, classes }: PackedImages): Records {
  const count = labels.length;
  if (pixels.length !== count * inputSize)
    throw new RangeError(`${pixels.length} pixels for ${count} records of ${inputSize}`);
  return {
    count,
    inputSize,
    targetSize: 1,
    classes,
    vocabulary: 0,
    read(indices: ArrayLike<number>, inputs: Float32Array, targets: Float32Array): void {
      if (inputs.length < indices.length * inputSize || targets.length < indices.length) {
        throw new RangeError(`no room for ${indices.length} records of ${inputSize} values`);
      }
      for (let row = 0; row < indices.length; row++) {
        const index = indices[row]!;
        const label = labels[index];
        if (label === undefined) throw new RangeError(`record ${index} of ${count}`);
        targets[row] = label;
        const from = index * inputSize;
        const to = row * inputSize;
        for (let i = 0; i < inputSize; i++) inputs[to + i] = INPUT_OF_BYTE[pixels[from + i]!]!;
      }
    },
  };
}
