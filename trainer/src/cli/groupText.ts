/** A group of cohorts, for people and for `--json`. Pure. */
import { counted } from "../protocol/counted.ts";
import type { GroupSummary } from "./taskSummary.ts";
import { isoTime, relativeText } from "./timeText.ts";

/** @param nowSeconds of the chain's clock. @returns `epoch 3: 1 of 2 cohorts ready, the others have 5 min` */
export function epochText({ view }: GroupSummary, nowSeconds: number): string {
  const { epoch, stage, active, entered, agreeing, deadline, mergedVersion } = view;
  const until = deadline === 0 ? "" : `, ends ${relativeText(deadline, nowSeconds)}`;
  const state =
    stage === "Attest"
      ? `${agreeing} of ${counted(entered, "cohort")} attest the merge`
      : `${entered} of ${counted(active, "cohort")} ready`;
  const merged = mergedVersion === 0n ? "" : `; merged so far: v${mergedVersion}`;
  return `epoch ${epoch}: ${state}${until}${merged}`;
}

export function groupData({ groupId, cohort, view, own }: GroupSummary): object {
  return {
    groupId,
    modelId: view.modelId,
    cohort,
    cohorts: view.cohorts,
    active: view.active,
    epoch: view.epoch,
    stage: view.stage,
    deadline: view.deadline === 0 ? null : isoTime(view.deadline),
    entered: view.entered,
    agreeing: view.agreeing,
    mergedEpoch: view.mergedEpoch,
    mergedVersion: view.mergedVersion,
    baseEpoch: own.baseEpoch,
    baseVersion: own.baseVersion,
    isReady: own.enteredEpoch === view.epoch,
    retired: own.retired,
  };
}
