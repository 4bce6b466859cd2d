/**
 * A node: one identity, one store, one or two roles, any number of tasks.
 *
 * It opens what it needs, makes itself known, gets its stake and seats, and runs each task's loop. It prints nothing and
 * reads no configuration: the command line does.
 */
import { type Chain, LOCAL_CHAIN_ID } from "../chain/connection.ts";
import { pause } from "../chain/deadline.ts";
import { listNodes } from "../chain/nodes.ts";
import type { createBestExecutor } from "../compute/createExecutor.ts";
import type { Dataset } from "../data/dataset.ts";
import type { ContentStore } from "../network/contentStore.ts";
import { isTagged } from "../protocol/errors.ts";
import type { TrainingPlan } from "../protocol/plan.ts";
import { announceNode } from "./announcement.ts";
import { type Job, openJob } from "./job.ts";
import { openJournal } from "./journal.ts";
import { lockFolder } from "./lock.ts";
import { ensureEnrolled, ensureStake, trainersStake } from "./membership.ts";
import { NodeError } from "./nodeError.ts";
import type { NodeEvent, Role } from "./nodeEvent.ts";
import type { NodeKeys } from "./nodeKeys.ts";
import { actor } from "./roundContext.ts";
import { runTask } from "./taskLoop.ts";

export interface NodeOptions {
  readonly chain: Chain;
  readonly store: ContentStore;
  readonly keys: NodeKeys;
  readonly roles: readonly Role[];
  readonly taskIds: readonly bigint[];
  /** Holds the journal. One process a folder. */
  readonly dataDir: string;
  readonly openDataset: (plan: TrainingPlan) => Promise<Dataset>;
  /** Threads to train and replay on. @default one for each core */
  readonly threads?: number | undefined;
  /** @default the fastest of this machine */
  readonly createExecutor?: typeof createBestExecutor;
  /** Stake to hold. Unit: wei of CAIRN. @default each task's `minStakeWei` for a trainer, a seat's for an auditor */
  readonly stakeWei?: bigint | undefined;
  /** Lie: submit updates that were not computed. Local chain only. @default false */
  readonly forge?: boolean;
  /** Go on serving what it has when its tasks are done, until told to stop. @default false */
  readonly stay?: boolean;
  readonly onEvent: (event: NodeEvent) => void;
}

export interface RunningNode {
  /** Settles when every task is done or the node has stopped; rejects when it could not go on. */
  readonly done: Promise<void>;
  /** Opens what is committed, takes on nothing new, then stops. */
  finish(): void;
  /** Stops at once; what is on disk stays and a restart goes on from it. */
  stop(): void;
}

/** New peers are looked for this often. Unit: milliseconds. */
const PEER_REFRESH_MS = 15_000;

/** Starts the node. Every failure, of starting too, comes through `done`. */
export function startNode(options: NodeOptions): RunningNode {
  const stopping = new AbortController();
  const finishing = new AbortController();
  return {
    done: run(options, stopping, finishing.signal),
    finish: () => finishing.abort(),
    stop: () => stopping.abort(),
  };
}

async function run(options: NodeOptions, stopping: AbortController, finish: AbortSignal): Promise<void> {
  const { chain, onEvent, forge = false, dataDir } = options;
  const { signal } = stopping;
  if (forge && chain.deployment.chainId !== LOCAL_CHAIN_ID) {
    const { chainId } = chain.deployment;
    throw new NodeError({ code: "NODE_LIE_REFUSED", chainId }, `lying is for local chains, this is chain ${chainId}`);
  }
  const lock = await lockFolder(dataDir);
  const peers = new AbortController();
  try {
    await introduce(options, signal);
    const refreshing = refreshPeers(options, AbortSignal.any([signal, finish, peers.signal]));
    await runTasks(options, { signal, finish });
    if (options.stay !== true) peers.abort();
    await refreshing; // where it stays, keeping its peers is all that is left to do
    onEvent({ event: "stopped", reason: signal.aborted ? "stopped" : finish.aborted ? "finished" : "tasks done" });
  } catch (error) {
    const wanted = (signal.aborted || finish.aborted) && isTagged(error) && error.code.endsWith("_ABORTED");
    stopping.abort(); // a bug in one task's loop ends the others' too
    if (!wanted) throw error;
    onEvent({ event: "stopped", reason: "stopped" });
  } finally {
    peers.abort();
    await lock.release();
  }
}

