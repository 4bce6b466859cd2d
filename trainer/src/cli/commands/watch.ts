/** `cairn watch <task>`: follows a task — a view that redraws on a terminal, lines elsewhere, events with `--json`. */
import type { Command } from "commander";
import type { Chain } from "../../chain/connection.ts";
import { identifier } from "../arguments.ts";
import { openChain } from "../chainAccess.ts";
import { readHead } from "../chainClock.ts";
import { action, type Context, type Outcome, type Session } from "../command.ts";
import { withExamples } from "../help.ts";
import type { TaskEvent } from "../taskEvents.ts";
import { phaseText, type TaskSummary } from "../taskSummary.ts";
import { eventText, taskView } from "../taskView.ts";

interface Options {
  readonly once?: true;
  readonly since?: string;
}

/** Events shown under the view. */
const EVENTS_SHOWN = 8;

/** Unit: milliseconds. */
const REDRAW_MS = 500;

export function define(command: Command, session: Session): void {
  withExamples(command, "cairn watch 1", "cairn watch 1 --once", "cairn watch 1 --json --since start")
    .description("Follows a task until its rounds are done. On a terminal a live view, else one line an event.")
    .argument("<task>", "the task's number", identifier)
    .option("--once", "show the task as it is now, then end")
    .option("--since <block>", "begin with the events of this block; start: with the first (default: now)")
    .action(action(session, "watch", watch, { streams: true, finishing: "" }));
}

async function watch(context: Context, taskId: bigint, { once, since }: Options): Promise<Outcome | undefined> {
  const { output, signal, finish } = context;
  const { chain, address } = await openChain(context, { sign: false });
  const [{ readTaskSummary }, { readTaskEvents }, { pause }] = await Promise.all([
    import("../taskSummary.ts"),
    import("../taskEvents.ts"),
    import("../../chain/deadline.ts"),
  ]);
  const look = async (): Promise<TaskSummary> => readTaskSummary(chain, taskId, { signal, node: address });
  let next = await firstBlock(chain, since, signal);
  let recent: readonly TaskEvent[] = [];
  for (;;) {
    const head = await readHead(chain, { signal });
    const { events, next: after } = await readTaskEvents(
      chain,
      { taskId, fromBlock: next, toBlock: head.block },
      { signal },
    );
    next = after;
    recent = [...recent, ...events].slice(-EVENTS_SHOWN);
    const summary = await look();
    if (once === true) {
      output.event(viewData(summary), (paint) =>
        taskView({ summary, head, recent: [], columns: output.columns }, paint),
      );
      return undefined;
    }
    if (output.live) output.redraw(taskView({ summary, head, recent, columns: output.columns }, output.paint));
    else for (const event of events) output.event(event, (paint) => eventText(event, paint));
    const state = phaseText(summary);
    if (state === "closed" || state === "done" || finish.aborted) return undefined;
    await pause(Math.max(chain.pollingMs, REDRAW_MS), finish);
    if (finish.aborted) return undefined;
  }
}

function viewData(summary: TaskSummary): object {
  return {
    time: new Date().toISOString(),
    event: "task",
    task: summary.taskId,
    round: summary.task.round,
    phase: phaseText(summary),
  };
}

async function firstBlock(chain: Chain, since: string | undefined, signal: AbortSignal): Promise<bigint> {
  if (since === "start") return BigInt(chain.deployment.deployedAtBlock);
  if (since === undefined) return (await readHead(chain, { signal })).block + 1n;
  const { CliError } = await import("../cliError.ts");
  if (!/^\d+$/.test(since))
    throw new CliError({ code: "CLI_USAGE" }, `--since must be a block number or start, not "${since}"`);
  return BigInt(since);
}
