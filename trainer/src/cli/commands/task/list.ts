/** `cairn task list`: the tasks of this deployment. */
import type { Command } from "commander";
import { wholeNumber } from "../../arguments.ts";
import { openChain } from "../../chainAccess.ts";
import { type ChainHead, readHead } from "../../chainClock.ts";
import { newest } from "../../chainLists.ts";
import { action, type Context, type Outcome, type Session } from "../../command.ts";
import { shortUnits18 } from "../../jsonText.ts";
import type { Paint } from "../../output.ts";
import { table } from "../../table.ts";
import { taskData } from "../../taskData.ts";
import { isRunning, phaseText, type TaskSummary } from "../../taskSummary.ts";
import { relativeText } from "../../timeText.ts";

interface Options {
  readonly limit?: number;
}

export function defineTaskList(parent: Command, session: Session): void {
  parent
    .command("list")
    .summary("list the tasks")
    .description("Lists the tasks on chain, newest first.")
    .option("--limit <n>", "at most so many", wholeNumber(1, 1_000))
    .action(action(session, "task.list", taskList));
}

async function taskList(context: Context, { limit }: Options): Promise<Outcome> {
  const { chain } = await openChain(context, { sign: false });
  const { signal } = context;
  const { readTaskSummary } = await import("../../taskSummary.ts");
  const head = await readHead(chain, { signal });
  const ids = newest(await chain.read("flContract", "taskCount", [], { signal }), limit);
  const tasks = await Promise.all(ids.map((id) => readTaskSummary(chain, id, { signal })));
  if (tasks.length === 0) context.output.say("there are no tasks; cairn task create opens one");
  return {
    data: tasks.map(taskData),
    text: (paint) => (tasks.length === 0 ? "" : taskTable(tasks, head, paint)),
  };
}

function taskTable(tasks: readonly TaskSummary[], head: ChainHead, paint: Paint): string {
  return table(
    ["TASK", "MODEL", "MODE", "ROUND", "PHASE", "TRAINERS", "PAYS", "STAKE", "DEADLINE"],
    tasks.map((summary) => {
      const { task, taskId, modelName, round } = summary;
      const { parameters } = task;
      return [
        `${taskId}`,
        modelName,
        task.mode,
        `${task.round}/${parameters.rounds}`,
        phaseText(summary),
        `${task.enrolled}/${parameters.maxTrainers}`,
        shortUnits18(parameters.rewardPerUpdateWei),
        shortUnits18(parameters.minStakeWei),
        round !== undefined && isRunning(summary) ? relativeText(round.deadline, head.timestamp) : "—",
      ];
    }),
    paint,
  );
}
