/**
 * A relay: takes trainers' signed commitments, sends each round's as one batch, and gets its bond back afterwards.
 *
 * It stakes its own and nothing else: whatever it does, a trainer can still send the same commitment by itself, and no
 * trainer pays but for what it signed. Prints nothing; the command line does.
 */
import { refusalOf } from "../../chain/chainError.ts";
import type { CallOptions, Chain } from "../../chain/connection.ts";
import { pause } from "../../chain/deadline.ts";
import { isTagged } from "../../protocol/errors.ts";
import { announceNode } from "../announcement.ts";
import { lockFolder } from "../lock.ts";
import { ensureStake } from "../membership.ts";
import { NodeError } from "../nodeError.ts";
import type { NodeKeys } from "../nodeKeys.ts";
import { actor } from "../roundContext.ts";
import { adoptOwnBatches, missed, readFreeWei, sendBatch } from "./batchSending.ts";
import { settleRound } from "./batchSettlement.ts";
import { createRelayDesk, type RelayState } from "./relayDesk.ts";
import { RelayError } from "./relayError.ts";
import type { RelayEvent } from "./relayEvent.ts";
import { lookAtTask, type RelayRound, type RoundWindow, readRelayRound, type TaskLook } from "./relayRound.ts";
import { openRelayServer } from "./relayServer.ts";
import { openRelayStore, seedStartOf } from "./relayStore.ts";

export interface RelayOptions {
  readonly chain: Chain;
  readonly keys: NodeKeys;
  readonly taskIds: readonly bigint[];
  /** Holds the entries that were taken. One process a folder. */
  readonly dataDir: string;
  /** @default "127.0.0.1" */
  readonly host?: string | undefined;
  /** @default any that is free */
  readonly port?: number | undefined;
  /** How long before the contract's last moment a batch is sent. Unit: seconds. @default 30 */
  readonly marginSeconds?: number | undefined;
  /** Stake to hold. Unit: wei of CAIRN. @default what a full batch of every task locks, on top of what is locked */
  readonly stakeWei?: bigint | undefined;
  readonly onEvent: (event: RelayEvent) => void;
}

export interface RunningRelay {
  /** Settles when every task is done or the relay has stopped; rejects when it could not go on. */
  readonly done: Promise<void>;
  /** Takes nothing new, sends what it promised, settles its bonds, then stops. */
  finish(): void;
  /** Stops at once; what is on disk stays and a restart goes on from it. */
  stop(): void;
}

const DEFAULT_MARGIN_SECONDS = 30;

/** Waits between two looks that fail. Unit: milliseconds. */
const RETRY_MS = { first: 500, most: 8_000 } as const;

/** Starts the relay. Every failure, of starting too, comes through `done`. */
export function startRelay(options: RelayOptions): RunningRelay {
  const stopping = new AbortController();
  const finishing = new AbortController();
  return {
    done: run(options, stopping, finishing.signal),
    finish: () => finishing.abort(),
    stop: () => stopping.abort(),
  };
}

async function run(options: RelayOptions, stopping: AbortController, finish: AbortSignal): Promise<void> {
  const { onEvent, dataDir } = options;
  const { signal } = stopping;
  const lock = await lockFolder(dataDir);
  try {
    const state = await prepare(options, signal);
    const server = await openRelayServer(createRelayDesk(state), {
      host: options.host ?? "127.0.0.1",
      port: options.port ?? 0,
      nowMs: () => performance.now(),
      onFault: (error) => onEvent({ event: "error", ...describe(error) }),
    });
    try {
      const tasks = options.taskIds.map(String);
      onEvent({ event: "ready", address: state.relay, url: server.url, tasks, freeWei: `${state.freeWei}` });
      const attend = (taskId: bigint) => attendTask(options, { state, taskId, signal, finish });
      const owed = [...state.rounds].map(({ key }) => key.taskId); // of tasks that are not served any more, too
      await Promise.all([...new Set([...options.taskIds, ...owed])].map(attend));
    } finally {
      await server.stop();
    }
    onEvent({ event: "stopped", reason: signal.aborted ? "stopped" : finish.aborted ? "finished" : "tasks done" });
  } catch (error) {
    const wanted = signal.aborted && isTagged(error) && error.code.endsWith("_ABORTED");
    stopping.abort(); // a bug in one task's loop ends the others' too
    if (!wanted) throw error;
    onEvent({ event: "stopped", reason: "stopped" });
  } finally {
    await lock.release();
  }
}

/** Gets the stake, and back what was taken before a crash. */
async function prepare(options: RelayOptions, signal: AbortSignal): Promise<RelayState> {
  const { chain, keys, taskIds, dataDir, onEvent } = options;
  const relay = actor({ chain });
  const neededWei = await stakeFor(options, { signal }); // nothing is sent for tasks that can't be served
  if (!(await chain.read("nodeRegistry", "nodeOf", [relay], { signal })).registered) {
    await announceNode(chain, { keys, multiaddrs: [], roles: ["trainer"] }, { signal }); // only nodes can stake
  }
  await ensureStake(chain, neededWei, { signal });
  const { chainId, contracts } = chain.deployment;
  const owner = { chainId, flContract: contracts.flContract, account: relay };
  const state: RelayState = {
    ...{ chain, relay, store: openRelayStore(`${dataDir}/relay`, owner), emit: onEvent },
    windows: new Map(taskIds.map((taskId) => [taskId, undefined])),
    rounds: new Set(),
    detours: new Map(),
    freeWei: await readFreeWei({ chain, relay }, { signal }),
    finishing: false,
  };
  await restore(state, { signal });
  return state;
}

