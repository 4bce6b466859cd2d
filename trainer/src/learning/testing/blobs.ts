/** A small data set that a model can learn or fail to learn: noisy points around one corner a class. For tests only. */
import { createRandomStream } from "../../engine/philox.ts";
import type { Records } from "../records.ts";

export interface Blobs extends Records {
  readonly labels: Uint8Array;
}

/**
 * @param count records; classes take turns.
 * @param noise half the width of the noise around a centre. The centres' coordinates are 0 or 1.
 */
export function createBlobs({ count = 240, inputSize = 12, classes = 4, noise = 0.6, seed = 1 } = {}): Blobs {
  const stream = createRandomStream(new Uint8Array(32).fill(seed), "blobs");
  const labels = Uint8Array.from({ length: count }, (_, record) => record % classes);
  const centre = (label: number, i: number): number => (i % classes === label ? 1 : 0);
  const inputs = Float32Array.from({ length: count * inputSize }, (_, at) => {
    const label = labels[Math.floor(at / inputSize)]!;
    return centre(label, at % inputSize) + noise * (2 * stream.nextFloat() - 1);
  });
  return {
    count,
    inputSize,
    targetSize: 1,
    classes,
    labels,
    read(indices, batchInputs, batchTargets) {
      for (let row = 0; row < indices.length; row++) {
        const record = indices[row]!;
        batchInputs.set(inputs.subarray(record * inputSize, (record + 1) * inputSize), row * inputSize);
        batchTargets[row] = labels[record]!;
      }
    },
  };
}
