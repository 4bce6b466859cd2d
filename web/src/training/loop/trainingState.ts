/** What the page shows of a tab that trains: its events, folded. Pure. */
import type { Phase } from "@cairn/trainer/protocol/contractEnums";
import type { Device, DeviceNotice } from "../worker/trainCalls.ts";
import type { Signing, TrainingEvent } from "./trainingEvent.ts";

/** Where in its round the tab is. */
export type Step =
  | "starting"
  | "waiting"
  | "fetching"
  | "training"
  | "keeping"
  | "publishing"
  | "signingCommit"
  | "committed"
  | "signingReveal"
  | "revealed"
  | "tooLate"
  | "openingMissing"
  | "stopped";

export interface LossPoint {
  readonly step: number;
  readonly loss: number;
}

export interface PastRound {
  readonly round: number;
  readonly outcome: "accepted" | "rejected" | "failed" | "none";
  readonly loss: number | undefined;
  /** Of training alone. Unit: seconds. */
  readonly seconds: number | undefined;
  readonly digest: string | undefined;
  readonly device: Device | undefined;
}

export interface Trained {
  readonly loss: number;
  /** Unit: seconds. */
  readonly seconds: number;
  readonly digest: string;
  readonly device: Device;
}

export interface TrainingState {
  readonly step: Step;
  /** 0 before the first. */
  readonly round: number;
  readonly phase: Phase | undefined;
  /** Of the phase. Unit: unix seconds. */
  readonly deadline: number;
  readonly localSteps: number;
  /** Of the round's training so far, and kept when it is done. */
  readonly curve: readonly LossPoint[];
  readonly trained: Trained | undefined;
  /** Why the processor took over from the graphics card. */
  readonly fellBack: DeviceNotice | undefined;
  /** Salt and update are on disk; the tab may be closed. */
  readonly isKept: boolean;
  readonly declined: Signing | undefined;
  readonly late: { readonly neededSeconds: number; readonly leftSeconds: number } | undefined;
  /** Newest first. */
  readonly past: readonly PastRound[];
  readonly problem: { readonly code: string; readonly message: string } | undefined;
  readonly isFinishing: boolean;
  readonly stopped: "finished" | "stopped" | "tasks done" | "left" | undefined;
}

export const INITIAL_STATE: TrainingState = {
  step: "starting",
  round: 0,
  phase: undefined,
  deadline: 0,
  localSteps: 0,
  curve: [],
  trained: undefined,
  fellBack: undefined,
  isKept: false,
  declined: undefined,
  late: undefined,
  past: [],
  problem: undefined,
  isFinishing: false,
  stopped: undefined,
};

/** Points of a curve that are kept; a longer one is thinned. */
const MAX_POINTS = 400;

/** Rounds that are listed. */
const MAX_PAST = 50;

export function reduceTraining(state: TrainingState, event: TrainingEvent): TrainingState {
  switch (event.type) {
    case "phase": {
      const { round, phase, deadline, committed, revealed } = event;
      if (round === state.round) return { ...state, phase, deadline, declined: undefined };
      const fresh = { curve: [], trained: undefined, isKept: committed, declined: undefined, late: undefined };
      const step = revealed ? "revealed" : committed ? "committed" : "waiting";
      return { ...state, ...fresh, round, phase, deadline, step };
    }
    case "waiting":
      return { ...state, step: "waiting" };
    case "fetching":
      return { ...state, step: "fetching", problem: undefined };
    case "training":
      return { ...state, step: "training", localSteps: event.localSteps, curve: [] };
    case "progress": {
      const { step, meanLoss } = event.progress;
      return { ...state, curve: thinned([...state.curve, { step, loss: meanLoss }]) };
    }
    case "fellBack":
      return { ...state, fellBack: event.notice, curve: [] };
    case "trained": {
      const { loss, seconds, digest, device } = event;
      return { ...state, step: "keeping", trained: { loss, seconds, digest, device } };
    }
    case "kept":
      return { ...state, step: "publishing", isKept: true };
    case "published":
      return { ...state, isKept: true };
    case "signing":
      return { ...state, step: event.what === "commit" ? "signingCommit" : "signingReveal", declined: undefined };
    case "declined":
      return { ...state, declined: event.what };
    case "committed":
      return { ...state, step: "committed", problem: undefined };
    case "revealed":
      return { ...state, step: "revealed", problem: undefined };
    case "tooLate":
      return { ...state, step: "tooLate", late: event };
    case "openingMissing":
      return { ...state, step: "openingMissing" };
    case "over":
      return concluded(state, event);
    case "problem":
      return { ...state, problem: event };
    case "recovered":
      return { ...state, problem: undefined };
    case "finishing":
      return { ...state, isFinishing: true };
    case "stopped":
      return { ...state, step: "stopped", stopped: event.reason };
    default:
      return event satisfies never;
  }
}

function concluded(state: TrainingState, event: Extract<TrainingEvent, { type: "over" }>): TrainingState {
  const { round, outcome } = event;
  const own = state.round === round ? state.trained : undefined;
  const nothing = { loss: undefined, seconds: undefined, digest: undefined, device: undefined };
  const entry: PastRound = { round, outcome, ...(own ?? nothing) };
  return { ...state, step: "waiting", past: [entry, ...state.past].slice(0, MAX_PAST) };
}

/** Every other point goes when there are too many; the last one stays. */
function thinned(points: readonly LossPoint[]): readonly LossPoint[] {
  if (points.length <= MAX_POINTS) return points;
  return points.filter((_, i) => i % 2 === 0 || i === points.length - 1);
}

/** Whether closing the tab now costs stake unless somebody comes back in time. */
export function owesReveal({ step, phase, stopped }: TrainingState): boolean {
  const isOpen = phase === "Commit" || phase === "Reveal";
  return isOpen && stopped === undefined && (step === "committed" || step === "signingReveal");
}

/** Whether the loop runs. */
export function isTraining({ stopped }: TrainingState): boolean {
  return stopped === undefined;
}