/** @returns the stake to hold. Unit: wei. @throws {NodeError} `NODE_TASK_UNKNOWN`; {RelayError} `RELAY_TASK_UNBONDED` */
async function stakeFor({ chain, taskIds, stakeWei }: RelayOptions, options: CallOptions): Promise<bigint> {
  let fullWei = 0n;
  for (const taskId of taskIds) {
    const { maxTrainers, missedRevealSlashWei } = await termsOf(chain, taskId, options);
    fullWei += BigInt(maxTrainers) * missedRevealSlashWei;
  }
  const [, lockedWei] = await chain.read("nodeRegistry", "coverOf", [actor({ chain })], options);
  return stakeWei ?? lockedWei + fullWei;
}

async function termsOf(chain: Chain, taskId: bigint, options: CallOptions) {
  try {
    const { parameters } = await chain.read("flContract", "taskOf", [taskId], options);
    if (parameters.missedRevealSlashWei > 0n) return parameters;
  } catch (error) {
    if (refusalOf(error)?.errorName !== "FLContractUnknownTask") throw error;
    throw new NodeError({ code: "NODE_TASK_UNKNOWN", taskId: `${taskId}` }, `there is no task ${taskId} on this chain`);
  }
  const detail = { code: "RELAY_TASK_UNBONDED", taskId: `${taskId}` } as const;
  throw new RelayError(detail, `task ${taskId} has no price for a missed reveal, so it takes no batches`);
}

/** Records of another chain's rounds are thrown away: nothing of them is owed to anybody. */
async function restore({ chain, store, rounds }: RelayState, options: CallOptions): Promise<void> {
  const taskCount = await chain.read("flContract", "taskCount", [], options);
  for (const kept of await store.rounds()) {
    const { taskId, round: number } = kept;
    const round = taskId <= taskCount ? await readRelayRound(chain, { taskId, round: number }, options) : undefined;
    if (round === undefined || seedStartOf(round.key.seed) !== kept.seedStart) {
      await store.forget(kept);
      continue;
    }
    for (const entry of kept.entries) round.entries.set(entry.trainer, { ...entry, written: Promise.resolve() });
    rounds.add(round);
  }
}

interface Attended {
  readonly state: RelayState;
  readonly taskId: bigint;
  readonly signal: AbortSignal;
  readonly finish: AbortSignal;
}

/** Looks at the task and does what is due, until nothing of it is left to do. */
async function attendTask(options: RelayOptions, { state, taskId, signal, finish }: Attended): Promise<void> {
  const { chain, marginSeconds = DEFAULT_MARGIN_SECONDS } = options;
  let failures = 0;
  while (!signal.aborted) {
    let waitMs = chain.pollingMs;
    try {
      state.finishing ||= finish.aborted;
      const seen = await lookAtTask(chain, { taskId, marginSeconds }, { signal });
      if (state.windows.has(taskId)) state.windows.set(taskId, seen.window);
      for (const round of roundsOf(state, taskId)) await attendRound(state, { round, window: seen.window }, { signal });
      const isQuiet = roundsOf(state, taskId).length === 0;
      if (isQuiet && (state.finishing || isOver(seen) || !state.windows.has(taskId))) return;
      failures = 0;
    } catch (error) {
      if (signal.aborted) return;
      if (!isTagged(error)) throw error; // a bug, not a circumstance
      options.onEvent({ event: "error", code: error.code, message: error.message });
      waitMs = Math.min(RETRY_MS.most, RETRY_MS.first * 2 ** failures++);
    }
    await pause(waitMs, signal);
  }
}

function roundsOf({ rounds }: RelayState, taskId: bigint): RelayRound[] {
  return [...rounds].filter(({ key }) => key.taskId === taskId);
}

function isOver({ task, window }: TaskLook): boolean {
  const isBetween = window === undefined || window.phase === "Final" || window.phase === "Failed";
  return isBetween && (task.closed || task.round >= task.parameters.rounds);
}

interface AttendedRound {
  readonly round: RelayRound;
  readonly window: RoundWindow | undefined;
}

async function attendRound(state: RelayState, { round, window }: AttendedRound, options: CallOptions): Promise<void> {
  if (!round.looked) await adoptOwnBatches(state, round, options);
  const phase = window?.round === round.key.round ? window.phase : "Final"; // the last round, or one before
  const isSent = round.batches.length > 0;
  if (phase === "Commit") {
    if (isSent || window === undefined || !(isDue(round, window) || state.finishing)) return;
    try {
      await sendBatch(state, round, options);
    } catch (error) {
      if (!(error instanceof RelayError)) throw error;
      await forget(state, round, error);
    }
  } else if (!isSent && !(await adoptOwnBatches(state, round, options))) {
    await forget(state, round, missed(round));
  } else if (phase !== "Reveal") {
    await settleRound(state, round, options);
    await forget(state, round);
    state.freeWei = await readFreeWei(state, options);
  }
}

/** At the promised time, or as soon as nobody is left to wait for. */
function isDue({ entries }: RelayRound, { nowSeconds, sendsBy, expected, committed }: RoundWindow): boolean {
  return nowSeconds >= sendsBy || entries.size + committed >= expected;
}

async function forget({ store, rounds, emit }: RelayState, round: RelayRound, lost?: RelayError): Promise<void> {
  rounds.delete(round);
  const { taskId, round: number, seed } = round.key;
  await store.forget({ taskId, round: number, seedStart: seedStartOf(seed) });
  if (lost !== undefined && round.entries.size > 0) emit({ event: "error", code: lost.code, message: lost.message });
}

function describe(error: unknown): { readonly code: string; readonly message: string } {
  if (isTagged(error)) return { code: error.code, message: error.message };
  return { code: "CLI_BUG", message: error instanceof Error ? error.message : String(error) };
}
