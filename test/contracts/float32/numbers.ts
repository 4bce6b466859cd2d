/** Numbers of binary32 to try operations on: random ones of every kind that rounding can go wrong for, and all special ones. */
import { createRandomStream, type RandomStream } from "../../../trainer/src/engine/philox.ts";

const floatWord = new Float32Array(1);
const bitsWord = new Uint32Array(floatWord.buffer);

/** @returns the bits of a binary32 number, `7fc00000` for every NaN. */
export function bitsOf(x: number): number {
  floatWord[0] = x;
  return Number.isNaN(x) ? 0x7fc00000 : bitsWord[0]!;
}

export function numberOf(bits: number): number {
  bitsWord[0] = bits;
  return floatWord[0]!;
}

/** CI's number of random pairs an operation; `CAIRN_FLOAT_PAIRS` says another, a million at night, and a quick run takes its part. */
const CI_PAIRS = 20_000;
const part = Math.min(1, Number(process.env.CAIRN_TEST_FACTOR ?? 1));
export const PAIRS = Number(process.env.CAIRN_FLOAT_PAIRS ?? Math.ceil(CI_PAIRS * part));
/** Of random numbers an elementary function, which is a fixed sequence of about 20 operations; `Digests.t.sol` tries 20,000. */
export const NUMBERS = Math.ceil(PAIRS / 20);

/** Other numbers for every name and seed. @param seed @default that of the random tests */
export function randomNumbers(name: string, seed = Number(process.env.CAIRN_TEST_SEED ?? 1)): RandomStream {
  const bytes = new Uint8Array(32);
  new DataView(bytes.buffer).setUint32(28, seed);
  return createRandomStream(bytes, name);
}

/** Both signs of: zero, ends of the subnormals and the normals, ones, thresholds of functions, ties, wholes, infinity, NaNs. */
const SPECIAL_SIZES = [
  0, 1, 2, 3, 0x00400000, 0x007ffffe, 0x007fffff, 0x00800000, 0x00800001, 0x00ffffff, 0x01000000, 0x01800000,
  0x0c800000, 0x33000000, 0x33800000, 0x33ffffff, 0x34000000, 0x3effffff, 0x3f000000, 0x3f1fffff, 0x3f200000,
  0x3f3504f3, 0x3f3504f4, 0x3f7fffff, 0x3f800000, 0x3f800001, 0x3fc00000, 0x3fffffff, 0x40000000, 0x40400000,
  0x41200000, 0x4b000000, 0x4b7fffff, 0x4b800000, 0x4b800001, 0x4effffff, 0x4f000000, 0x4f7fffff, 0x4f800000,
  0x5f000000, 0x5f800000, 0x7e7fffff, 0x7e800000, 0x7effffff, 0x7f000000, 0x7f7ffffe, 0x7f7fffff, 0x7f800000,
  0x7f800001, 0x7fbfffff, 0x7fc00000, 0x7fffffff,
];
export const SPECIAL = SPECIAL_SIZES.flatMap((size) => [size, (size | 0x80000000) >>> 0]);

/** Every special number with every other, and with itself. */
export function specialPairs(): Uint32Array {
  return Uint32Array.from(SPECIAL.flatMap((a) => SPECIAL.flatMap((b) => [a, b])));
}

/** Bits with a sign and a fraction drawn at random; an exponent out of range becomes the nearest finite one. */
function withExponent(random: RandomStream, exponent: number): number {
  const bits = random.nextUint32();
  const field = Math.min(Math.max(exponent, 0), 254);
  return ((bits & 0x807fffff) | (field << 23)) >>> 0;
}

const exponentOf = (bits: number): number => (bits >>> 23) & 0xff;

/** Draws a pair that is hard for one of the operations. */
type PairKind = (random: RandomStream) => readonly [number, number];

