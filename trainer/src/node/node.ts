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
import type { JobSources } from "./job.ts";
import { lockFolder } from "./lock.ts";
import { ensureStake } from "./membership.ts";
import type { Misbehaviour } from "./misbehaviour.ts";
import { NodeError } from "./nodeError.ts";
import type { NodeEvent, Role } from "./nodeEvent.ts";
import type { NodeKeys } from "./nodeKeys.ts";
import { runTasks } from "./nodeTasks.ts";

export interface NodeOptions {
  readonly chain: Chain;
  readonly store: ContentStore;
  readonly keys: NodeKeys;
  readonly roles: readonly Role[];
  readonly taskIds: readonly bigint[];
  /** Holds the journal. One process a folder. */
  readonly dataDir: string;
  readonly openDataset: (plan: TrainingPlan) => Promise<Dataset>;
  /** The trainer's own data, for `Private` tasks. @default its shard of the task's */
  readonly openOwnDataset?: (() => Promise<Dataset>) | undefined;
  /** As {@link JobSources.openCard}. Asked for where only replayed tasks are, it is an error: see `requireScored`. */
  readonly openCard?: JobSources["openCard"];
  /** Threads to train and replay on. @default one for each core */
  readonly threads?: number | undefined;
  /** @default the fastest of this machine */
  readonly createExecutor?: typeof createBestExecutor;
  /** Stake to hold. Unit: wei of CAIRN. @default each task's `minStakeWei` for a trainer, a seat's for an auditor */
  readonly stakeWei?: bigint | undefined;
  /** A fault to commit on purpose. Local chain only. @default none */
  readonly misbehave?: Misbehaviour | undefined;
  /** Rounds in a hundred in which a trainer plants an error, to catch auditors that accept unseen. @default 2 */
  readonly plantPercent?: number | undefined;
  /** Whether a trainer that was evicted joins again when it may. @default true */
  readonly rejoins?: boolean | undefined;
  /** Whether pay is claimed, and the reputation told of it, at a task's end and every so many rounds. @default true */
  readonly claims?: boolean | undefined;
  /** Whether an auditor computes what trainers were worth, and files it where nobody else did. @default true */
  readonly reports?: boolean | undefined;
  /**
   * Games of absent trainers that an auditor takes up at once, a bond each; 0 takes up none.
   * @default {@link DEFAULT_VOLUNTEER_GAMES}
   */
  readonly volunteerGames?: number | undefined;
  /** A relay that sends the trainer's commitments; where it fails the node sends them. @default the node sends them */
  readonly relayUrl?: string | undefined;
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
  const { chain, onEvent, misbehave, dataDir } = options;
  const { signal } = stopping;
  if (misbehave !== undefined && chain.deployment.chainId !== LOCAL_CHAIN_ID) {
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
