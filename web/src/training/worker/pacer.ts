/** When a training says how far it is, and lets messages in. Pure: clock and pause are handed in. */
import type { StepProgress } from "@cairn/trainer/learning/localTraining";
import type { TrainProgress } from "./trainCalls.ts";

/** Resolves once messages that wait have been heard. */
export type Yield = () => Promise<void>;

/** Often enough for a curve that moves and a stop that is heard; seldom enough to cost nothing. Unit: milliseconds. */
const REPORT_MS = 100;

export interface PacerTools {
  readonly nowMs: () => number;
  readonly yieldToMessages: Yield;
}

/** @returns what `trainLocally` calls after every step. */
export function createPacer(
  { nowMs, yieldToMessages }: PacerTools,
  report: (progress: TrainProgress) => void,
): (progress: StepProgress) => void | Promise<void> {
  let lastMs = nowMs();
  let lossSum = 0;
  let steps = 0;
  return ({ step, loss }) => {
    lossSum += loss;
    steps++;
    if (nowMs() - lastMs < REPORT_MS) return undefined;
    report({ step, loss, meanLoss: lossSum / steps });
    lossSum = 0;
    steps = 0;
    lastMs = nowMs();
    return yieldToMessages();
  };
}
