/**
 * Canonical elementary functions of binary32: fixed sequences of + − × ÷ and exact conversions, each rounded to nearest
 * even.
 *
 * `trainer/kernels/elementary.h` spells the same sequences in C; a change to one is a change to both and to every golden
 * vector. Never calls `Math.exp`, `Math.log`, `Math.cos` or `Math.pow`: their last bits are up to the JavaScript engine.
 *
 * @see Moshier, Cephes library, expf.c, logf.c, tanhf.c and sinf.c (coefficients)
 * @see Abramowitz and Stegun, 7.1.26 (the normal distribution)
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

/** Of tanh on ±0.625, highest power of x² first; the term x is added apart. */
export const TANH_COEFFICIENTS = [
  -5.70498872745e-3, 2.06390887954e-2, -5.37397155531e-2, 1.33314422036e-1, -3.33332819422e-1,
].map(fround);
const TANH_SMALL = 0.625;

/** Of erfc(z)·e^(z²) in 1 / (1 + 0.3275911 z), highest power first; the last factor is applied apart. */
export const NORMAL_COEFFICIENTS = [1.061405429, -1.453152027, 1.421413741, -0.284496736, 0.254829592].map(fround);
const NORMAL_SLOPE = fround(0.3275911);
const INVERSE_SQRT_2 = fround(Math.SQRT1_2);
const INVERSE_SQRT_2_PI = fround(0.3989422804014327);

const PI = fround(Math.PI);
/** Of cos and sin on ±π/4, highest power of x² first. */
const COSINE_COEFFICIENTS = [2.443315711809948e-5, -1.388731625493765e-3, 4.166664568298827e-2].map(fround);
const SINE_COEFFICIENTS = [-1.9515295891e-4, 8.3321608736e-3, -1.6666654611e-1].map(fround);

const floatWord = new Float32Array(1);
const bitsWord = new Uint32Array(floatWord.buffer);

/**
 * `e^x` to within 1 unit in the last place (worst of all above 1 in size: 0.99), subnormal results included.
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
 * The natural logarithm to within 1 unit in the last place (worst of all from ½ to 2: 0.84).
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

/**
 * The hyperbolic tangent to within 2 units in the last place (worst seen: 1.33).
 *
 * @param x a binary32 number. ±∞ gives ±1, −0 gives +0, NaN gives NaN.
 */
export function tanh32(x: number): number {
  const a = Math.abs(x);
  if (a < TANH_SMALL) {
    const z = fround(x * x);
    return fround(fround(fround(horner(TANH_COEFFICIENTS, z) * z) * x) + x);
  }
  const t = fround(1 - fround(2 / fround(exp32(fround(a + a)) + 1)));
  return x < 0 ? -t : t;
}

/**
 * The standard normal distribution at x: `distribution` Φ(x), off by less than 2.5·10⁻⁷, and `density` φ(x), by less than 6·10⁻⁸.
 *
 * @param x a binary32 number. NaN gives NaNs.
 */
export function normal32(x: number): { readonly distribution: number; readonly density: number } {
  const z = fround(Math.abs(x) * INVERSE_SQRT_2);
  const e = exp32(-fround(z * z));
  const t = fround(1 / fround(1 + fround(NORMAL_SLOPE * z)));
  const p = fround(horner(NORMAL_COEFFICIENTS, t) * t);
  const q = fround(fround(0.5 * p) * e);
  return { distribution: x >= 0 ? fround(1 - q) : q, density: fround(INVERSE_SQRT_2_PI * e) };
}

/**
 * cos(π · p) to within 2 units in the last place (worst seen: 1.96): for learning-rate schedules only, so no kernel has it.
 *
 * @param p a binary32 number. Range: 0 … 1.
 */
export function cosPi32(p: number): number {
  const q = p > 0.5 ? fround(1 - p) : p; // exact, as is ½ − q below
  const x = fround(PI * (q > 0.25 ? fround(0.5 - q) : q));
  const z = fround(x * x);
  const size = q > 0.25 ? sineNear0(x, z) : cosineNear0(z);
  return p > 0.5 ? -size : size;
}

function cosineNear0(z: number): number {
  const tail = fround(fround(horner(COSINE_COEFFICIENTS, z) * z) * z);
  return fround(fround(tail - fround(0.5 * z)) + 1);
}

function sineNear0(x: number, z: number): number {
  return fround(fround(fround(horner(SINE_COEFFICIENTS, z) * z) * x) + x);
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
