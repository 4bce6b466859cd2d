/** The tasks of a node: those it was given, and those that its auditor is drawn for. Enters, runs and leaves them. */
import { refusalOf } from "../chain/chainError.ts";
import { isTagged } from "../protocol/errors.ts";
import { type Job, openJob } from "./job.ts";
import { type Journal, openJournal } from "./journal.ts";
import { ensureEnrolled, ensureStake, trainersStake } from "./membership.ts";
import { requireTellable } from "./misbehaviour.ts";
import type { NodeOptions } from "./node.ts";
import type { Role } from "./nodeEvent.ts";
import { DEFAULT_PLANT_PERCENT } from "./plant.ts";
import { openTrainersRelay } from "./relay/trainersRelay.ts";
import { actor } from "./roundContext.ts";
import { watchSeats } from "./seatWatch.ts";
import { runTask } from "./taskLoop.ts";
import { DEFAULT_VOLUNTEER_GAMES } from "./volunteer.ts";

/** A plan and the first weights may take a while to be found. Unit: milliseconds. */
const JOB_TIMEOUT_MS = 60_000;

export interface Stops {
  /** Stop at once. */
  readonly signal: AbortSignal;
  /** Open what is committed, take on nothing new. */
  readonly finish: AbortSignal;
}

/**
 * Enters the tasks one after the other, then runs them side by side to their ends. A task that can't be entered (its
 * plan is not to be had, its data are not here, its stake is beyond us) is reported and left out: the node's commitments
 * in the others still have to be opened, and anybody may open a task that nobody can enter.
 *
 * An auditor looks for seats in other tasks meanwhile. Where none of its own could be entered it goes on looking as long
 * as it has a stake: a seat that nobody serves costs some of it.
 *
 * @throws when no task could be entered, the first one's reason
 */
export async function runTasks(options: NodeOptions, stops: Stops): Promise<void> {
  const { taskIds, roles, onEvent } = options;
  const jobs: Job[] = [];
  const failures: unknown[] = [];
  const enterAll = async (): Promise<void> => {
    for (const taskId of taskIds) {
      try {
        jobs.push(await enter(options, taskId, stops.signal));
      } catch (error) {
        if (!isTagged(error) || stops.signal.aborted) throw error; // a bug, or a wish to stop
        failures.push(error);
        onEvent({ event: "error", code: error.code, message: `task ${taskId}: ${error.message}` });
      }
    }
  };
  await orDispose(jobs, enterAll);
  const hasNone = failures.length > 0 && jobs.length === 0;
  const mayBeDrawn = roles.includes("auditor") && (await orDispose(jobs, () => readStake(options, stops.signal))) > 0n;
  if (hasNone && !mayBeDrawn) throw failures[0];
  const over = new AbortController();
  const worked = new Set(jobs.map(({ taskId }) => taskId));
  const running = jobs.map((job) =>
    runOne(options, { job, roles }, stops).finally(() => {
      worked.delete(job.taskId);
      job.dispose();
    }),
  );
  const { signal, finish } = stops;
  const watching = roles.includes("auditor")
    ? watch(options, { worked, signal, finish: AbortSignal.any([finish, over.signal]) })
    : Promise.resolve();
  const own = Promise.all(running).finally(() => {
    if (!hasNone && options.stay !== true) over.abort();
  });
  await Promise.all([own, watching]);
}

function readStake({ chain }: NodeOptions, signal: AbortSignal): Promise<bigint> {
  return chain.read("nodeRegistry", "stakeOf", [actor({ chain })], { signal });
}

/** Does `work`; where it fails nobody will run these jobs. */
async function orDispose<T>(jobs: readonly Job[], work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    for (const job of jobs) job.dispose();
    throw error;
  }
}

/** Nothing is staked for a task before its plan, its data and its program are seen to be in order here. */
async function enter(options: NodeOptions, taskId: bigint, signal: AbortSignal): Promise<Job> {
  const { chain, roles } = options;
  const job = await openJob(options, taskId, { signal, timeoutMs: JOB_TIMEOUT_MS });
  await orDispose([job], async () => {
    requireTellable(options.misbehave, job);
    const { minStakeWei } = job.task.parameters;
    const trains = roles.includes("trainer");
    const { seatStakeWei } = await chain.read("flContract", "limits", [], { signal });
    const asked = [
      options.stakeWei ?? 0n,
      trains ? await trainersStake(chain, { taskId, minStakeWei }, { signal }) : 0n,
      roles.includes("auditor") ? seatStakeWei : 0n,
    ];
    await ensureStake(chain, maximum(asked), { signal });
    if (trains) await enrol(options, taskId, signal);
  });
  return job;
}

/** Who was evicted and has to wait is no newcomer to turn away: the task's loop joins when it may. */
async function enrol(
  { chain, rejoins = true, onEvent }: NodeOptions,
  taskId: bigint,
  signal: AbortSignal,
): Promise<void> {
  try {
    const slot = await ensureEnrolled(chain, taskId, { signal });
    onEvent({ event: "joined", task: taskId.toString(), slot });
  } catch (error) {
    const mustWait = refusalOf(error)?.errorName === "FLContractEvicted";
    if (!mustWait || !rejoins) throw error;
  }
}

interface Run {
  readonly job: Job;
  readonly roles: readonly Role[];
}

async function runOne(options: NodeOptions, { job, roles }: Run, stops: Stops): Promise<void> {
  const {
    misbehave,
    plantPercent = DEFAULT_PLANT_PERCENT,
    rejoins = true,
    claims = true,
    reports = true,
    onEvent,
  } = options;
  const { volunteerGames = DEFAULT_VOLUNTEER_GAMES } = options;
  const relay = options.relayUrl === undefined ? undefined : openTrainersRelay(options.relayUrl);
  const habits = { misbehave, plantPercent, rejoins, claims, reports, volunteerGames };
  const own = { relay, roles, emit: onEvent, journal: journalOf(options) };
  await runTask({ ...options, ...habits, ...own, job, ...stops });
}

function journalOf({ chain, dataDir }: NodeOptions): Journal {
  const { chainId, contracts } = chain.deployment;
  return openJournal(`${dataDir}/journal`, { chainId, flContract: contracts.flContract, account: actor({ chain }) });
}

/** Tasks that the auditor was drawn for are worked for as its own, but never trained in: nobody asked for that. */
function watch(options: NodeOptions, { worked, ...stops }: Stops & { readonly worked: Set<bigint> }): Promise<void> {
  const { chain, onEvent } = options;
  return watchSeats({
    chain,
    journal: journalOf(options),
    emit: onEvent,
    worked,
    ...stops,
    open: (taskId, bound) => openJob(options, taskId, bound),
    work: (job) => runOne(options, { job, roles: ["auditor"] }, stops).finally(() => job.dispose()),
  });
}

const maximum = (amounts: readonly bigint[]): bigint => amounts.reduce((a, b) => (a > b ? a : b));
