/** What one task is now, read once for every command that shows tasks: terms, round, and what is due for a node. */
import type { Address } from "viem";
import {
  type CohortView,
  type GroupView,
  type Membership,
  readCohort,
  readGroup,
  readMembership,
} from "../chain/cohorts.ts";
import type { CallOptions, Chain } from "../chain/connection.ts";
import { type DutyView, type RoundView, readDuty, readRound, readTask, type TaskView } from "../chain/task.ts";
import type { Phase } from "../protocol/contractEnums.ts";
import { CliError } from "./cliError.ts";

export interface TaskSummary {
  readonly taskId: bigint;
  readonly task: TaskView;
  readonly modelName: string;
  /** `undefined` before the first round. */
  readonly round: (RoundView & { readonly number: number }) | undefined;
  /** `undefined` where the task is alone. */
  readonly group: GroupSummary | undefined;
  /** `undefined` where nobody is asked about. */
  readonly duty: DutyView | undefined;
}

/** A cohort's place in its group, and where that stands. */
export interface GroupSummary extends Membership {
  readonly view: GroupView;
  readonly own: CohortView;
}

/** @throws {CliError} `CLI_TASK_UNKNOWN`; {ChainError} */
export async function readTaskSummary(
  chain: Chain,
  taskId: bigint,
  { node, ...call }: CallOptions & { readonly node?: Address | undefined },
): Promise<TaskSummary> {
  const count = await chain.read("flContract", "taskCount", [], call);
  if (taskId > count) {
    throw new CliError(
      { code: "CLI_TASK_UNKNOWN", taskId: `${taskId}` },
      `there is no task ${taskId}; the last is ${count}`,
    );
  }
  const task = await readTask(chain, taskId, call);
  const [model, group, round, duty] = await Promise.all([
    chain.read("modelRegistry", "modelOf", [task.parameters.modelId], call),
    readGroupSummary(chain, task.parameters.modelId, call),
    task.round === 0 ? undefined : readRound(chain, taskId, task.round, call),
    node === undefined ? undefined : readDuty(chain, { taskId, round: task.round, node }, call),
  ]);
  return { taskId, task, modelName: model.name, round: round && { ...round, number: task.round }, group, duty };
}

async function readGroupSummary(chain: Chain, modelId: bigint, call: CallOptions): Promise<GroupSummary | undefined> {
  const membership = await readMembership(chain, modelId, call);
  if (membership === undefined) return undefined;
  const [view, own] = await Promise.all([
    readGroup(chain, membership.groupId, call),
    readCohort(chain, membership, call),
  ]);
  return { ...membership, view, own };
}

/** One word or two for where the task stands. */
export function phaseText({ task, round, group }: TaskSummary): Phase | "closed" | "done" | "merging" | "waiting" {
  if (task.closed) return "closed";
  if (round === undefined) return "waiting";
  const over = round.phase === "Final" || round.phase === "Failed";
  if (!over) return round.phase;
  if (group !== undefined && group.own.enteredEpoch === group.view.epoch) return "merging";
  return task.round >= task.parameters.rounds ? "done" : "waiting";
}

const BETWEEN: readonly string[] = ["closed", "done", "merging", "waiting"];

/** Whether a phase is running, so that its deadline matters. */
export function isRunning(summary: TaskSummary): boolean {
  const text = phaseText(summary);
  return !BETWEEN.includes(text);
}

/** What the node still has to do in the running phase; empty when nothing. */
export function dueText({ round, duty }: TaskSummary): string {
  if (round === undefined || duty === undefined) return "";
  switch (round.phase) {
    case "Commit":
      return duty.mayCommit ? "train and commit" : "";
    case "Reveal":
      return duty.committed && !duty.revealed ? "reveal" : "";
    case "AuditCommit":
      return duty.seated && !duty.verdictCommitted ? "replay and commit" : "";
    case "AuditReveal":
      return duty.verdictCommitted && !duty.verdictRevealed ? "reveal verdict" : "";
    case "Aggregate":
      return duty.seated && !duty.attested ? "attest" : "";
    default:
      return "";
  }
}

/** How many updates of the round were accepted. */
export function bitCount(bitmap: bigint): number {
  let count = 0;
  for (let rest = bitmap; rest > 0n; rest &= rest - 1n) count++;
  return count;
}