interface Stops {
  readonly signal: AbortSignal;
  readonly finish: AbortSignal;
}

/**
 * Enters the tasks one after the other, then runs them side by side to their ends. A task that can't be entered (its
 * plan is not to be had, its data are not here, its stake is beyond us) is reported and left out: the node's commitments
 * in the others still have to be opened, and anybody may open a task that nobody can enter.
 *
 * @throws when no task could be entered, the first one's reason
 */
async function runTasks(options: NodeOptions, stops: Stops): Promise<void> {
  const { taskIds, onEvent } = options;
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
  if (failures.length > 0 && jobs.length === 0) throw failures[0];
  await Promise.all(jobs.map((job) => runOne(options, job, stops).finally(() => job.dispose())));
}

/** Does `work`; where it fails nobody will run these jobs. */
async function orDispose(jobs: readonly Job[], work: () => Promise<void>): Promise<void> {
  try {
    await work();
  } catch (error) {
    for (const job of jobs) job.dispose();
    throw error;
  }
}

/** Nothing is staked for a task before its plan, its data and its program are seen to be in order here. */
async function enter(options: NodeOptions, taskId: bigint, signal: AbortSignal): Promise<Job> {
  const { chain, roles, onEvent } = options;
  const job = await openJob(options, taskId, { signal, timeoutMs: JOB_TIMEOUT_MS });
  await orDispose([job], async () => {
    const { minStakeWei } = job.task.parameters;
    const trains = roles.includes("trainer");
    const { seatStakeWei } = await chain.read("flContract", "limits", [], { signal });
    const asked = [
      options.stakeWei ?? 0n,
      trains ? await trainersStake(chain, { taskId, minStakeWei }, { signal }) : 0n,
      roles.includes("auditor") ? seatStakeWei : 0n,
    ];
    await ensureStake(chain, maximum(asked), { signal });
    if (!trains) return;
    const slot = await ensureEnrolled(chain, taskId, { signal });
    onEvent({ event: "joined", task: taskId.toString(), slot });
  });
  return job;
}

const maximum = (amounts: readonly bigint[]): bigint => amounts.reduce((a, b) => (a > b ? a : b));

async function runOne(options: NodeOptions, job: Job, stops: Stops): Promise<void> {
  const { chain, onEvent, forge = false, dataDir } = options;
  const { chainId, contracts } = chain.deployment;
  const owner = { chainId, flContract: contracts.flContract, account: actor(options) };
  const journal = openJournal(`${dataDir}/journal`, owner);
  await runTask({ ...options, job, journal, forge, emit: onEvent, ...stops });
}

/** A plan and the first weights may take a while to be found. Unit: milliseconds. */
const JOB_TIMEOUT_MS = 60_000;

async function introduce(options: NodeOptions, signal: AbortSignal): Promise<void> {
  const { chain, store, keys, roles, onEvent } = options;
  const { peerId, multiaddrs } = store.peer;
  await announceNode(chain, { keys, multiaddrs, roles }, { signal });
  if (options.stakeWei !== undefined) await ensureStake(chain, options.stakeWei, { signal });
  await connectPeers(options, signal);
  onEvent({ event: "ready", address: chain.account!.address, peerId, multiaddrs, roles });
}

async function refreshPeers(options: NodeOptions, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    await pause(PEER_REFRESH_MS, signal);
    if (signal.aborted) return;
    try {
      await connectPeers(options, signal);
    } catch (error) {
      if (!isTagged(error)) throw error;
      if (!signal.aborted) options.onEvent({ event: "error", code: error.code, message: error.message });
    }
  }
}

async function connectPeers({ chain, store }: NodeOptions, signal: AbortSignal): Promise<void> {
  const nodes = await listNodes(chain, { signal });
  await store.connect(
    nodes.filter(({ peerId }) => peerId !== store.peer.peerId),
    { signal },
  );
}
