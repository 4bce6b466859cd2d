/** Sends a round's batch: once, whatever crashes, and without the entries that would have it refused or cost the relay. */
import { isAddressEqual, parseEventLogs } from "viem";
import { refusalOf } from "../../chain/chainError.ts";
import type { CallOptions } from "../../chain/connection.ts";
import { readDuty } from "../../chain/task.ts";
import { ABIS } from "../../protocol/generated/abi.ts";
import type { RelayState } from "./relayDesk.ts";
import { RelayError } from "./relayError.ts";
import { findOwnBatches, type RelayRound, type TakenEntry } from "./relayRound.ts";

/** Entries that turn out unfit one after the other while a batch is sent. Unit: refusals. */
const MAX_REFUSALS = 8;

/**
 * Sends what was taken, or finds it sent.
 *
 * @returns whether the batch is on chain. `false`: a transaction of the account is still under way, which may be this one.
 * @throws {ChainError} what is to be tried again; {RelayError} `RELAY_BATCH_MISSED` when nobody is left to send for
 */
export async function sendBatch(state: RelayState, round: RelayRound, options: CallOptions): Promise<boolean> {
  round.closed = true;
  await Promise.allSettled([...round.entries.values()].map(({ written }) => written));
  if (await adoptOwnBatches(state, round, options)) return true;
  if (await hasPending(state, options)) return false;
  let entries = await fitEntries(state, round, options);
  for (let refusals = 0; entries.length > 0; refusals++) {
    try {
      await commit(state, round, entries, options);
      return await adoptOwnBatches(state, round, options);
    } catch (error) {
      if (refusals >= MAX_REFUSALS) throw error;
      entries = await withoutRefused(state, round, { entries, error }, options);
    }
  }
  throw missed(round);
}

/** Looks for batches of this relay on chain and takes them as the round's. */
export async function adoptOwnBatches(state: RelayState, round: RelayRound, options: CallOptions): Promise<boolean> {
  const { chain, relay } = state;
  const batches = await findOwnBatches(chain, round, { ...options, relay });
  round.looked = true;
  if (batches.length === 0) return false;
  const freeWei = await readFreeWei(state, options);
  [round.batches, state.freeWei] = [batches, freeWei]; // together: what is locked is no longer reserved
  return true;
}

/** @returns what nothing holds of the relay's stake. Unit: wei. @throws {ChainError} */
export async function readFreeWei(
  { chain, relay }: Pick<RelayState, "chain" | "relay">,
  options: CallOptions,
): Promise<bigint> {
  const [stakeWei, lockedWei] = await chain.read("nodeRegistry", "coverOf", [relay], options);
  return stakeWei > lockedWei ? stakeWei - lockedWei : 0n;
}

export function missed({ key: { taskId, round } }: RelayRound): RelayError {
  const detail = { code: "RELAY_BATCH_MISSED", taskId: `${taskId}`, round } as const;
  return new RelayError(
    detail,
    `nothing was sent for round ${round} of task ${taskId}: its trainers commit themselves`,
  );
}

/** After a crash, a batch that is on its way shows as a nonce alone. */
async function hasPending({ chain, relay: address }: RelayState, options: CallOptions): Promise<boolean> {
  const count = (blockTag: "latest" | "pending") =>
    chain.request("eth_getTransactionCount", () => chain.client.getTransactionCount({ address, blockTag }), options);
  const [mined, pending] = await Promise.all([count("latest"), count("pending")]);
  return pending > mined;
}

async function commit(
  { chain, relay, emit }: RelayState,
  { key: { taskId, round } }: RelayRound,
  entries: readonly TakenEntry[],
  options: CallOptions,
): Promise<void> {
  const sent = entries.map(({ trainer, commitment }) => ({ trainer, commitment }));
  const { transactionHash, logs } = await chain.send("flContract", "commitBatch", [taskId, round, sent], options);
  for (const { args } of parseEventLogs({ abi: ABIS.flContract, logs, eventName: "BatchCommitted" })) {
    if (!isAddressEqual(args.relay, relay)) continue;
    const { batch, root } = args;
    emit({ event: "batchSent", task: `${taskId}`, round, batch, entries: entries.length, root, transactionHash });
  }
}

/** Whoever committed by itself, lost its place or changed it since, costs the relay gas or a bond and gains nobody anything. */
async function fitEntries(state: RelayState, round: RelayRound, options: CallOptions): Promise<TakenEntry[]> {
  const { taskId, round: number } = round.key;
  const entries = [...round.entries.values()];
  const duties = await Promise.all(
    entries.map(({ trainer: node }) => readDuty(state.chain, { taskId, round: number, node }, options)),
  );
  return entries.filter((entry, i) => {
    const { mayCommit, slot } = duties[i]!;
    if (mayCommit && slot === entry.slot) return true;
    drop(state, round, entry);
    return false;
  });
}

interface Refused {
  readonly entries: readonly TakenEntry[];
  readonly error: unknown;
}

/** @returns the entries that may pass after this refusal. @throws the refusal, where no entry is to blame for it */
async function withoutRefused(
  state: RelayState,
  round: RelayRound,
  { entries, error }: Refused,
  options: CallOptions,
): Promise<TakenEntry[]> {
  const refusal = refusalOf(error);
  if (refusal === undefined) throw error;
  const { errorName, args } = refusal;
  if (errorName === "FLContractBatchTooLate") throw missed(round);
  if (errorName === "FLContractNotEnrolled") {
    const gone = entries.filter(({ trainer }) => trainer === args[1]);
    if (gone.length === 0) throw error;
    for (const entry of gone) drop(state, round, entry);
    return entries.filter((entry) => !gone.includes(entry));
  }
  if (errorName !== "NodeRegistryStakeLocked") throw error;
  const covered = Number((await readFreeWei(state, options)) / round.penaltyWei);
  if (covered >= entries.length) throw error;
  for (const entry of entries.slice(covered)) drop(state, round, entry); // the last to come
  return entries.slice(0, covered);
}

function drop({ emit }: RelayState, round: RelayRound, { trainer }: TakenEntry): void {
  emit({ event: "dropped", task: `${round.key.taskId}`, round: round.key.round, trainer });
}
