/** What is known of a training while it runs: fed by what happens, read by whatever shows it. Reads no clock. */
import type { Evaluation } from "../../learning/evaluate.ts";
import type { SoloProgress } from "../../learning/soloTraining.ts";
import type { Point } from "./curve.ts";
import { createLossHistory } from "./lossHistory.ts";

/** What does not change during a run. */
export interface TrainFacts {
  readonly data: string;
  readonly architecture: string;
  readonly optimiser: string;
  readonly parameterCount: number;
  readonly batchSize: number;
  /** Which executor, with what; for example `native AVX2, 2 threads`. */
  readonly engine: string;
  readonly steps: number;
  readonly epochSteps: number;
  /** Step that the run began or goes on from. */
  readonly from: number;
  readonly patience: number | undefined;
  /** Whether records have classes, so that there is an accuracy. */
  readonly hasAccuracy: boolean;
  /** The learning rate of the step after `step` others. */
  readonly learningRateAt: (step: number) => number;
}

export interface TrainState {
  readonly facts: TrainFacts;
  readonly step: number;
  readonly losses: readonly Point[];
  /** Mean over the steps since the last report, or the latest one. */
  readonly loss: number | undefined;
  readonly validationLosses: readonly Point[];
  readonly accuracies: readonly Point[];
  readonly progress: SoloProgress;
  readonly samplesPerSecond: number | undefined;
  readonly secondsLeft: number | undefined;
  readonly savedStep: number | undefined;
  /** How much of an evaluation is done, while there is one. */
  readonly evaluatedShare: number | undefined;
}

/** What happened, and when. Unit of `nowMs`: milliseconds. */
export interface TrainTracker {
  stepped(step: number, loss: number, nowMs: number): void;
  evaluating(share: number): void;
  evaluated(step: number, evaluation: Evaluation, progress: SoloProgress, nowMs: number): void;
  saved(step: number, nowMs: number): void;
  state(): TrainState;
}

/** The speed that is shown is that of about so long. Unit: milliseconds. */
const SPEED_MEMORY_MS = 3_000;
/** Weight of the newest step in the loss that is shown: batches are noisy. */
const LOSS_WEIGHT = 0.1;

export function createTrainTracker(facts: TrainFacts, startMs: number): TrainTracker {
  const history = createLossHistory();
  const validationLosses: Point[] = [];
  const accuracies: Point[] = [];
  let step = facts.from;
  let loss: number | undefined;
  let progress: SoloProgress = { best: undefined, waited: 0, evaluatedStep: 0 };
  let savedStep: number | undefined;
  let evaluatedShare: number | undefined;
  /** Steps and the milliseconds that they took, both fading. */
  const recent = { steps: 0, ms: 0 };
  let othersMs = 0;
  let lastMs = startMs;
  /** Evaluations and checkpoints take their time too, but a speed of training is one of steps. */
  const passOther = (nowMs: number): void => {
    othersMs += nowMs - lastMs;
    lastMs = nowMs;
  };
  return {
    stepped(done, newLoss, nowMs) {
      const tookMs = nowMs - lastMs;
      lastMs = nowMs;
      const kept = Math.exp(-tookMs / SPEED_MEMORY_MS);
      recent.steps = recent.steps * kept + 1;
      recent.ms = recent.ms * kept + tookMs;
      loss = loss === undefined ? newLoss : loss + LOSS_WEIGHT * (newLoss - loss);
      step = done;
      history.add(done, newLoss);
    },
    evaluating(share) {
      evaluatedShare = share;
    },
    evaluated(at, evaluation, now, nowMs) {
      evaluatedShare = undefined;
      passOther(nowMs);
      progress = now;
      validationLosses.push({ x: at, y: evaluation.loss });
      if (evaluation.accuracy !== undefined) accuracies.push({ x: at, y: evaluation.accuracy });
    },
    saved(at, nowMs) {
      passOther(nowMs);
      savedStep = at;
    },
    state() {
      const taken = step - facts.from;
      const stepMs = recent.ms / recent.steps;
      const perStepMs = stepMs + othersMs / taken;
      const known = taken > 0 && stepMs > 0;
      return {
        facts,
        step,
        loss,
        losses: history.points(),
        validationLosses,
        accuracies,
        progress,
        savedStep,
        evaluatedShare,
        samplesPerSecond: known ? (1_000 * facts.batchSize) / stepMs : undefined,
        secondsLeft: known ? ((facts.steps - step) * perStepMs) / 1_000 : undefined,
      };
    },
  };
}
