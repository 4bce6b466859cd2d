/**
 * Scores updates that nobody can replay: is each well formed, of bounded size, and does it help on public records?
 *
 * All arithmetic that decides is canonical, so honest auditors agree. A score never costs stake; it decides what is
 * aggregated and paid.
 */
import type { Executor } from "../engine/executor.ts";
import type { Parameters } from "../engine/tensor.ts";
import { flatten, layoutOf, unflatten } from "../learning/aggregation/layout.ts";
import { difference, norm } from "../learning/aggregation/vectors.ts";
import { contributions } from "../learning/contribution.ts";
import type { Records } from "../learning/records.ts";
import { weightedMean } from "../learning/weightedMean.ts";
import { lossOf } from "./publicLoss.ts";

/** An update longer than so many times the median of the round is not counted: one trainer must not outweigh the others. */
const MAX_NORM_RATIO = 4;

/**
 * How much worse than not at all an update may make the next version, as a share of the base's loss: near the end of
 * training an honest update's gain is lost in noise, and whoever trained should not lose its pay to that.
 */
const TOLERANCE = 0.005;

export interface ScoringJob {
  readonly executor: Executor;
  readonly base: Parameters;
  /** Of the base's names and shapes, all finite. */
  readonly updates: readonly Parameters[];
  /** Records that nobody trains on. */
  readonly validation: Records;
  /** 32 bytes, unknown when the updates were committed to. */
  readonly seed: Uint8Array;
  /** Told between parts of an evaluation; a promise gives the event loop its turn, a throw ends it. */
  readonly onPart: () => void | Promise<void>;
}

export interface Score {
  readonly isAccepted: boolean;
  /** Why not: its size, numbers that overflow, or no gain. */
  readonly reason?: "norm" | "notFinite" | "noGain";
  /** How much the mean of all updates loses without it. Unit: that of the loss. 0 where it was not counted. */
  readonly worth: number;
}

/**
 * The value of a set of updates is the loss of their plain mean on `validation`, negated: how many records a trainer says
 * it has, nobody can check, so all count alike.
 *
 * Cost: 2n + 2 evaluations up to ten updates, more above (`contributions`).
 */
export async function scoreUpdates(job: ScoringJob): Promise<readonly Score[]> {
  const { base, updates, seed } = job;
  const layout = layoutOf(base);
  const origin = flatten(layout, base);
  const values = updates.map((update) => flatten(layout, update));
  const norms = values.map((update) => norm(difference(update, origin)));
  const limit = MAX_NORM_RATIO * medianOf(norms);
  const reasons: (Score["reason"] | undefined)[] = norms.map((size) => (size > limit ? "norm" : undefined));
  const baseLoss = await lossOf(job, base);
  for (const [i, update] of updates.entries()) {
    if (reasons[i] === undefined && !Number.isFinite(await lossOf(job, update))) reasons[i] = "notFinite";
  }
  const counted = updates.map((_, i) => i).filter((i) => reasons[i] === undefined);
  const worthOfSubset = async (subset: readonly number[]): Promise<number> => {
    if (subset.length === 0) return -baseLoss;
    const chosen = subset.map((at) => ({ values: values[counted[at]!]!, weight: 1 }));
    return -(await lossOf(job, unflatten(layout, weightedMean(chosen))));
  };
  const { worth } = await contributions(counted.length, worthOfSubset, { seed });
  const worthOf = new Map(counted.map((i, at) => [i, worth[at]!]));
  return updates.map((_, i) => {
    const own = worthOf.get(i);
    if (own === undefined) return { isAccepted: false, reason: reasons[i]!, worth: 0 };
    return own >= -TOLERANCE * baseLoss
      ? { isAccepted: true, worth: own }
      : { isAccepted: false, reason: "noGain", worth: own };
  });
}

/** The lower of the two in the middle, where there are two. */
function medianOf(numbers: readonly number[]): number {
  return numbers.toSorted((left, right) => left - right)[Math.floor((numbers.length - 1) / 2)] ?? 0;
}
