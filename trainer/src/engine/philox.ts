/**
 * Philox 4×32-10: random numbers that everybody can draw again from a seed and a stream's name.
 *
 * The only source of randomness of training. Never seeded from time or the platform, and not for secrets.
 *
 * @see Salmon, Moraes, Dror, Shaw: "Parallel random numbers: as easy as 1, 2, 3", SC 2011
 */
import { sha256 } from "@noble/hashes/sha2.js";
import { concatBytes } from "../protocol/hex.ts";

/** Consecutive numbers of one stream. */
export interface RandomStream {
  /** Uniform over 0 … 2^32 − 1. */
  nextUint32(): number;
  /** Uniform over 0 … n − 1, unbiased (numbers beyond the last full multiple of `n` are drawn again). Range of `n`: 1 … 2^32. */
  nextBelow(n: number): number;
  /** Uniform over the multiples of 2^−24 in [0, 1); exact in binary32. */
  nextFloat(): number;
}

type Words4 = readonly [number, number, number, number];
type Words2 = readonly [number, number];

const MULTIPLIER_0 = 0xd2511f53; // Salmon et al., table 2
const MULTIPLIER_1 = 0xcd9e8d57;
const WEYL_0 = 0x9e3779b9; // golden ratio
const WEYL_1 = 0xbb67ae85; // √3 − 1
const ROUNDS = 10;
const TWO_32 = 4_294_967_296;

/** @returns the block of four words that Philox 4×32-10 gives for one counter under one key. */
export function philox4x32(counter: Words4, key: Words2): Words4 {
  let [c0, c1, c2, c3] = counter;
  let [k0, k1] = key;
  for (let round = 0; round < ROUNDS; round++) {
    const high0 = multiplyHigh(MULTIPLIER_0, c0);
    const low0 = Math.imul(MULTIPLIER_0, c0);
    const high1 = multiplyHigh(MULTIPLIER_1, c2);
    const low1 = Math.imul(MULTIPLIER_1, c2);
    c0 = (high1 ^ c1 ^ k0) >>> 0;
    c1 = low1 >>> 0;
    c2 = (high0 ^ c3 ^ k1) >>> 0;
    c3 = low0 >>> 0;
    k0 = (k0 + WEYL_0) >>> 0;
    k1 = (k1 + WEYL_1) >>> 0;
  }
  return [c0, c1, c2, c3];
}

/**
 * The words that key a stream: the first four of `SHA-256(seed ‖ streamName)`, little-endian; two are the key, two the
 * counter's upper half.
 *
 * @param seed 32 bytes.
 * @param streamName UTF-8; two names give independent streams.
 */
export function streamWords(seed: Uint8Array, streamName: string): Words4 {
  if (seed.length !== 32) throw new RangeError(`a seed has 32 bytes, this one has ${seed.length}`);
  const hash = sha256(concatBytes(seed, new TextEncoder().encode(streamName)));
  const words = new DataView(hash.buffer, hash.byteOffset);
  const word = (index: number): number => words.getUint32(4 * index, true);
  return [word(0), word(1), word(2), word(3)];
}

/** The stream of {@link streamWords}; the counter's lower half counts blocks from 0. */
export function createRandomStream(seed: Uint8Array, streamName: string): RandomStream {
  const [key0, key1, upper0, upper1] = streamWords(seed, streamName);
  const key = [key0, key1] as const;
  let block = 0;
  let drawn: Words4 = [0, 0, 0, 0];
  let used = 4;

  const nextUint32 = (): number => {
    if (used === 4) {
      drawn = philox4x32([block >>> 0, Math.floor(block / TWO_32), upper0, upper1], key);
      block++;
      used = 0;
    }
    return drawn[used++]!;
  };
  const nextBelow = (n: number): number => {
    if (!Number.isInteger(n) || n < 1 || n > TWO_32) throw new RangeError(`nextBelow(${n}): not from 1 to 2^32`);
    const limit = TWO_32 - (TWO_32 % n);
    let value = nextUint32();
    while (value >= limit) value = nextUint32();
    return value % n;
  };
  return { nextUint32, nextBelow, nextFloat: () => (nextUint32() >>> 8) / 16_777_216 };
}

/** @returns the numbers 0 … n − 1 in an order drawn uniformly from all `n!` (Fisher–Yates, from the end). */
export function permutation(stream: RandomStream, n: number): Uint32Array {
  const order = Uint32Array.from({ length: n }, (_, i) => i);
  for (let last = n - 1; last > 0; last--) {
    const other = stream.nextBelow(last + 1);
    const moved = order[last]!;
    order[last] = order[other]!;
    order[other] = moved;
  }
  return order;
}

/** Upper 32 bits of the 64-bit product. Every intermediate is below 2^49, so binary64 holds it exactly. */
function multiplyHigh(left: number, right: number): number {
  const byLow = left * (right & 0xffff);
  const byHigh = left * (right >>> 16);
  return Math.floor((byHigh + Math.floor(byLow / 65_536)) / 65_536);
}
