/** Judges two results of one training, and puts them into words. Pure. */
import type { Goal } from "./tasks.ts";
import type { Outcome } from "./training.ts";

/** Outcomes of one task, one a seed. */
export interface Comparison {
  readonly goal: Goal;
  readonly ours: readonly Outcome[];
  /** Empty where there is neither PyTorch nor a committed figure. */
  readonly torch: readonly Outcome[];
}

export interface Judgement {
  /** `undefined` when there is nothing to compare with. */
  readonly isMet: boolean | undefined;
  readonly sentence: string;
}

/** @returns the mean over the seeds. */
export function meanOf(outcomes: readonly Outcome[]): Outcome {
  const mean = (of: (outcome: Outcome) => number): number =>
    outcomes.reduce((sum, outcome) => sum + of(outcome), 0) / outcomes.length;
  return { accuracy: mean(({ accuracy }) => accuracy), loss: mean(({ loss }) => loss) };
}

/** @returns whether the goal is met by the means over the seeds. */
export function judge({ goal, ours, torch }: Comparison): Judgement {
  const mine = meanOf(ours);
  if (goal.kind === "accuracyAtLeast") {
    const sentence = `the goal is an accuracy of at least ${percent(goal.share)}`;
    return { isMet: mine.accuracy >= goal.share, sentence };
  }
  if (torch.length === 0) return { isMet: undefined, sentence: "there is nothing to compare with" };
  const other = meanOf(torch);
  if (goal.kind === "accuracyWithin") {
    const difference = Math.abs(mine.accuracy - other.accuracy);
    const sentence = `they differ by ${points(difference)}, the goal is at most ${points(goal.share)}`;
    return { isMet: difference <= goal.share + 1e-12, sentence };
  }
  const difference = Math.abs(mine.loss / other.loss - 1);
  const sentence = `they differ by ${percent(difference)}, the goal is at most ${percent(goal.share)}`;
  return { isMet: difference <= goal.share, sentence };
}

/** @returns for example `accuracy 98.40 %, loss 0.0512`; with the seeds' own where there are several. */
export function describeOutcomes(outcomes: readonly Outcome[]): string {
  const { accuracy, loss } = meanOf(outcomes);
  const each = outcomes.length > 1 ? ` (${outcomes.map((one) => percent(one.accuracy)).join(", ")})` : "";
  return `accuracy ${percent(accuracy)}${each}, loss ${loss.toFixed(4)}`;
}

/** Of a table in Markdown. */
export const ROW_HEAD = ["| training | ours | PyTorch | |", "| --- | --- | --- | --- |"];

/** @returns one row below {@link ROW_HEAD}. */
export function renderRow(title: string, comparison: Comparison): string {
  const { isMet, sentence } = judge(comparison);
  const torch = comparison.torch.length === 0 ? "–" : describeOutcomes(comparison.torch);
  const mark = isMet === undefined ? "" : isMet ? "✔ " : "✖ ";
  return `| ${title} | ${describeOutcomes(comparison.ours)} | ${torch} | ${mark}${sentence} |`;
}

function percent(share: number): string {
  return `${(100 * share).toFixed(2)} %`;
}

function points(share: number): string {
  return `${(100 * share).toFixed(2)} points`;
}
