/** The contracts' enums that nodes, commands and pages read by number. Pure. */

/** Order of `enum Phase` in the contract. */
export const PHASES = [
  "None",
  "Commit",
  "Reveal",
  "Draw",
  "AuditCommit",
  "AuditReveal",
  "Aggregate",
  "Challenge",
  "Final",
  "Failed",
] as const;

export type Phase = (typeof PHASES)[number];

/** Order of `enum TaskMode` in the contract. */
export const TASK_MODES = ["None", "Replayable", "Private", "Sealed"] as const;

export type TaskMode = (typeof TASK_MODES)[number];

/** Order of `enum FailureReason` in the contract. */
export const FAILURE_REASONS = [
  "None",
  "NoCommitments",
  "NoReveals",
  "NotDrawn",
  "NoQuorum",
  "NothingAccepted",
  "NoAggregate",
  "Disputed",
] as const;

export type FailureReason = (typeof FAILURE_REASONS)[number];
