/** Which records each step sees: a function of the shard and the seed, so that a replay sees the same. */
import { createRandomStream, permutation } from "../engine/philox.ts";

/**
 * An endless supply of batches: epoch after epoch, each a fresh permutation of the shard (Philox stream `batch-order`),
 * cut into consecutive batches that run across the epochs' borders. So every batch is full.
 *
 * @param shard at least one record number.
 * @param seed 32 bytes.
 * @returns a function that gives the next batch, always the same array.
 */
export function createBatchOrder(shard: Uint32Array, seed: Uint8Array, batchSize: number): () => Uint32Array {
  const stream = createRandomStream(seed, "batch-order");
  const batch = new Uint32Array(batchSize);
  let epoch = permutation(stream, shard.length);
  let used = 0;
  return () => {
    for (let row = 0; row < batchSize; row++) {
      if (used === epoch.length) {
        epoch = permutation(stream, shard.length);
        used = 0;
      }
      batch[row] = shard[epoch[used++]!]!;
    }
    return batch;
  };
}
