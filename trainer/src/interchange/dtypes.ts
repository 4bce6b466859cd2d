/**
 * The number formats of safetensors files, and their conversion to binary32. Knows nothing of files or headers.
 *
 * Conversion rounds once, to nearest, ties to even; what is beyond binary32 becomes an infinity; every NaN becomes
 * `0x7fc00000`. From F16, BF16, F8, BOOL and integers of at most 24 bits it is exact.
 */
import { canonicaliseNaN } from "../engine/tensor.ts";

/** Bits of one element, for every dtype of the format. */
export const DTYPE_BITS = {
  BOOL: 8,
  F4: 4,
  F6_E2M3: 6,
  F6_E3M2: 6,
  U8: 8,
  I8: 8,
  F8_E5M2: 8,
  F8_E4M3: 8,
  F8_E8M0: 8,
  F8_E4M3FNUZ: 8,
  F8_E5M2FNUZ: 8,
  I16: 16,
  U16: 16,
  F16: 16,
  BF16: 16,
  I32: 32,
  U32: 32,
  F32: 32,
  C64: 64,
  F64: 64,
  I64: 64,
  U64: 64,
} as const satisfies Readonly<Record<string, number>>;

export type Dtype = keyof typeof DTYPE_BITS;

/** @returns whether `word` is a dtype of the format. */
export function isDtype(word: string): word is Dtype {
  return Object.hasOwn(DTYPE_BITS, word);
}

/** Reads the element that starts at byte `at`. The result is a binary64 that one rounding makes the right binary32. */
type ReadElement = (view: DataView, at: number) => number;

const READERS: { readonly [D in Dtype]?: ReadElement } = {
  BOOL: (view, at) => (view.getUint8(at) === 0 ? 0 : 1),
  U8: (view, at) => view.getUint8(at),
  I8: (view, at) => view.getInt8(at),
  F8_E5M2: (view, at) => fromBinary16(view.getUint8(at) << 8), // the upper byte of a binary16
  F8_E4M3: (view, at) => fromE4M3(view.getUint8(at)),
  I16: (view, at) => view.getInt16(at, true),
  U16: (view, at) => view.getUint16(at, true),
  F16: (view, at) => fromBinary16(view.getUint16(at, true)),
  BF16: (view, at) => fromBfloat16(view.getUint16(at, true)),
  I32: (view, at) => view.getInt32(at, true),
  U32: (view, at) => view.getUint32(at, true),
  F32: (view, at) => view.getFloat32(at, true),
  F64: (view, at) => view.getFloat64(at, true),
  I64: (view, at) => fromInteger64(view.getBigInt64(at, true)),
  U64: (view, at) => fromInteger64(view.getBigUint64(at, true)),
};

/** @returns whether {@link toBinary32} can convert from `dtype`; not from complex, 4-bit, 6-bit and exponent-only numbers. */
export function isConvertible(dtype: Dtype): boolean {
  return READERS[dtype] !== undefined;
}

/**
 * @param bytes whole elements, little-endian; needs no alignment.
 * @param dtype one that {@link isConvertible} accepts.
 * @returns the numbers in binary32, a fresh array: at most four times as many bytes as `bytes`.
 */
export function toBinary32(bytes: Uint8Array, dtype: Dtype): Float32Array {
  const read = READERS[dtype];
  if (read === undefined) throw new TypeError(`${dtype} has no conversion to binary32`);
  const size = DTYPE_BITS[dtype] / 8;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const numbers = new Float32Array(bytes.length / size);
  for (let i = 0; i < numbers.length; i++) numbers[i] = read(view, i * size);
  return canonicaliseNaN(numbers);
}

/** @see IEEE 754-2019, section 3.4: 1 sign, 5 exponent (bias 15), 10 fraction bits */
function fromBinary16(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits >> 10) & 0x1f;
  const fraction = bits & 0x3ff;
  if (exponent === 0x1f) return fraction === 0 ? sign * Number.POSITIVE_INFINITY : Number.NaN;
  return exponent === 0 ? sign * fraction * 2 ** -24 : sign * (1024 + fraction) * 2 ** (exponent - 25);
}

/** 1 sign, 4 exponent (bias 7), 3 fraction bits; no infinities, one NaN a sign. @see arXiv:2209.05433, table 1 */
function fromE4M3(bits: number): number {
  const sign = bits & 0x80 ? -1 : 1;
  const exponent = (bits >> 3) & 0xf;
  const fraction = bits & 7;
  if (exponent === 0xf && fraction === 7) return Number.NaN;
  return exponent === 0 ? sign * fraction * 2 ** -9 : sign * (8 + fraction) * 2 ** (exponent - 10);
}

const SCRATCH = new DataView(new ArrayBuffer(4));

/** The upper half of a binary32. */
function fromBfloat16(bits: number): number {
  SCRATCH.setUint32(0, bits * 65_536);
  return SCRATCH.getFloat32(0);
}

/** Beyond 2^53 the low 16 bits become one sticky bit, so that the rounding to binary32 is the only one. */
function fromInteger64(value: bigint): number {
  const nearby = Number(value);
  if (Number.isSafeInteger(nearby)) return nearby;
  const sticky = (value & 0xffffn) === 0n ? 0n : 1n;
  return Number(((value >> 16n) << 1n) | sticky) * 32_768;
}
