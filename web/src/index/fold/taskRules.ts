/** What FLContract's events say of tasks; its rounds are in roundRules.ts and auditRules.ts. */

import { TASK_MODES } from "@cairn/trainer/protocol/contractEnums";
import type { flContractAbi } from "@cairn/trainer/protocol/generated/abi";
import type { TaskTerms } from "../types.ts";
import { auditRules } from "./auditRules.ts";
import { add, type Draft, type TaskDraft } from "./draft.ts";
import { roundRules } from "./roundRules.ts";
import { type ArgsOf, type At, type Rules, refOf } from "./rule.ts";

type Contract = typeof flContractAbi;

export const taskRules: Rules<Contract> = {
  TaskCreated: (draft, { taskId, owner, parameters, escrowWei }, at) => {
    draft.tasks.set(taskId, {
      id: taskId,
      owner,
      terms: termsOf(parameters),
      created: refOf(at),
      closed: undefined,
      escrowWei,
      depositWei: escrowWei,
      trainers: new Map(),
      rounds: [],
      earned: new Map(),
      claimable: new Map(),
    });
  },
  TaskClosed: (draft, { taskId, refundWei }, at) => {
    const task = taskOf(draft, taskId, at);
    if (task === undefined) return;
    task.escrowWei -= refundWei;
    task.closed ??= refOf(at);
  },
  TrainerJoined: (draft, { taskId, trainer, slot }, at) => {
    const task = taskOf(draft, taskId, at);
    task?.trainers.set(trainer, { slot, fromRound: task.rounds.length + 1, joined: refOf(at) });
  },
  TrainerLeft: (draft, { taskId, trainer }, at) => {
    const task = taskOf(draft, taskId, at);
    if (task === undefined) return;
    const round = draft.round(task, task.rounds.length);
    const mayCommit = (task.trainers.get(trainer)?.fromRound ?? Infinity) <= task.rounds.length;
    if (round?.phase === "Commit" && mayCommit) {
      round.expected -= 1;
      round.expectedTrainers = round.expectedTrainers.filter((expected) => expected !== trainer);
    }
    task.trainers.delete(trainer);
  },
  RewardClaimed: (draft, { taskId, node, amountWei }, at) => {
    const task = taskOf(draft, taskId, at);
    if (task !== undefined) add(task.claimable, node, -amountWei);
  },
  ...roundRules,
  ...auditRules,
};

function taskOf(draft: Draft, id: bigint, at: At): TaskDraft | undefined {
  const task = draft.task(id);
  if (task === undefined) draft.contradict(at, "unknownTask");
  return task;
}

function termsOf(parameters: ArgsOf<Contract, "TaskCreated">["parameters"]): TaskTerms {
  const { mode, planDigest, planByteLength, ...terms } = parameters;
  return {
    ...terms,
    mode: TASK_MODES[mode] ?? "None",
    plan: { digest: planDigest, byteLength: planByteLength },
  };
}
