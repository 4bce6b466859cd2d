/** One round of one task as a relay keeps it: who handed in, and which batches of its own stand on the chain. */
import { type Address, isAddressEqual } from "viem";
import { placedEntries, type SentBatch, sentBatches } from "../../chain/batches.ts";
import type { CallOptions, Chain } from "../../chain/connection.ts";
import { readRound, readTask, type TaskView } from "../../chain/task.ts";
import { type BatchEntry, batchRoot } from "../../protocol/commitmentBatch.ts";
import type { Phase } from "../../protocol/contractEnums.ts";
import type { RoundKey } from "../journal.ts";
import type { KeptEntry } from "./relayStore.ts";

/** What a relay has to know of a task's last round, as of its last look. */
export interface RoundWindow extends RoundKey {
  readonly openedAtBlock: bigint;
  readonly phase: Phase;
  /** Trainers that may commit, and those that did by themselves. */
  readonly expected: number;
  readonly committed: number;
  /** What one entry locks. Unit: wei. */
  readonly penaltyWei: bigint;
  /** From then on the contract takes no batch. Unit: unix seconds. */
  readonly closesAt: number;
  /** From then on the relay takes no entry and sends what it has. Unit: unix seconds. */
  readonly sendsBy: number;
  /** Of the chain's clock. Unit: unix seconds. */
  readonly nowSeconds: number;
}

/** Source: Batches.LATE_DIVISOR: the last part of `Commit` is for whom relays left out. */
const LATE_DIVISOR = 4;

/** A margin takes at most this part of the time for batches: in short phases somebody must still be able to hand in. */
const MARGIN_DIVISOR = 2;

/** @returns the first second at which the contract takes no batch any more. Unit: unix seconds. */
export function batchesCloseAt(deadline: number, commitSeconds: number): number {
  return deadline - Math.floor(commitSeconds / LATE_DIVISOR);
}

/** Some blocks of the slowest chains: to see the last block with a batch, send, and be included. Unit: seconds. */
const OWN_SECONDS = 36;

/** @returns from when on a trainer that is in no batch sends by itself: when none can come, or sooner in short phases. */
export function ownTurnAt(deadline: number, commitSeconds: number): number {
  const needed = Math.min(OWN_SECONDS, Math.floor(commitSeconds / 2));
  return Math.min(batchesCloseAt(deadline, commitSeconds), deadline - needed);
}

export interface WindowQuery {
  readonly taskId: bigint;
  /** How long before the contract's last moment the relay sends. Unit: seconds. */
  readonly marginSeconds: number;
}

export interface TaskLook {
  readonly task: TaskView;
  /** `undefined` before the first round. */
  readonly window: RoundWindow | undefined;
}

/** @throws {ChainError} */
export async function lookAtTask(
  chain: Chain,
  { taskId, marginSeconds }: WindowQuery,
  options: CallOptions,
): Promise<TaskLook> {
  const task = await readTask(chain, taskId, options);
  if (task.round === 0) return { task, window: undefined };
  const [round, block] = await Promise.all([
    readRound(chain, taskId, task.round, options),
    chain.request("eth_getBlockByNumber", () => chain.client.getBlock(), options),
  ]);
  const { commitSeconds, missedRevealSlashWei: penaltyWei } = task.parameters;
  const closesAt = batchesCloseAt(round.deadline, commitSeconds);
  const openSeconds = commitSeconds - Math.floor(commitSeconds / LATE_DIVISOR);
  const { seed, phase, expected, committed } = round;
  const window: RoundWindow = {
    ...{ taskId, round: task.round, seed, phase, expected, committed, penaltyWei, closesAt },
    openedAtBlock: BigInt(round.openedAtBlock),
    sendsBy: closesAt - Math.min(marginSeconds, Math.floor(openSeconds / MARGIN_DIVISOR)),
    nowSeconds: Number(block.timestamp),
  };
  return { task, window };
}

export interface TakenEntry extends KeptEntry {
  /** Settles when it is on disk, or could not be put there. */
  readonly written: Promise<void>;
}

/** A batch of the relay's own, with the places its leaves were made with. */
export interface PlacedBatch extends SentBatch {
  readonly placed: readonly BatchEntry[];
}

export interface RelayRound {
  readonly key: RoundKey;
  readonly openedAtBlock: bigint;
  readonly penaltyWei: bigint;
  readonly entries: Map<Address, TakenEntry>;
  /** Whether no entry is taken any more. */
  closed: boolean;
  /** Whether a batch that went out before a crash was looked for. */
  looked: boolean;
  /** More than one only where a crash came between a transaction and its inclusion. */
  batches: readonly PlacedBatch[];
}

export function newRelayRound(window: RoundWindow): RelayRound {
  const { taskId, round, seed, openedAtBlock, penaltyWei } = window;
  const key = { taskId, round, seed };
  return { key, openedAtBlock, penaltyWei, entries: new Map(), closed: false, looked: true, batches: [] };
}

/** @returns the round without entries, for those that were kept before a crash. @throws {ChainError} */
export async function readRelayRound(
  chain: Chain,
  { taskId, round }: { readonly taskId: bigint; readonly round: number },
  options: CallOptions,
): Promise<RelayRound> {
  const [{ parameters }, view] = await Promise.all([
    readTask(chain, taskId, options),
    readRound(chain, taskId, round, options),
  ]);
  return {
    key: { taskId, round, seed: view.seed },
    openedAtBlock: BigInt(view.openedAtBlock),
    penaltyWei: parameters.missedRevealSlashWei,
    entries: new Map(),
    closed: false,
    looked: false,
    batches: [],
  };
}

/** Reads the relay's own batches of the round from the chain. @throws {ChainError} */
export async function findOwnBatches(
  chain: Chain,
  round: RelayRound,
  { relay, ...options }: CallOptions & { readonly relay: Address },
): Promise<PlacedBatch[]> {
  const { taskId } = round.key;
  const sent = await sentBatches(chain, { ...round.key, openedAtBlock: round.openedAtBlock }, options);
  const own = sent.filter((batch) => isAddressEqual(batch.relay, relay));
  return Promise.all(
    own.map(async (batch) => {
      const kept = batch.entries.map((entry) => ({ ...entry, slot: round.entries.get(entry.trainer)?.slot ?? 0 }));
      if (batchRoot(kept) === batch.root) return { ...batch, placed: kept };
      return { ...batch, placed: (await placedEntries(chain, { taskId, sent: batch }, options)) ?? [] };
    }),
  );
}
