/** What the trainers of a simulation's last round were worth, and who repeated whom. */
import { repeats } from "../../audit/similarity.ts";
import type { Executor } from "../../engine/executor.ts";
import type { Parameters } from "../../engine/tensor.ts";
import { layoutOf, unflatten } from "../../learning/aggregation/layout.ts";
import { type Contribution, contributions } from "../../learning/contribution.ts";
import { evaluate } from "../../learning/evaluate.ts";
import type { Records } from "../../learning/records.ts";
import { weightedMean } from "../../learning/weightedMean.ts";
import type { SentUpdate } from "../../simulation/world.ts";

export interface ContributionReport extends Pick<Contribution, "method"> {
  readonly metric: string;
  readonly trainers: readonly { readonly number: number; readonly isBad: boolean; readonly worth: number }[];
  /** By trainer: the one whose update it nearly repeats, the first by number. */
  readonly copies: Readonly<Record<number, number>>;
}

export interface WorthInput {
  readonly executor: Executor;
  readonly validation: Records;
  /** The round's weights at its beginning. */
  readonly base: Parameters;
  /** Their `values` are the holder's own. */
  readonly updates: readonly SentUpdate[];
  readonly seed: Uint8Array;
}

/** A subset is worth what its mean by samples scores: the rule of the plan would need its state for every subset. */
export async function worthOf(input: WorthInput): Promise<ContributionReport> {
  const { executor, validation, base, updates, seed } = input;
  const layout = layoutOf(base);
  const score = (parameters: Parameters): number => {
    executor.loadParameters(parameters);
    const { accuracy, loss } = evaluate(executor, validation);
    return accuracy ?? -loss;
  };
  const value = (subset: readonly number[]): number => {
    if (subset.length === 0) return score(base);
    const chosen = subset.map((i) => ({ values: updates[i]!.values, weight: updates[i]!.sampleCount }));
    return score(unflatten(layout, weightedMean(chosen)));
  };
  const { worth, method } = await contributions(updates.length, value, { seed });
  const metric = validation.classes > 0 ? "share of right answers on the test split" : "loss, negated";
  const trainers = updates.map(({ number, isBad }, i) => ({ number, isBad, worth: worth[i]! }));
  return { method, metric, trainers, copies: copiesAmong(updates, base) };
}

function copiesAmong(updates: readonly SentUpdate[], base: Parameters): Record<number, number> {
  const layout = layoutOf(base);
  const all = updates.map(({ values }) => unflatten(layout, values));
  const copies: Record<number, number> = {};
  for (let later = 1; later < all.length; later++) {
    const first = all.findIndex((earlier, i) => i < later && repeats(all[later]!, earlier, base));
    if (first >= 0) copies[updates[later]!.number] = updates[first]!.number;
  }
  return copies;
}
