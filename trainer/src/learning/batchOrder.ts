/** Which records each step sees: a function of the shard and the seed, so that a replay sees the same. */
import { philox4x32, streamWords } from "../engine/philox.ts";

/**
 * An endless supply of batches: epoch after epoch, each a permutation of the shard of its own, cut into consecutive batches
 * that run across the epochs' borders. So every batch is full.
 *
 * Record number n of a run depends on n, seed and shard alone, not on the records before it: so a dispute can compute a
 * single one (`docs/disputes.md`, section 7).
 *
 * @param shard at least one record number.
 * @param seed 32 bytes.
 * @param firstStep counts from 0; beginning later skips nothing that is computed.
 * @returns a function that gives the next batch, always the same array.
 */
export function createBatchOrder(
  shard: Uint32Array,
  seed: Uint8Array,
  batchSize: number,
  firstStep = 0,
): () => Uint32Array {
  const words = streamWords(seed, "batch-order");
  const batch = new Uint32Array(batchSize);
  const halfBits = halfBitsOf(shard.length);
  let epoch = Math.floor((firstStep * batchSize) / shard.length);
  let used = (firstStep * batchSize) % shard.length;
  let keys = epochKeys(words, epoch);
  return () => {
    for (let row = 0; row < batchSize; row++) {
      if (used === shard.length) {
        keys = epochKeys(words, ++epoch);
        used = 0;
      }
      batch[row] = shard[permuted(used++, shard.length, halfBits, keys)]!;
    }
    return batch;
  };
}

type Words4 = readonly [number, number, number, number];

/** The smallest h ≥ 3 with `4^h ≥ length`: on smaller halves four rounds are no even shuffle. */
function halfBitsOf(length: number): number {
  let bits = 3;
  while (4 ** bits < length) bits++;
  return bits;
}

/** The four round keys of an epoch. */
function epochKeys([key0, key1, upper0, upper1]: Words4, epoch: number): Words4 {
  return philox4x32([epoch >>> 0, 0, upper0, upper1], [key0, key1]);
}

/**
 * A keyed permutation of 0 … length − 1: a Feistel network over the next power of four, walked until it is back in range.
 *
 * @see Black, Rogaway: "Ciphers with arbitrary finite domains", CT-RSA 2002 (cycle walking)
 */
function permuted(place: number, length: number, halfBits: number, keys: Words4): number {
  const mask = 2 ** halfBits - 1;
  let x = place;
  do {
    let left = x >>> halfBits;
    let right = x & mask;
    for (let round = 0; round < 4; round++) {
      const next = (left ^ mix((right ^ keys[round]!) >>> 0)) & mask;
      left = right;
      right = next;
    }
    x = ((left << halfBits) | right) >>> 0;
  } while (x >= length);
  return x;
}

/** A bijection of 32-bit words in which every bit of the input changes half of the output's. @see Appleby, MurmurHash3's finaliser */
function mix(word: number): number {
  let x = Math.imul(word ^ (word >>> 16), 0x85ebca6b);
  x = Math.imul(x ^ (x >>> 13), 0xc2b2ae35);
  return (x ^ (x >>> 16)) >>> 0;
}
