/** The money, the people and the clock of a task: from an owner's choices to the contract's parameters. Pure. */

/** Whether updates are replayed or scored. Sealed tasks cannot be run yet. */
export const OFFERED_MODES = ["Replayable", "Private"] as const;
export type OfferedMode = (typeof OFFERED_MODES)[number];

/** What an owner may choose; everything has a default. Amounts in wei of CAIRN. */
export interface TaskTerms {
  /** @default "Replayable" */
  readonly mode?: OfferedMode;
  readonly rounds: number;
  readonly trainers: number;
  /** Trainers that must be there before a round opens. @default all */
  readonly minTrainers?: number;
  readonly committeeSize: number;
  /** @default more than half */
  readonly quorum?: number;
  readonly rewardPerUpdateWei: bigint;
  readonly rewardPerVerdictWei: bigint;
  /** @default 20 times the reward of an update, which is what the contract asks for */
  readonly minStakeWei?: bigint;
  /** @default a twentieth of the stake */
  readonly missedRevealSlashWei?: bigint;
  /** Longest time for each phase in which somebody must act. Unit: seconds. */
  readonly phaseSeconds: number;
  /** @default the shortest the deployment allows */
  readonly challengeSeconds?: number;
}

/** Bounds of the deployment, as `FLContract.limits` tells them. */
export interface ChainLimits {
  readonly minPhaseSeconds: number;
  readonly maxPhaseSeconds: number;
  readonly minChallengeSeconds: number;
  readonly minSeedDelayBlocks: number;
  readonly maxCommitteeSize: number;
  readonly minCommitteeSize: number;
  readonly minQuorum: number;
  /** Shortest phase in which a committee has to act. Unit: seconds. */
  readonly minAuditSeconds: number;
  /** The stake that a seat stands for. Unit: wei. */
  readonly seatStakeWei: bigint;
  /** Usual time between two blocks. Unit: seconds. */
  readonly blockSeconds: number;
}

/** What the money of one task is, for people and for `TaskParameters`. */
export interface TaskParametersTerms {
  readonly rounds: number;
  readonly minTrainers: number;
  readonly maxTrainers: number;
  readonly committeeSize: number;
  readonly quorum: number;
  readonly rewardPerUpdateWei: bigint;
  readonly rewardPerVerdictWei: bigint;
  readonly minStakeWei: bigint;
  readonly missedRevealSlashWei: bigint;
  /** Reputation that a trainer needs to join. Unit: 10^-9. */
  readonly minReputationNano: number;
  readonly seedDelayBlocks: number;
  readonly commitSeconds: number;
  readonly revealSeconds: number;
  readonly drawSeconds: number;
  readonly auditCommitSeconds: number;
  readonly auditRevealSeconds: number;
  readonly aggregateSeconds: number;
  readonly challengeSeconds: number;
}

const ONE_CAIRN = 10n ** 18n;

export const DEFAULT_TERMS = {
  rounds: 10,
  trainers: 4,
  committeeSize: 3,
  rewardPerUpdateWei: ONE_CAIRN,
  rewardPerVerdictWei: ONE_CAIRN / 2n,
  phaseSeconds: 300,
} as const satisfies TaskTerms;

/** Of the reward of one update. The contract asks for as much, so that lying once in ten audits never pays. */
const STAKE_PER_REWARD = 20n;

/** Source: TaskRules.MIN_DRAW_DELAYS: the seed's block can move once, and the draw still be made. Unit: seed delays. */
const DRAW_DELAYS = 4;

/** Source: Faults.SILENCE_DIVISOR. A verdict pays at least what a seat's silence costs: one in so many parts of its stake. */
const SILENCE_DIVISOR = 200n;

/** Source: TaskRules.BOTH_COMMITTEES. Seats of a round's two committees. Unit: committee sizes. */
const BOTH_COMMITTEES = 3n;

/** @returns the contract's parameters; phases, committee and a verdict's reward are brought into the deployment's bounds. */
export function taskParameters(terms: TaskTerms, limits: ChainLimits): TaskParametersTerms {
  const phase = Math.min(Math.max(terms.phaseSeconds, limits.minPhaseSeconds), limits.maxPhaseSeconds);
  const auditPhase = Math.max(phase, limits.minAuditSeconds);
  const committeeSize = Math.min(Math.max(terms.committeeSize, limits.minCommitteeSize), limits.maxCommitteeSize);
  const silenceWei = limits.seatStakeWei / SILENCE_DIVISOR;
  const reward = terms.rewardPerUpdateWei;
  const minStakeWei = terms.minStakeWei ?? (reward === 0n ? ONE_CAIRN : reward * STAKE_PER_REWARD);
  return {
    rounds: terms.rounds,
    minTrainers: terms.minTrainers ?? terms.trainers,
    maxTrainers: terms.trainers,
    committeeSize,
    quorum: Math.max(terms.quorum ?? Math.floor(committeeSize / 2) + 1, limits.minQuorum),
    rewardPerUpdateWei: reward,
    rewardPerVerdictWei: terms.rewardPerVerdictWei > silenceWei ? terms.rewardPerVerdictWei : silenceWei,
    minStakeWei,
    missedRevealSlashWei: terms.missedRevealSlashWei ?? minStakeWei / 20n,
    minReputationNano: 0,
    seedDelayBlocks: limits.minSeedDelayBlocks,
    commitSeconds: phase,
    revealSeconds: phase,
    drawSeconds: Math.max(phase, DRAW_DELAYS * limits.minSeedDelayBlocks * limits.blockSeconds),
    auditCommitSeconds: auditPhase,
    auditRevealSeconds: auditPhase,
    aggregateSeconds: auditPhase,
    challengeSeconds: Math.max(terms.challengeSeconds ?? limits.minChallengeSeconds, limits.minChallengeSeconds),
  };
}

/** @returns what the task can cost at most, which is what it escrows: `TaskRules.budget`. */
export function escrowOf(p: TaskParametersTerms): bigint {
  const updates = BigInt(p.maxTrainers) * p.rewardPerUpdateWei;
  return BigInt(p.rounds) * (updates + BOTH_COMMITTEES * BigInt(p.committeeSize) * p.rewardPerVerdictWei);
}
