/** What a node does when a round is over: measure the new version, report silence, tidy up. Nothing here is owed. */
import { evaluate } from "../learning/evaluate.ts";
import { warnOfEviction } from "./evictionWarning.ts";
import { baseParameters } from "./job.ts";
import type { Role } from "./nodeEvent.ts";
import { keyOf, type RoundContext } from "./roundContext.ts";
import { reportFaults } from "./watchdog.ts";

/** A dispute about a round that went on without it may still ask for its records. Unit: rounds. */
const KEPT_ROUNDS = 3;

export interface Member {
  readonly roles: readonly Role[];
  /** Its place in the task; absent where it has none. */
  readonly slot: number | undefined;
}

export async function concludeRound(context: RoundContext, { roles, slot }: Member): Promise<void> {
  const { job, round, journal, store, emit } = context;
  const task = job.taskId.toString();
  if (roles.includes("auditor") && round.phase === "Final") await measure(context);
  if (roles.includes("trainer") && slot !== undefined) await warnOfEviction(context, slot);
  await reportFaults(context);
  const key = keyOf(context);
  await journal.forgetBefore({ ...key, round: key.round - KEPT_ROUNDS });
  const { sentBytes, receivedBytes } = store.traffic();
  const rssBytes = process.memoryUsage.rss();
  emit({ event: "resources", task, round: round.round, rssBytes, sentBytes, receivedBytes });
}

async function measure(context: RoundContext): Promise<void> {
  const { job, round, emit, signal } = context;
  const parameters = await baseParameters(context, job, round.publishedVersion, { signal });
  const { executor, dataset } = job;
  executor.loadParameters(parameters);
  const { accuracy, loss } = evaluate(
    executor,
    dataset.test,
    Uint32Array.from({ length: dataset.test.count }, (_, i) => i),
  );
  const version = Number(round.publishedVersion);
  emit({ event: "evaluated", task: job.taskId.toString(), round: round.round, version, accuracy, loss });
}
