/**
 * Arithmetic on flat vectors as aggregation does it: canonical binary32, every sum in rising order.
 *
 * Sums over a vector's elements go by blocks of 1,024, as the optimiser's norm does (docs/canonical-arithmetic.md,
 * section 9): each block's sum from +0, then added to the total. Sums over updates are the callers' and have no blocks.
 */
const { fround, sqrt } = Math;

/** Elements of one partial sum. */
const BLOCK = 1_024;
/** Elements that one vector after the other is added to: a sum of this many stays in the first cache. Changes no bit. */
export const TILE = 4_096;

/** @returns `Σ xᵢ·yᵢ`. Shapes `[P]`. */
export function dot(x: Float32Array, y: Float32Array): number {
  let total = 0;
  for (let from = 0; from < x.length; from += BLOCK) {
    const end = Math.min(from + BLOCK, x.length);
    let sum = 0;
    for (let i = from; i < end; i++) sum = fround(sum + fround(x[i]! * y[i]!));
    total = fround(total + sum);
  }
  return total;
}

/** @returns `√Σ xᵢ²`; infinite when the squares overflow. */
export function norm(x: Float32Array): number {
  return fround(sqrt(dot(x, x)));
}

/** @returns `Σ (xᵢ − yᵢ)²`. Shapes `[P]`. */
export function squaredDistance(x: Float32Array, y: Float32Array): number {
  let total = 0;
  for (let from = 0; from < x.length; from += BLOCK) {
    const end = Math.min(from + BLOCK, x.length);
    let sum = 0;
    for (let i = from; i < end; i++) {
      const d = fround(x[i]! - y[i]!);
      sum = fround(sum + fround(d * d));
    }
    total = fround(total + sum);
  }
  return total;
}

/** @returns the cosine `x·y / (‖x‖·‖y‖)`; 0 where one of them is zero. */
export function cosine(x: Float32Array, y: Float32Array): number {
  const lengths = fround(norm(x) * norm(y));
  return lengths > 0 ? fround(dot(x, y) / lengths) : 0;
}

/** @returns `x − y`, fresh. */
export function difference(x: Float32Array, y: Float32Array): Float32Array {
  const result = new Float32Array(x.length);
  for (let i = 0; i < x.length; i++) result[i] = x[i]! - y[i]!;
  return result;
}

/** `sum = sum + factor·x`, in place: two roundings an element. */
export function addScaled(sum: Float32Array, x: Float32Array, factor: number): void {
  const f = fround(factor);
  for (let i = 0; i < sum.length; i++) sum[i] = fround(sum[i]! + fround(f * x[i]!));
}

/** `x = x·factor`, in place. */
export function scale(x: Float32Array, factor: number): void {
  const f = fround(factor);
  for (let i = 0; i < x.length; i++) x[i] = f * x[i]!;
}

/** `x = x / divisor`, in place. */
export function divide(x: Float32Array, divisor: number): void {
  const d = fround(divisor);
  for (let i = 0; i < x.length; i++) x[i] = x[i]! / d;
}

/** @returns `(Σᵢ xᵢ) / n` over vectors in the order given, fresh. */
export function meanOf(vectors: readonly Float32Array[]): Float32Array {
  const sum = new Float32Array(vectors[0]!.length);
  for (let from = 0; from < sum.length; from += TILE) {
    const end = Math.min(from + TILE, sum.length);
    for (const vector of vectors) for (let i = from; i < end; i++) sum[i] = sum[i]! + vector[i]!;
  }
  divide(sum, vectors.length);
  return sum;
}

/** @returns the middle number; of an even count the lower of the two, so that a half can't raise it. */
export function lowerMedian(values: readonly number[]): number {
  const sorted = [...values].sort((left, right) => left - right);
  return sorted[(sorted.length - 1) >> 1]!;
}
