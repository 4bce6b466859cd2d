/**
 * What a round's trainers were worth, and which updates repeat an earlier one: the figures of a round's report. Pure, and
 * canonical, so that all auditors get the same to the last bit.
 *
 * A set of updates is worth the loss of its plain mean on the task's test records, negated: the plan's own rule would need
 * its state for every set.
 */
import type { Executor } from "../engine/executor.ts";
import type { Parameters } from "../engine/tensor.ts";
import { flatten, layoutOf, unflatten } from "../learning/aggregation/layout.ts";
import { type Contribution, contributions, LEAVE_ONE_OUT_MOST } from "../learning/contribution.ts";
import type { Records } from "../learning/records.ts";
import { weightedMean } from "../learning/weightedMean.ts";
import { lossOf } from "./publicLoss.ts";
import { likeness } from "./similarity.ts";

/** Orders in which trainers join, above ten. Part of the definition: readers recompute with it. */
const PERMUTATIONS = 8;

export interface JudgedUpdate {
  /** Ascending. */
  readonly index: number;
  readonly parameters: Parameters;
  /** What it counts in a mean, above 0: its records, or 1 where nobody can count them. */
  readonly weight: number;
  readonly isAccepted: boolean;
}

export interface WorthJob {
  readonly executor: Executor;
  readonly base: Parameters;
  /** Those of the round that are there, of the base's names and shapes. At least one is accepted. */
  readonly updates: readonly JudgedUpdate[];
  readonly validation: Records;
  /** 32 bytes, unknown when the updates were committed to. */
  readonly seed: Uint8Array;
  /** As `PublicRecords.onPart`. */
  readonly onPart: () => void | Promise<void>;
  /** Told after each version that was valued, of so many at most; a throw ends it. */
  readonly onValued?: (valued: number, most: number) => void;
}

export interface RoundWorth extends Pick<Contribution, "method"> {
  /** By index; not finite where it can't be measured. Unit: that of the loss. */
  readonly worth: ReadonlyMap<number, number>;
  readonly baseLoss: number;
  /** Of the mean of the accepted updates. */
  readonly meanLoss: number;
}

/** Cost: accepted + refused + 2 evaluations up to ten accepted updates, 8 × accepted + refused + 2 above, at most. */
export async function roundWorth(job: WorthJob): Promise<RoundWorth> {
  const { base, updates, seed } = job;
  const layout = layoutOf(base);
  const weighed = updates.map((update) => ({ ...update, values: flatten(layout, update.parameters) }));
  const accepted = weighed.filter(({ isAccepted }) => isAccepted);
  const most = versionsValued(accepted.length, updates.length - accepted.length);
  let valued = 0;
  const loss = async (parameters: Parameters): Promise<number> => {
    const value = await lossOf(job, parameters);
    job.onValued?.(++valued, most);
    return value;
  };
  const lossOfMean = (chosen: typeof weighed) => loss(unflatten(layout, weightedMean(chosen)));
  const [baseLoss, meanLoss] = [await loss(base), await lossOfMean(accepted)];
  const value = async (subset: readonly number[]): Promise<number> => {
    if (subset.length === 0) return -baseLoss;
    if (subset.length === accepted.length) return -meanLoss;
    return -(await lossOfMean(subset.map((at) => accepted[at]!)));
  };
  const found = await contributions(accepted.length, value, { seed, permutations: PERMUTATIONS });
  const worth = new Map(accepted.map(({ index }, at) => [index, found.worth[at]!]));
  for (const update of weighed) {
    if (!update.isAccepted) worth.set(update.index, meanLoss - (await lossOfMean([...accepted, update])));
  }
  return { worth, method: found.method, baseLoss, meanLoss };
}

function versionsValued(accepted: number, refused: number): number {
  const subsets = accepted <= LEAVE_ONE_OUT_MOST ? accepted : PERMUTATIONS * (accepted - 1);
  return 2 + subsets + refused;
}

export interface RepeatSearch {
  readonly base: Parameters;
  /** In the order in which they were committed. */
  readonly updates: readonly { readonly index: number; readonly parameters: Parameters }[];
  /** Whether an update can repeat another at all: what replays is its trainer's own work. */
  readonly isSuspect: (index: number) => boolean;
  readonly onPart: () => void | Promise<void>;
}

export interface Repeated {
  /** Of the first that it repeats. */
  readonly index: number;
  readonly cosine: number;
}

/** @returns by index: the earliest update that it nearly repeats. Cost: three multiplications a parameter and pair. */
export async function findRepeats({ base, updates, isSuspect, onPart }: RepeatSearch): Promise<Map<number, Repeated>> {
  const found = new Map<number, Repeated>();
  for (const [place, update] of updates.entries()) {
    if (!isSuspect(update.index)) continue;
    for (const earlier of updates.slice(0, place)) {
      const { isRepeated, cosine } = likeness(update.parameters, earlier.parameters, base);
      await onPart();
      if (!isRepeated) continue;
      found.set(update.index, { index: earlier.index, cosine });
      break;
    }
  }
  return found;
}
