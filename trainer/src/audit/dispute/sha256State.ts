/** SHA-256's state in the middle of a message, which no library gives. @see FIPS 180-4, section 6.2.2 */
import { concatBytes } from "../../protocol/hex.ts";

const BLOCK_BYTES = 64;
/** First 32 bits of the square roots' fractions of the first eight primes, and of the cube roots' of the first 64. */
const INITIAL = Uint32Array.from(firstPrimes(8), (prime) => fraction(Math.sqrt(prime)));
const CONSTANTS = Uint32Array.from(firstPrimes(64), (prime) => fraction(Math.cbrt(prime)));

function firstPrimes(count: number): number[] {
  const primes: number[] = [];
  for (let n = 2; primes.length < count; n++) if (primes.every((prime) => n % prime !== 0)) primes.push(n);
  return primes;
}

function fraction(x: number): number {
  return Math.floor((x - Math.floor(x)) * 2 ** 32);
}

/**
 * @param blocks a whole number of blocks of 64 bytes.
 * @returns the eight words of the state after them, big-endian; the initial state for none.
 */
export function sha256State(blocks: Uint8Array): Uint8Array {
  if (blocks.length % BLOCK_BYTES !== 0) throw new RangeError(`${blocks.length} bytes are no whole number of blocks`);
  const state = INITIAL.slice();
  const schedule = new Uint32Array(64);
  const view = new DataView(blocks.buffer, blocks.byteOffset, blocks.length);
  for (let at = 0; at < blocks.length; at += BLOCK_BYTES) compress(state, schedule, view, at);
  return concatBytes(...Array.from(state, (word) => Uint8Array.of(word >>> 24, word >>> 16, word >>> 8, word)));
}

function compress(state: Uint32Array, w: Uint32Array, blocks: DataView, at: number): void {
  for (let i = 0; i < 16; i++) w[i] = blocks.getUint32(at + 4 * i);
  for (let i = 16; i < 64; i++) {
    const [x, y] = [w[i - 15]!, w[i - 2]!];
    const low = turn(x, 7) ^ turn(x, 18) ^ (x >>> 3);
    const high = turn(y, 17) ^ turn(y, 19) ^ (y >>> 10);
    w[i] = w[i - 16]! + low + w[i - 7]! + high;
  }
  let [a, b, c, d, e, f, g, h] = state as unknown as [number, number, number, number, number, number, number, number];
  for (let i = 0; i < 64; i++) {
    const first = (h + (turn(e, 6) ^ turn(e, 11) ^ turn(e, 25)) + ((e & f) ^ (~e & g)) + CONSTANTS[i]! + w[i]!) | 0;
    const second = ((turn(a, 2) ^ turn(a, 13) ^ turn(a, 22)) + ((a & b) ^ (a & c) ^ (b & c))) | 0;
    [h, g, f, e] = [g, f, e, (d + first) | 0];
    [d, c, b, a] = [c, b, a, (first + second) | 0];
  }
  [a, b, c, d, e, f, g, h].forEach((word, i) => {
    state[i] = state[i]! + word;
  });
}

function turn(x: number, by: number): number {
  return (x >>> by) | (x << (32 - by));
}
