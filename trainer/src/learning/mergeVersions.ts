/**
 * The merge of cohorts' versions into the one that all go on from. Pure; docs/cohorts.md specifies it.
 *
 * The arithmetic is that of `fedavg` (docs/canonical-arithmetic.md, section 13), with cohorts in place of trainers.
 */
import type { Parameters } from "../engine/tensor.ts";
import { findMismatch, flatten, layoutOf, unflatten } from "./aggregation/layout.ts";
import { addScaled, divide, norm } from "./aggregation/vectors.ts";
import { LearningError } from "./errors.ts";

/** What one cohort brings to an epoch. */
export interface CohortVersion {
  readonly cohort: number;
  /** Samples of the accepted updates of the round that made it. Range: below 2^40, that is 256 counts of 32 bits. */
  readonly samples: number;
  /** Absent where its file is no version of the model. */
  readonly parameters: Parameters | undefined;
}

export interface Merge {
  /** Fresh tensors. */
  readonly parameters: Parameters;
  /** The cohorts whose versions it was made of. */
  readonly cohorts: readonly number[];
}

/** A merge under way: it keeps a sum, and no version. */
export interface Merging {
  /** Versions come in ascending order of cohorts. */
  add(version: CohortVersion): void;
  /** @throws {LearningError} `LEARNING_NO_UPDATES` when none is left */
  finish(): Merge;
}

/**
 * Opens the merge `w = (Σ nₖ·wₖ) / N`, N = Σ nₖ exactly, in ascending order of cohorts, every step rounded to binary32.
 *
 * Left out by everybody alike: a version that is none of this model, has no samples, or whose ‖w‖ overflows; so no product
 * and no sum does.
 *
 * @param model any parameters of the model: names and shapes count.
 * @see McMahan et al. 2017, algorithm 1, https://arxiv.org/abs/1602.05629
 */
export function openMerge(model: Parameters): Merging {
  const layout = layoutOf(model);
  const sum = new Float32Array(layout.size);
  const scratch = new Float32Array(layout.size);
  const cohorts: number[] = [];
  let [total, leftOut, last] = [0, 0, -1];
  const weightsOf = ({ samples, parameters }: CohortVersion): Float32Array | undefined => {
    if (samples === 0 || parameters === undefined || findMismatch(layout, parameters) !== undefined) return undefined;
    const weights = flatten(layout, parameters, scratch);
    return Number.isFinite(norm(weights)) ? weights : undefined;
  };
  return {
    add(version) {
      const { cohort, samples } = version;
      if (cohort <= last) throw new RangeError(`cohort ${cohort} comes after ${last}: versions go in ascending order`);
      last = cohort;
      const weights = weightsOf(version);
      if (weights === undefined) {
        leftOut++;
        return;
      }
      addScaled(sum, weights, samples);
      total += samples; // below 2^48: exact
      cohorts.push(cohort);
    },
    finish() {
      if (cohorts.length === 0) {
        throw new LearningError({ code: "LEARNING_NO_UPDATES", leftOut }, "no cohort's version can be merged");
      }
      divide(sum, total);
      return { parameters: unflatten(layout, sum), cohorts };
    },
  };
}
