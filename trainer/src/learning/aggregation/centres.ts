/** Rules that look for a centre of the updates step by step: clipping around a centre, and the geometric median. */
import { addScaled, divide, lowerMedian, meanOf, squaredDistance, TILE } from "./vectors.ts";

const { fround, sqrt } = Math;

/** RFA's ν: no weight above its inverse. */
const SMOOTHING = fround(1e-6);

export interface ClippingOptions {
  /** Where it starts: the last round's aggregate. Changed in place and returned. */
  readonly centre: Float32Array;
  readonly iterations: number;
  /** 0: in each iteration the lower median of the distances. */
  readonly radius: number;
}

/**
 * Centered clipping: `v = v + (Σ min(1, τ/‖xᵢ − v‖)·(xᵢ − v)) / n`, `iterations` times.
 *
 * @param vectors `n ≥ 1` of shape `[P]`.
 * @see Karimireddy, He, Jaggi 2021, algorithm 2, https://arxiv.org/abs/2012.10333
 */
export function clipAround(
  vectors: readonly Float32Array[],
  { centre, iterations, radius }: ClippingOptions,
): Float32Array {
  const sum = new Float32Array(centre.length);
  for (let round = 0; round < iterations; round++) {
    const distances = vectors.map((x) => fround(sqrt(squaredDistance(x, centre))));
    const reach = radius > 0 ? fround(radius) : lowerMedian(distances);
    const factors = distances.map((distance) => (distance > reach ? fround(reach / distance) : 1));
    sum.fill(0);
    for (let from = 0; from < sum.length; from += TILE) addClipped(vectors, factors, { sum, centre, from });
    divide(sum, vectors.length);
    for (let i = 0; i < centre.length; i++) centre[i] = centre[i]! + sum[i]!;
  }
  return centre;
}

interface Tile {
  readonly sum: Float32Array;
  readonly centre: Float32Array;
  readonly from: number;
}

/** `sum = sum + fᵢ·(xᵢ − v)` for each update in turn, over one tile. */
function addClipped(vectors: readonly Float32Array[], factors: readonly number[], { sum, centre, from }: Tile): void {
  const end = Math.min(from + TILE, sum.length);
  for (const [k, x] of vectors.entries()) {
    const factor = factors[k]!;
    for (let i = from; i < end; i++) sum[i] = fround(sum[i]! + fround(factor * fround(x[i]! - centre[i]!)));
  }
}

/**
 * Geometric median by Weiszfeld's steps from the mean: `uᵢ = 1 / max(ν, ‖xᵢ − z‖)`, `z = (Σ uᵢ·xᵢ) / Σ uᵢ`, `iterations` times.
 *
 * @see Pillutla, Kakade, Harchaoui 2022, algorithm 2, https://arxiv.org/abs/1912.13445
 */
export function geometricMedian(vectors: readonly Float32Array[], iterations: number): Float32Array {
  let centre = meanOf(vectors);
  for (let round = 0; round < iterations; round++) {
    const sum = new Float32Array(centre.length);
    let total = 0;
    for (const x of vectors) {
      const distance = fround(sqrt(squaredDistance(x, centre)));
      const weight = fround(1 / Math.max(SMOOTHING, distance));
      addScaled(sum, x, weight);
      total = fround(total + weight);
    }
    divide(sum, total);
    centre = sum;
  }
  return centre;
}
