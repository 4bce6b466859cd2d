/**
 * Gamma and Dirichlet samples that come out the same on every machine.
 *
 * Only + − × ÷ √ of binary64 and the canonical `exp32`/`log32`; the samples are as fine as binary32, which is plenty for
 * dealing out records.
 */
import { exp32, log32 } from "../engine/arithmetic.ts";
import type { RandomStream } from "../engine/philox.ts";

const { fround, sqrt } = Math;

/**
 * A draw from the symmetric Dirichlet distribution: `gⱼ / Σ g` with `gⱼ` from Gamma(alpha).
 *
 * Works with logarithms, since for a small alpha every `gⱼ` may be below the smallest number there is.
 *
 * @param alpha above 0.
 * @returns `size` shares, each at least 0, that sum to 1 but for rounding.
 */
export function dirichlet(stream: RandomStream, alpha: number, size: number): Float64Array {
  const logarithms = Float64Array.from({ length: size }, () => logGamma(stream, alpha));
  const largest = logarithms.reduce((max, value) => Math.max(max, value), -Infinity);
  const weights = logarithms.map((value) => exp32(fround(value - largest)));
  const total = weights.reduce((sum, weight) => sum + weight, 0); // at least 1: the largest weighs exp(0)
  return weights.map((weight) => weight / total);
}

/** The logarithm of a Gamma(alpha, 1) draw; below alpha 1 by Gamma(alpha + 1) · U^(1/alpha). */
function logGamma(stream: RandomStream, alpha: number): number {
  if (alpha >= 1) return log32(fround(gammaAboveOne(stream, alpha)));
  return log32(fround(gammaAboveOne(stream, alpha + 1))) + logUniform(stream) / alpha;
}

/** @see Marsaglia, Tsang: "A simple method for generating gamma variables", ACM TOMS 26(3), 2000 */
function gammaAboveOne(stream: RandomStream, alpha: number): number {
  const d = alpha - 1 / 3;
  const c = 1 / sqrt(9 * d);
  for (;;) {
    const x = normal(stream);
    const root = 1 + c * x;
    const v = root * root * root;
    if (v > 0 && logUniform(stream) < (x * x) / 2 + d - d * v + d * log32(fround(v))) return d * v;
  }
}

/** Standard normal, polar method (Marsaglia, Bray 1964); the second number of each pair is not used. */
function normal(stream: RandomStream): number {
  for (;;) {
    const u = 2 * stream.nextFloat() - 1;
    const v = 2 * stream.nextFloat() - 1;
    const s = u * u + v * v;
    if (s > 0 && s < 1) return u * sqrt((-2 * log32(fround(s))) / s);
  }
}

/** Fills `values` with standard normal numbers: both of each pair, a pair's second number dropped at an odd end. */
export function fillNormal(stream: RandomStream, values: Float32Array): void {
  for (let i = 0; i < values.length; ) {
    const u = 2 * stream.nextFloat() - 1;
    const v = 2 * stream.nextFloat() - 1;
    const s = u * u + v * v;
    if (!(s > 0 && s < 1)) continue;
    const factor = sqrt((-2 * log32(fround(s))) / s);
    values[i++] = u * factor;
    if (i < values.length) values[i++] = v * factor;
  }
}

/** Logarithm of a uniform number of (0, 1). */
function logUniform(stream: RandomStream): number {
  return log32(fround((stream.nextUint32() + 0.5) / 4_294_967_296));
}
