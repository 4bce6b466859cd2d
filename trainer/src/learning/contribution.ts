/**
 * What each trainer of a round was worth: how much worse the next version is without it. Pure; the caller values subsets.
 *
 * @see Wang et al. 2020, "A principled approach to data valuation for federated learning", https://arxiv.org/abs/2009.06192
 * @see Ghorbani, Zou 2019, "Data Shapley", https://arxiv.org/abs/1904.02868 (truncated permutation sampling)
 */
import { createRandomStream, permutation } from "../engine/philox.ts";

/** Value of the version made of these updates (ascending numbers, maybe none): the higher, the better. */
export type SubsetValue = (subset: readonly number[]) => number | Promise<number>;

export interface Contribution {
  /** By number: the value it adds. Below 0: the version is better without it. */
  readonly worth: readonly number[];
  readonly method: "leaveOneOut" | "sampledShapley";
  /** Versions that were valued. */
  readonly valued: number;
}

/** Up to so many trainers each is left out once; above, marginal values are sampled. Source: protocol.md. */
export const LEAVE_ONE_OUT_MOST = 10;

export interface ShapleyOptions {
  /** 32 bytes that key the order of the permutations (Philox stream `shapley`). */
  readonly seed: Uint8Array;
  /** Orders in which trainers join. @default 8 */
  readonly permutations?: number;
  /** A permutation ends where the value is this close to that of all: the rest then adds nothing. @default 0.001 */
  readonly tolerance?: number;
}

/** @returns leave-one-out for at most ten trainers, sampled Shapley values above. */
export function contributions(count: number, value: SubsetValue, options: ShapleyOptions): Promise<Contribution> {
  return count <= LEAVE_ONE_OUT_MOST ? leaveOneOut(count, value) : sampledShapley(count, value, options);
}

/** `v(all) − v(all without i)`. Cost: count + 1 values. */
export async function leaveOneOut(count: number, value: SubsetValue): Promise<Contribution> {
  const all = Array.from({ length: count }, (_, i) => i);
  const whole = await value(all);
  const worth: number[] = [];
  for (const left of all) worth.push(whole - (await value(all.filter((i) => i !== left))));
  return { worth, method: "leaveOneOut", valued: count + 1 };
}

/**
 * The mean over random orders of what i adds to those before it. Each order's worths sum to `v(all) − v(none)`, up to the
 * tolerance at which it is cut short.
 */
export async function sampledShapley(
  count: number,
  value: SubsetValue,
  { seed, permutations = 8, tolerance = 0.001 }: ShapleyOptions,
): Promise<Contribution> {
  const stream = createRandomStream(seed, "shapley");
  const all = Array.from({ length: count }, (_, i) => i);
  const [whole, none] = [await value(all), await value([])];
  const sums = new Array<number>(count).fill(0);
  let valued = 2;
  for (let round = 0; round < permutations; round++) {
    const joined: number[] = [];
    let before = none;
    for (const next of permutation(stream, count)) {
      if (Math.abs(whole - before) <= tolerance) break;
      joined.push(next);
      const isAll = joined.length === count;
      const now = isAll ? whole : await value([...joined].sort((left, right) => left - right));
      if (!isAll) valued++;
      sums[next] = sums[next]! + now - before;
      before = now;
    }
  }
  return { worth: sums.map((sum) => sum / permutations), method: "sampledShapley", valued };
}
