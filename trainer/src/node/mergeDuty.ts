/** What a cohort's node has to do for its group now. Pure: the same view of the chain gives the same duty. */
import type { CohortView, GroupView } from "../chain/cohorts.ts";

/** The part of the chain's state that decides, between two rounds of the cohort's task. */
export interface MergeSituation {
  readonly group: Pick<GroupView, "epoch" | "stage" | "deadline" | "mergedEpoch">;
  readonly own: Pick<CohortView, "baseEpoch" | "baseVersion" | "enteredEpoch" | "retired">;
  /** The cohort's latest version. */
  readonly latest: {
    /** The registry lets no round publish on top of it, so none opens. */
    readonly isGated: boolean;
    readonly parentVersion: bigint;
  };
  /** The node holds a seat in the committee that made the version which the cohort has in this epoch. */
  readonly isSeated: boolean;
  readonly attested: boolean;
  /** The task opens no round any more. */
  readonly isOver: boolean;
  /** Unit: unix seconds, of the chain's clock. */
  readonly nowSeconds: number;
}

/** One's own: nobody else can do it. */
export type OwnMergeDuty = "attestMerge";

/** Of the house: anyone may do them, one is enough. */
export type MergeKeeperDuty = "enterCohort" | "retireCohort" | "advanceGroup" | "adoptMerge";

export type MergeDuty = OwnMergeDuty | MergeKeeperDuty;

/** @returns the one thing to do next, `undefined` when nothing is, or others have to act. */
export function dueMerge(situation: MergeSituation): MergeDuty | undefined {
  const { group, own, latest, isOver, nowSeconds } = situation;
  const isPast = own.baseEpoch < group.epoch - 1;
  const isStray = latest.isGated && latest.parentVersion !== own.baseVersion;
  if (isPast || isStray) return "adoptMerge";
  const isEntered = own.enteredEpoch === group.epoch;
  if (isOver && !latest.isGated && !isEntered && !own.retired) return "retireCohort";
  if (group.deadline !== 0 && nowSeconds >= group.deadline) return "advanceGroup";
  if (group.stage === "Gather") return latest.isGated && !isEntered ? "enterCohort" : undefined;
  return isEntered && situation.isSeated && !situation.attested ? "attestMerge" : undefined;
}

/** @returns whether the cohort's next round has to wait: what it would train from is not there yet, or is not taken. */
export function holdsRound(situation: MergeSituation): boolean {
  return situation.latest.isGated || dueMerge(situation) === "adoptMerge";
}
