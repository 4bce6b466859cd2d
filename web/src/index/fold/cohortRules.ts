/** What events of Cohorts say. */
import { MERGE_STAGES } from "@cairn/trainer/chain/cohorts";
import type { cohortsAbi } from "@cairn/trainer/protocol/generated/abi";
import type { Draft } from "./draft.ts";
import { type At, nothing, type Rules } from "./rule.ts";

export const cohortRules: Rules<typeof cohortsAbi> = {
  GroupCreated: (draft, { groupId, modelId }) => {
    const group = { id: groupId, modelId, cohorts: [], epoch: 1, stage: "Gather", deadline: 0 } as const;
    draft.groups.set(groupId, { ...group, entered: 0, mergedVersion: undefined });
  },
  CohortAdded: (draft, { groupId, cohort, taskId }, at) => {
    const group = groupOf(draft, groupId, at);
    if (group === undefined) return;
    if (cohort !== group.cohorts.length) return draft.contradict(at, "outOfOrder");
    draft.groups.set(groupId, { ...group, cohorts: [...group.cohorts, taskId] });
  },
  CohortEntered: (draft, { groupId }, at) => {
    const group = groupOf(draft, groupId, at);
    if (group !== undefined) draft.groups.set(groupId, { ...group, entered: group.entered + 1 });
  },
  StageAdvanced: (draft, { groupId, epoch, stage, deadline }, at) => {
    const group = groupOf(draft, groupId, at);
    if (group === undefined) return;
    const entered = epoch === group.epoch ? group.entered : 0;
    draft.groups.set(groupId, { ...group, epoch, entered, stage: MERGE_STAGES[stage] ?? "None", deadline });
  },
  EpochMerged: (draft, { groupId, version }, at) => {
    const group = groupOf(draft, groupId, at);
    if (group !== undefined) draft.groups.set(groupId, { ...group, mergedVersion: Number(version) });
  },
  MergeAttested: nothing,
  MergeLed: nothing,
  EpochSkipped: nothing,
  CohortAdopted: nothing,
  CohortRetired: nothing,
};

function groupOf(draft: Draft, id: bigint, at: At) {
  const group = draft.groups.get(id);
  if (group === undefined) draft.contradict(at, "unknownGroup");
  return group;
}
