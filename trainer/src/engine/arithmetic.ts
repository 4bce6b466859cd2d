/**
 * Canonical `exp` and `log` of binary32: fixed sequences of + − × and exact conversions, each rounded to nearest even.
 *
 * `trainer/kernels/canonical.h` spells the same sequences in C; a change to one is a change to both and to every golden
 * vector. Never calls `Math.exp`, `Math.log` or `Math.pow`: their last bits are up to the JavaScript engine.
 *
 * @see Moshier, Cephes library, expf.c and logf.c (coefficients)
 */
const { fround } = Math;

const LOG2_E = 1.4426950216293335; // log₂ e, rounded to binary32
/** 1.5 × 2^23: adding it to a number below 2^22 rounds that number to an integer, to nearest even. */
const ROUNDER = 12_582_912;
const LN2_HIGH = fround(0.693359375); // nine bits, so n × LN2_HIGH is exact
const LN2_LOW = fround(-2.1219444e-4);
/** Of e^r on ±½ log 2, highest power first; the terms r and 1 are added apart. */
export const EXP_COEFFICIENTS = [
  1.98756915e-4, 1.3981999507e-3, 8.3334519073e-3, 4.1665795894e-2, 1.6666665459e-1, 0.5,
].map(fround);
/** Below, e^x rounds to +0; above, it overflows. The clamp keeps 2^n within two exact powers of two. */
const EXP_MIN = -104;
const EXP_MAX = 89;

/** Of log(1 + m) on √½ − 1 … √2 − 1, highest power first; the terms −½ m² and m are added apart. */
export const LOG_COEFFICIENTS = [
  7.0376836292e-2, -1.151461031e-1, 1.167699874e-1, -1.2420140846e-1, 1.4249322787e-1, -1.6668057665e-1,
  2.0000714765e-1, -2.4999993993e-1, 3.3333331174e-1,
].map(fround);
const SQRT_HALF = 0.7071067690849304; // √½, rounded to binary32
const MIN_NORMAL = 1.1754943508222875e-38; // 2^−126

const floatWord = new Float32Array(1);
const bitsWord = new Uint32Array(floatWord.buffer);

/**
 * `e^x` to within 1 unit in the last place (worst seen: 0.96), subnormal results included.
 *
 * @param x a binary32 number. NaN gives NaN.
 */
export function exp32(x: number): number {
  const clamped = Math.min(Math.max(x, EXP_MIN), EXP_MAX);
  const n = fround(fround(fround(clamped * LOG2_E) + ROUNDER) - ROUNDER);
  const r = fround(fround(clamped - fround(n * LN2_HIGH)) - fround(n * LN2_LOW));
  const polynomial = horner(EXP_COEFFICIENTS, r);
  const mantissa = fround(fround(fround(polynomial * fround(r * r)) + r) + 1);
  if (Number.isNaN(n)) return Number.NaN;
  const half = n >> 1;
  return fround(fround(mantissa * powerOfTwo(half)) * powerOfTwo(n - half));
}

/**
 * The natural logarithm to within 1 unit in the last place (worst seen: 0.75).
 *
 * @param x a binary32 number. 0 gives −∞; below 0, or NaN, gives NaN; +∞ gives +∞.
 */
export function log32(x: number): number {
  if (!(x > 0)) return x === 0 ? -Infinity : Number.NaN;
  if (x === Infinity) return Infinity;
  const subnormal = x < MIN_NORMAL;
  floatWord[0] = subnormal ? fround(x * 8_388_608) : x;
  let exponent = (bitsWord[0]! >>> 23) - 126 - (subnormal ? 23 : 0);
  bitsWord[0] = (bitsWord[0]! & 0x007fffff) | 0x3f000000;
  let m = floatWord[0]!;
  if (m < SQRT_HALF) {
    exponent--;
    m = fround(fround(m + m) - 1);
  } else m = fround(m - 1);
  const z = fround(m * m);
  let y = fround(fround(m * z) * horner(LOG_COEFFICIENTS, m));
  y = fround(y + fround(LN2_LOW * exponent));
  y = fround(y - fround(0.5 * z));
  return fround(fround(m + y) + fround(LN2_HIGH * exponent));
}

function horner(coefficients: readonly number[], x: number): number {
  let sum = coefficients[0]!;
  for (let i = 1; i < coefficients.length; i++) sum = fround(fround(sum * x) + coefficients[i]!);
  return sum;
}

/** Exactly 2^n, for −126 ≤ n ≤ 127. */
function powerOfTwo(n: number): number {
  bitsWord[0] = (n + 127) << 23;
  return floatWord[0]!;
}