export const PAIR_KINDS: Readonly<Record<string, PairKind>> = {
  "any bits": (random) => [random.nextUint32(), random.nextUint32()],
  "near cancellation": (random) => {
    const a = random.nextUint32();
    const b = ((a ^ 0x80000000) + random.nextBelow(9) - 4) >>> 0;
    return random.nextBelow(2) === 0 ? [a, b] : [a, (b ^ (1 << 23)) >>> 0]; // or with the exponent one off
  },
  "subnormals and their neighbours": (random) => [
    withExponent(random, random.nextBelow(4)),
    withExponent(random, random.nextBelow(4)),
  ],
  "exponents as near as sums feel": (random) => {
    const a = random.nextUint32();
    return [a, withExponent(random, exponentOf(a) + random.nextBelow(57) - 28)];
  },
  "a sum at or next to halfway": (random) => {
    const a = withExponent(random, 1 + random.nextBelow(254));
    const half = Math.max(exponentOf(a) - 24, 0); // half a unit in a's last place
    const sign = random.nextBelow(2) * 0x80000000;
    return [a, (sign + Math.max((half << 23) + random.nextBelow(5) - 2, 0)) >>> 0];
  },
  "a product at halfway": (random) => {
    // 12 and 13 bits: the product has 24 or 25, the last of them 1.
    const a = withExponent(random, 64 + random.nextBelow(127));
    const b = withExponent(random, 64 + random.nextBelow(127));
    return [((a & 0xfffff000) | 0x1000) >>> 0, ((b & 0xfffff800) | 0x800) >>> 0];
  },
  "a product at an end of the range": (random) => {
    const a = withExponent(random, random.nextBelow(255));
    const target = random.nextBelow(2) === 0 ? 127 + random.nextBelow(30) - 26 : 127 + 253 + random.nextBelow(4);
    return [a, withExponent(random, target - exponentOf(a))];
  },
  "a quotient at an end of the range": (random) => {
    const a = withExponent(random, random.nextBelow(255));
    const target = random.nextBelow(2) === 0 ? -126 - random.nextBelow(27) + 2 : 126 + random.nextBelow(4);
    return [a, withExponent(random, exponentOf(a) - target)];
  },
  "a special number with any": (random) => {
    const special = SPECIAL[random.nextBelow(SPECIAL.length)]!;
    const other = random.nextUint32();
    return random.nextBelow(2) === 0 ? [special, other] : [other, special];
  },
};

/** Draws a number where an elementary function is hard. */
type NumberKind = (random: RandomStream) => number;

const within = (random: RandomStream, low: number, high: number): number =>
  bitsOf(Math.fround(low + (high - low) * random.nextFloat()));

export const NUMBER_KINDS: Readonly<Record<string, NumberKind>> = {
  "any bits": (random) => random.nextUint32(),
  "where exp neither overflows nor vanishes": (random) => within(random, -105, 90),
  "around 0": (random) => within(random, -6, 6),
  "from 0 to 1": (random) => within(random, 0, 1),
  "next to 1": (random) => (0x3f800000 + random.nextBelow(2_049) - 1_024) >>> 0,
  subnormals: (random) => withExponent(random, random.nextBelow(2)),
};

/** @returns `count` pairs, kinds in turn. */
export function drawPairs(random: RandomStream, count: number): Uint32Array {
  const kinds = Object.values(PAIR_KINDS);
  const pairs = new Uint32Array(2 * count);
  for (let i = 0; i < count; i++) pairs.set(kinds[i % kinds.length]!(random), 2 * i);
  return pairs;
}

/** @returns `count` pairs whose first numbers are of the kinds in turn; the second are 0. */
export function drawNumbers(random: RandomStream, count: number): Uint32Array {
  const kinds = Object.values(NUMBER_KINDS);
  const pairs = new Uint32Array(2 * count);
  for (let i = 0; i < count; i++) pairs[2 * i] = kinds[i % kinds.length]!(random);
  return pairs;
}
