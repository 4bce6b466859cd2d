/** When a training says how far it is, and lets messages in. Pure: clock and pause are handed in. */
import type { StepProgress } from "@cairn/trainer/learning/localTraining";
import type { TrainProgress } from "./trainCalls.ts";

/** Resolves once messages that wait have been heard. */
export type Yield = () => Promise<void>;

/** Often enough for a curve that moves and a stop that is heard; seldom enough to cost nothing. Unit: milliseconds. */
const REPORT_MS = 100;

/** Reports of one run, however short: a curve needs points. */
const LEAST_REPORTS = 50;

export interface PacerTools {
  readonly nowMs: () => number;
  readonly yieldToMessages: Yield;
}

/**
 * @param steps of the whole run.
 * @returns what `trainLocally` calls after every step.
 */
export function createPacer(
  { nowMs, yieldToMessages }: PacerTools,
  report: (progress: TrainProgress) => void,
  steps = Number.POSITIVE_INFINITY,
): (progress: StepProgress) => void | Promise<void> {
  const stride = Math.ceil(steps / LEAST_REPORTS);
  let lastMs = nowMs();
  let lossSum = 0;
  let count = 0;
  return ({ step, loss }) => {
    lossSum += loss;
    count++;
    const isDue = nowMs() - lastMs >= REPORT_MS;
    if (!isDue && step % stride !== 0) return undefined;
    report({ step, loss, meanLoss: lossSum / count });
    lossSum = 0;
    count = 0;
    if (!isDue) return undefined;
    lastMs = nowMs();
    return yieldToMessages();
  };
}
