/** What a node has to do now. Pure: the same view of the chain gives the same duty, so a restart changes nothing. */
import type { DutyView, RoundView } from "../chain/task.ts";
import type { Phase } from "../protocol/contractEnums.ts";
import type { Role } from "./nodeEvent.ts";

/** The part of the chain's state that decides. */
export interface Situation {
  readonly task: {
    readonly enrolled: number;
    readonly minTrainers: number;
    readonly rounds: number;
    /** Last round that opened; 0: none yet. */
    readonly round: number;
    readonly closed: boolean;
  };
  /** Absent before the first round. */
  readonly round:
    | (Pick<RoundView, "deadline" | "seedTargetBlock" | "snapshotEpoch"> & { readonly phase: Phase })
    | undefined;
  readonly duty: Pick<
    DutyView,
    "mayCommit" | "committed" | "revealed" | "seated" | "verdictCommitted" | "verdictRevealed" | "attested"
  >;
  /** Unit: unix seconds, of the chain's clock. */
  readonly nowSeconds: number;
  readonly headBlock: bigint;
  readonly epoch: bigint;
  /** Whether the stake that counts is enough for a committee, or won't become so by waiting. */
  readonly auditable: boolean;
  /** The model waits for a merge with other cohorts' versions: no round opens, or would start from what is past. */
  readonly isHeld: boolean;
  readonly roles: readonly Role[];
}

/** Duties of one's own: nobody else can do them, and leaving them undone costs. */
export type OwnDuty = "commitUpdate" | "revealUpdate" | "commitVerdict" | "revealVerdict" | "aggregate";

/** Duties of the house: anyone may do them, one is enough. */
export type KeeperDuty = "openRound" | "drawCommittee" | "retargetSeed" | "advance";

export type Duty = OwnDuty | KeeperDuty;

/** EIP-2935 keeps this many block hashes; a target further back can't be proven any more. Unit: blocks. */
const PROVABLE_BLOCKS = 8_191n;

/** The registry tells stakes as of the end of so many epochs gone by. Unit: epochs. Source: SumTree.READABLE_EPOCHS. */
const READABLE_EPOCHS = 2n;

/** @returns the one thing to do next, `undefined` to wait. */
export function dueDuty(situation: Situation): Duty | undefined {
  const { round, duty, roles, nowSeconds } = situation;
  if (round === undefined || round.phase === "None") return mayOpen(situation) ? "openRound" : undefined;
  const overdue: Duty | undefined = nowSeconds >= round.deadline ? "advance" : undefined;
  switch (round.phase) {
    case "Commit":
      if (overdue === undefined && roles.includes("trainer") && duty.mayCommit && !duty.committed)
        return "commitUpdate";
      return overdue;
    case "Reveal":
      return overdue === undefined && duty.committed && !duty.revealed ? "revealUpdate" : overdue;
    case "Draw":
      return drawDuty(situation);
    case "AuditCommit":
      return overdue === undefined && duty.seated && !duty.verdictCommitted ? "commitVerdict" : overdue;
    case "AuditReveal":
      return overdue === undefined && duty.verdictCommitted && !duty.verdictRevealed ? "revealVerdict" : overdue;
    case "Aggregate":
      return overdue === undefined && duty.seated && !duty.attested ? "aggregate" : overdue;
    case "Challenge":
      return overdue;
    case "Final":
    case "Failed":
      return mayOpen(situation) ? "openRound" : undefined;
    default:
      return round.phase satisfies never;
  }
}

/** A round that nobody can judge would fail and be lost, so new auditors' stake is waited for. */
function mayOpen({ task, auditable, isHeld }: Situation): boolean {
  return !task.closed && task.round < task.rounds && task.enrolled >= task.minTrainers && auditable && !isHeld;
}

function drawDuty({ round, headBlock, epoch, nowSeconds }: Situation): Duty | undefined {
  if (round === undefined) return undefined;
  if (nowSeconds >= round.deadline) return "advance";
  if (headBlock <= round.seedTargetBlock) return undefined;
  const unreadable = epoch > round.snapshotEpoch + READABLE_EPOCHS;
  const unprovable = headBlock - round.seedTargetBlock > PROVABLE_BLOCKS;
  return unreadable || unprovable ? "retargetSeed" : "drawCommittee";
}

/** @returns whether others may do `duty` as well, so that a node should let somebody else go first. */
export function isKeeperDuty(duty: Duty): duty is KeeperDuty {
  return duty === "openRound" || duty === "drawCommittee" || duty === "retargetSeed" || duty === "advance";
}
