/** Federated averaging in canonical binary32. Does not sort: `aggregate` fixes the order. */
import type { Parameters, Tensor } from "../engine/tensor.ts";
import { LearningError } from "./errors.ts";

const { fround } = Math;

/** One trainer's accepted update. */
export interface Contribution {
  /** The trainer's address, `0x` and 40 hex digits. */
  readonly address: string;
  /** Weight of the update. Range: 1 … 2^32 − 1. */
  readonly sampleCount: number;
  readonly parameters: Parameters;
}

/**
 * Sample-weighted mean of parameters: `w = Σ nₖ·wₖ / Σ nₖ`.
 *
 * Per element, in the order given, from +0: `acc = fl(acc + fl(fl(nₖ)·wₖ))`, then `w = fl(acc / fl(Σ nₖ))` with the sum
 * of counts taken exactly. Any single multiply-add can be done again on chain.
 *
 * @param updates at least one; all of the same names and shapes, as `aggregate` checks.
 * @returns fresh tensors.
 * @throws {LearningError} `LEARNING_NOT_FINITE` when a sum overflows
 * @see McMahan et al. 2017, Algorithm 1, https://arxiv.org/abs/1602.05629
 */
export function federatedAverage(updates: readonly Contribution[]): Parameters {
  const total = fround(updates.reduce((sum, { sampleCount }) => sum + sampleCount, 0)); // below 2^53: exact
  const average = new Map<string, Tensor>();
  for (const [name, { shape, data }] of updates[0]!.parameters) {
    const mean = new Float32Array(data.length);
    for (const { sampleCount, parameters } of updates) {
      const weight = fround(sampleCount);
      const values = parameters.get(name)!.data;
      for (let i = 0; i < mean.length; i++) mean[i] = fround(mean[i]! + fround(weight * values[i]!));
    }
    for (let i = 0; i < mean.length; i++) mean[i] = requireFinite(fround(mean[i]! / total), name);
    average.set(name, { shape, data: mean });
  }
  return average;
}

function requireFinite(value: number, name: string): number {
  if (Number.isFinite(value)) return value;
  throw new LearningError({ code: "LEARNING_NOT_FINITE", name }, `the average of ${name} overflows`);
}
