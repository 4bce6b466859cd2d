/**
 * Waits for a transaction's receipt, unless the transaction is nowhere any more: dropped from the pool, or taken back with
 * its block.
 *
 * Waiting on for its receipt would keep everything else of the account waiting, phases of a round included. Whoever sends
 * again gets the same nonce, for the chain counts the lost one no more: so of the two at most one is ever mined.
 */
import {
  type Hash,
  type PublicClient,
  TransactionNotFoundError,
  type TransactionReceipt,
  TransactionReceiptNotFoundError,
} from "viem";
import { ChainError } from "./chainError.ts";
import { pause } from "./deadline.ts";

export interface ReceiptWait {
  /** Unit: milliseconds. */
  readonly pollingMs: number;
  readonly isLocal: boolean;
  readonly signal: AbortSignal;
}

/** @throws {ChainError} `CHAIN_TRANSACTION_LOST` | `CHAIN_ABORTED`, and what the RPC answers wrongly, as it is */
export async function receiptOf(client: PublicClient, hash: Hash, wait: ReceiptWait): Promise<TransactionReceipt> {
  const { pollingMs, isLocal, signal } = wait;
  const isLost = watchForLoss(client, hash, isLocal);
  while (!signal.aborted) {
    const receipt = await client.getTransactionReceipt({ hash }).catch((error: unknown) => {
      if (error instanceof TransactionReceiptNotFoundError) return undefined;
      throw error;
    });
    if (receipt !== undefined) return receipt;
    if (await isLost()) throw new ChainError({ code: "CHAIN_TRANSACTION_LOST", hash }, `the chain lost ${hash}`);
    await pause(pollingMs, signal);
  }
  throw new ChainError({ code: "CHAIN_ABORTED", doing: hash }, `waiting for ${hash} was stopped`);
}

/** Providers answer from several machines, and one may not have heard of it yet. Unit: milliseconds. */
const PATIENCE_MS = { local: 2_000, other: 60_000 } as const;

/** How often it is asked. Unit: milliseconds. */
const ASK_MS = { local: 500, other: 6_000 } as const;

/** @returns what is called at every look for the receipt, and says whether the chain has not known of it for long enough */
function watchForLoss(client: PublicClient, hash: Hash, isLocal: boolean): () => Promise<boolean> {
  const where = isLocal ? "local" : "other";
  let askedMs = performance.now();
  let unknownSinceMs: number | undefined;
  return async () => {
    const nowMs = performance.now();
    if (nowMs - askedMs < ASK_MS[where]) return false;
    askedMs = nowMs;
    if (await isKnown(client, hash)) unknownSinceMs = undefined;
    else unknownSinceMs ??= nowMs;
    return unknownSinceMs !== undefined && nowMs - unknownSinceMs >= PATIENCE_MS[where];
  };
}

async function isKnown(client: PublicClient, hash: Hash): Promise<boolean> {
  try {
    await client.getTransaction({ hash });
    return true;
  } catch (error) {
    if (error instanceof TransactionNotFoundError) return false;
    throw error;
  }
}
