/** A round's way through its phases, as a strip shows it. Pure. */

import type { Phase } from "@cairn/trainer/protocol/contractEnums";
import type { Round, TaskTerms } from "../../index/types.ts";

/** In the order in which a round goes through them; a redraw goes back to `Draw`. */
export const STEPS = [
  "Commit",
  "Reveal",
  "Draw",
  "AuditCommit",
  "AuditReveal",
  "Aggregate",
  "Challenge",
  "Final",
] as const satisfies readonly Phase[];

export type StepName = (typeof STEPS)[number];

export interface Step {
  readonly name: StepName;
  readonly state: "done" | "current" | "ahead" | "broken";
}

/** @returns one step a phase. In a failed round the step at which it broke is `broken`, and nothing is current. */
export function stepsOf({ phase, phases }: Pick<Round, "phase" | "phases">): readonly Step[] {
  const isFailed = phase === "Failed";
  const reached = isFailed ? (phases.findLast((entry) => entry.phase !== "Failed")?.phase ?? "Commit") : phase;
  const at = (STEPS as readonly Phase[]).indexOf(reached);
  return STEPS.map((name, i) => ({ name, state: stateOf(i, at, phase) }));
}

function stateOf(index: number, at: number, phase: Phase): Step["state"] {
  if (phase === "Final" || index < at) return "done";
  if (index > at) return "ahead";
  return phase === "Failed" ? "broken" : "current";
}

/** How long a phase may last. Unit: seconds; 0 for those that last for ever. */
export function phaseSeconds(phase: Phase, terms: TaskTerms): number {
  switch (phase) {
    case "Commit":
      return terms.commitSeconds;
    case "Reveal":
      return terms.revealSeconds;
    case "Draw":
      return terms.drawSeconds;
    case "AuditCommit":
      return terms.auditCommitSeconds;
    case "AuditReveal":
      return terms.auditRevealSeconds;
    case "Aggregate":
      return terms.aggregateSeconds;
    case "Challenge":
      return terms.challengeSeconds;
    case "None":
    case "Final":
    case "Failed":
      return 0;
    default:
      return phase satisfies never;
  }
}

/** How much of the phase's time is over. Range: 0…1. @param now Unit: unix seconds of the chain. */
export function phaseProgress(round: Pick<Round, "phase" | "deadline">, terms: TaskTerms, now: number): number {
  const whole = phaseSeconds(round.phase, terms);
  if (whole === 0 || now === 0) return 0;
  return Math.min(1, Math.max(0, 1 - (round.deadline - now) / whole));
}
