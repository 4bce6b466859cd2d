/** Rounds as rows: for CSV, for TensorBoard and for a line in a terminal. Pure. */
import type { RoundRecord } from "../../simulation/simulate.ts";

/** Numbers of a round by name; `null` where there is none. */
export function numbersOf(record: RoundRecord): Readonly<Record<string, number | null>> {
  const { evaluation, elapsed, leftOut } = record;
  return {
    accuracy: evaluation?.accuracy ?? null,
    loss: evaluation?.loss ?? null,
    backdoorSuccess: evaluation?.backdoorSuccess ?? null,
    trainingLoss: record.trainingLoss,
    medianNorm: record.medianNorm,
    drawn: record.drawn,
    arrived: record.arrived,
    droppedOut: record.droppedOut,
    late: record.late,
    diverged: record.diverged,
    leftOut: Object.values(leftOut).reduce((sum, count) => sum + count, 0),
    sentBytes: record.sentBytes,
    receivedBytes: record.receivedBytes,
    modelledSeconds: record.modelledSeconds ?? null,
    trainingMs: elapsed.trainingMs,
    aggregationMs: elapsed.aggregationMs,
    evaluationMs: elapsed.evaluationMs,
  };
}

/** @returns CSV with a header (RFC 4180): one line a round, empty where there is no number. */
export function toCsv(records: readonly RoundRecord[]): string {
  const [first] = records;
  const names = first === undefined ? [] : Object.keys(numbersOf(first));
  const lines = records.map((record) => {
    const numbers = Object.values(numbersOf(record)).map((value) => value ?? "");
    return [record.round, ...numbers, record.failed ?? "", record.weightsDigest].join(",");
  });
  return `${[["round", ...names, "failed", "weightsDigest"].join(","), ...lines].join("\r\n")}\r\n`;
}

const TAGS: Readonly<Record<string, string>> = {
  accuracy: "test/accuracy",
  loss: "test/loss",
  backdoorSuccess: "test/backdoor_success",
  trainingLoss: "train/loss",
  medianNorm: "updates/median_norm",
  arrived: "updates/arrived",
  leftOut: "updates/left_out",
  sentBytes: "network/sent_bytes",
  modelledSeconds: "network/round_seconds",
};

/** @returns the curves' points of a round by tag. */
export function scalarsOf(record: RoundRecord): Readonly<Record<string, number>> {
  const scalars: Record<string, number> = {};
  for (const [name, value] of Object.entries(numbersOf(record))) {
    const tag = TAGS[name];
    if (tag !== undefined && value !== null) scalars[tag] = value;
  }
  return scalars;
}

/** `round 3 of 40   accuracy 87.25 %   loss 0.4312   20 of 20 arrived`. */
export function roundLine(record: RoundRecord, rounds: number): string {
  const { evaluation, arrived, drawn, failed } = record;
  const parts = [`round ${record.round} of ${rounds}`];
  if (evaluation?.accuracy !== undefined) parts.push(`accuracy ${(100 * evaluation.accuracy).toFixed(2)} %`);
  if (evaluation !== undefined) parts.push(`loss ${evaluation.loss?.toFixed(4) ?? "no number"}`);
  if (evaluation?.backdoorSuccess !== undefined) {
    parts.push(`backdoor ${(100 * evaluation.backdoorSuccess).toFixed(1)} %`);
  }
  parts.push(`${arrived} of ${drawn} arrived`);
  if (failed !== undefined) parts.push(`failed: ${failed}`);
  return parts.join("   ");
}
