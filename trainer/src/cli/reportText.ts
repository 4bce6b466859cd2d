/** A round's report, for people and for `--json`. Pure. */
import { counted } from "../protocol/counted.ts";
import type { ReportedTrainer, RoundReport } from "../protocol/roundReport.ts";
import type { Paint } from "./output.ts";
import type { ShownReport } from "./roundReports.ts";
import { shortHex, table } from "./table.ts";

const REFUSALS: Readonly<Record<NonNullable<ReportedTrainer["refusal"]>, string>> = {
  notOpened: "never opened",
  missing: "not to be had",
  malformed: "no update of this task",
  duplicate: "a duplicate",
  disputed: "struck by a dispute",
  noQuorum: "refused",
};

const METHODS = { leaveOneOut: "leave-one-out", sampledShapley: "sampled Shapley values" } as const;

/** @param most rows that are shown; the best and the worst are always among them. @default all */
export function reportText(
  { taskId, round, filed, report, problem }: ShownReport,
  paint: Paint,
  most?: number,
): string {
  const [agreed, ...others] = filed;
  const contradicted = others.reduce((sum, { auditors }) => sum + auditors.length, 0);
  const who = `filed by ${counted(agreed!.auditors.length, "auditor")}`;
  const objection = contradicted === 0 ? "" : paint("yellow", `, ${contradicted} filed another one`);
  const head = `${paint("bold", `task ${taskId}, round ${round}`)}: ${who}${objection}`;
  if (report === undefined) return `${head}; it can't be shown (${problem!.code}: ${problem!.message})`;
  const { method, records } = report.contribution;
  const title = `${head}; how much lower the loss on ${counted(records, "test record")} is with each, by ${METHODS[method]}`;
  return `${title}\n${contributionTable(report, paint, most)}`;
}

function contributionTable({ trainers }: RoundReport, paint: Paint, most = trainers.length): string {
  const addressOf = new Map(trainers.map(({ index, trainer }) => [index, trainer]));
  const ranked = trainers.toSorted((a, b) => (b.contribution ?? -Infinity) - (a.contribution ?? -Infinity));
  const left = Math.max(0, ranked.length - most);
  const best = Math.ceil(most / 2);
  const shown = left === 0 ? ranked : [...ranked.slice(0, best), ...ranked.slice(best + left)];
  const rows = shown.map(({ trainer, refusal, contribution, repeats }) => [
    shortHex(trainer),
    refusal === null ? "accepted" : paint("red", REFUSALS[refusal]),
    contribution === null ? "—" : signed(contribution),
    repeats === null
      ? ""
      : paint("yellow", `repeats ${shortHex(addressOf.get(repeats.index)!)} (cosine ${repeats.cosine.toFixed(4)})`),
  ]);
  const text = table(["TRAINER", "UPDATE", "CONTRIBUTION", "COPY"], rows, paint);
  return left === 0 ? text : `${text}\n${left} in between left out: cairn task show lists all`;
}

function signed(value: number): string {
  return `${value < 0 ? "−" : "+"}${Math.abs(value).toPrecision(3)}`;
}

export function reportData(shown: ShownReport | undefined): object | null {
  if (shown === undefined) return null;
  const { round, filed, report, problem } = shown;
  return { round, filed, document: report ?? null, problem: problem ?? null };
}
