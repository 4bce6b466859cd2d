/** Where a task is as a whole. Pure. */
import type { Task } from "../../index/types.ts";

export type TaskState = "running" | "waiting" | "over";

/** `waiting`: the next round needs somebody to open it, with trainers enough. */
export function taskState(task: Pick<Task, "closed" | "rounds" | "terms">): TaskState {
  const last = task.rounds.at(-1);
  if (last !== undefined && last.ended === undefined) return "running";
  return task.closed !== undefined || task.rounds.length >= task.terms.rounds ? "over" : "waiting";
}
