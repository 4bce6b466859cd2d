/** Relays' batches of a round, as the chain's events tell them; nothing here trusts a relay. */
import type { Address, Hash } from "viem";
import { type BatchEntry, batchRoot } from "../protocol/commitmentBatch.ts";
import { ABIS } from "../protocol/generated/abi.ts";
import type { Hex } from "../protocol/hex.ts";
import type { CallOptions, Chain } from "./connection.ts";
import { eventsOf, logsSince, type RoundKey } from "./task.ts";

/** A batch as its relay sent it. */
export interface SentBatch {
  /** Counts from 1 in every round. */
  readonly batch: number;
  readonly relay: Address;
  readonly root: Hex;
  readonly entries: readonly { readonly trainer: Address; readonly commitment: Hex }[];
  readonly blockNumber: bigint;
  readonly transactionHash: Hash;
}

/** @returns the round's batches so far, in the order in which they were sent. @throws {ChainError} */
export async function sentBatches(chain: Chain, key: RoundKey, options: CallOptions): Promise<SentBatch[]> {
  const read = (fromBlock: bigint, toBlock: bigint) =>
    chain.client.getContractEvents({ ...eventsOf(chain, key), eventName: "BatchCommitted", fromBlock, toBlock });
  const logs = await logsSince(chain, { doing: "BatchCommitted logs", fromBlock: key.openedAtBlock, read }, options);
  return logs.map(({ args: { batch, relay, root, commitments: entries }, blockNumber, transactionHash }) => {
    return { batch, relay, root, entries, blockNumber, transactionHash };
  });
}

/** What has become of a batch after `Reveal`. */
export interface BatchState {
  /** Entries that were opened or answered for. */
  readonly closed: ReadonlySet<number>;
  readonly isSettled: boolean;
}

/** @throws {ChainError} */
export async function batchState(
  chain: Chain,
  { batch, ...key }: RoundKey & { readonly batch: number },
  options: CallOptions,
): Promise<BatchState> {
  const { openedAtBlock: fromBlock } = key;
  const readOpened = (fromBlock: bigint, toBlock: bigint) =>
    chain.client.getContractEvents({ ...eventsOf(chain, key), eventName: "BatchedUpdateOpened", fromBlock, toBlock });
  const readReported = (fromBlock: bigint, toBlock: bigint) =>
    chain.client.getContractEvents({ ...eventsOf(chain, key), eventName: "UnopenedReported", fromBlock, toBlock });
  const readSettled = (fromBlock: bigint, toBlock: bigint) =>
    chain.client.getContractEvents({ ...eventsOf(chain, key), eventName: "BatchSettled", fromBlock, toBlock });
  const opened = await logsSince(chain, { doing: "BatchedUpdateOpened logs", fromBlock, read: readOpened }, options);
  const reported = await logsSince(chain, { doing: "UnopenedReported logs", fromBlock, read: readReported }, options);
  const settled = await logsSince(chain, { doing: "BatchSettled logs", fromBlock, read: readSettled }, options);
  const closed = [...opened, ...reported].filter(({ args }) => args.batch === batch).map(({ args }) => args.index);
  return { closed: new Set(closed), isSettled: settled.some(({ args }) => args.batch === batch) };
}

/**
 * Finds the places that a batch's leaves were made with, which its event leaves out: those that its trainers have now, or
 * else those that they took last before it was sent.
 *
 * @returns the entries whose root is the batch's; `undefined` when the chain's events do not tell them.
 * @throws {ChainError}
 */
export async function placedEntries(
  chain: Chain,
  { taskId, sent }: { readonly taskId: bigint; readonly sent: SentBatch },
  options: CallOptions,
): Promise<readonly BatchEntry[] | undefined> {
  const now = await Promise.all(
    sent.entries.map(({ trainer }) => chain.read("flContract", "slotOf", [taskId, trainer], options)),
  );
  const entries = sent.entries.map((entry, i) => ({ ...entry, slot: now[i]![1] }));
  if (batchRoot(entries) === sent.root) return entries;
  const slots = await slotsBefore(chain, { taskId, toBlock: sent.blockNumber }, options);
  const earlier = entries.map((entry) => ({ ...entry, slot: slots.get(entry.trainer) ?? entry.slot }));
  return batchRoot(earlier) === sent.root ? earlier : undefined;
}

/** Nobody joins in the middle of a round and is in its batch too, so whole blocks will do. */
async function slotsBefore(
  chain: Chain,
  { taskId, toBlock: last }: { readonly taskId: bigint; readonly toBlock: bigint },
  options: CallOptions,
): Promise<ReadonlyMap<Address, number>> {
  const { contracts, deployedAtBlock } = chain.deployment;
  const events = { address: contracts.flContract, abi: ABIS.flContract, args: { taskId }, strict: true } as const;
  const read = (fromBlock: bigint, toBlock: bigint) =>
    chain.client.getContractEvents({ ...events, eventName: "TrainerJoined", fromBlock, toBlock });
  const query = { doing: "TrainerJoined logs", fromBlock: BigInt(deployedAtBlock), read };
  const logs = (await logsSince(chain, query, options)).filter(({ blockNumber }) => blockNumber <= last);
  return new Map(logs.map(({ args: { trainer, slot } }) => [trainer, slot]));
}
