/** What one task is now, read once for every command that shows tasks: terms, round, and what is due for a node. */
import type { Address } from "viem";
import type { CallOptions, Chain } from "../chain/connection.ts";
import {
  type DutyView,
  type Phase,
  type RoundView,
  readDuty,
  readRound,
  readTask,
  type TaskView,
} from "../chain/task.ts";
import { CliError } from "./cliError.ts";

export interface TaskSummary {
  readonly taskId: bigint;
  readonly task: TaskView;
  readonly modelName: string;
  /** `undefined` before the first round. */
  readonly round: (RoundView & { readonly number: number }) | undefined;
  /** `undefined` where nobody is asked about. */
  readonly duty: DutyView | undefined;
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
  const [model, round, duty] = await Promise.all([
    chain.read("modelRegistry", "modelOf", [task.parameters.modelId], call),
    task.round === 0 ? undefined : readRound(chain, taskId, task.round, call),
    node === undefined ? undefined : readDuty(chain, { taskId, round: task.round, node }, call),
  ]);
  return { taskId, task, modelName: model.name, round: round && { ...round, number: task.round }, duty };
}

/** One word or two for where the task stands. */
export function phaseText({ task, round }: TaskSummary): Phase | "closed" | "done" | "waiting" {
  if (task.closed) return "closed";
  if (round === undefined) return "waiting";
  const over = round.phase === "Final" || round.phase === "Failed";
  if (!over) return round.phase;
  return task.round >= task.parameters.rounds ? "done" : "waiting";
}

/** Whether a phase is running, so that its deadline matters. */
export function isRunning(summary: TaskSummary): boolean {
  const text = phaseText(summary);
  return text !== "closed" && text !== "done" && text !== "waiting";
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
