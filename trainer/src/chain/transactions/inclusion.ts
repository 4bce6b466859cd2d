/** Whether what was mined still is, and when it is final: looked at at each head, for a reorganisation may take it back. */
import type { Hash, TransactionReceipt } from "viem";
import type { Head, KeyChain } from "./keyChain.ts";
import type { KeyRecords } from "./keyRecords.ts";
import type { TransactionRecord } from "./transactionRecord.ts";
import * as states from "./transactionRecord.ts";

export interface InclusionOptions {
  readonly records: KeyRecords;
  readonly chain: KeyChain;
  /** What is taken back waits so long for its phase to come again; then it goes out, for it may lie in a pool. Unit: milliseconds. */
  readonly holdMs: number;
  /** Does `work` while no other process has the key's nonces. */
  readonly owning: (work: () => Promise<void>) => Promise<void>;
}

export interface Inclusion {
  /** @returns the receipt of whichever copy was mined. @throws {ChainError} */
  receiptOf(record: TransactionRecord): Promise<TransactionReceipt | undefined>;
  note(nonce: number, receipt: TransactionReceipt): Promise<void>;
  /** @param known the head, where it was asked for already */
  recheck(known?: Head): Promise<void>;
}

export function createInclusion({ records, chain, holdMs, owning }: InclusionOptions): Inclusion {
  /** At which all was looked at. */
  let seen: Hash | undefined;

  const included = (): TransactionRecord[] => records.all().filter(({ state }) => state === "included");

  async function receiptOf({ attempts }: TransactionRecord): Promise<TransactionReceipt | undefined> {
    for (const { hash } of attempts.toReversed()) {
      const receipt = await chain.receipt(hash);
      if (receipt !== undefined) return receipt;
    }
    return undefined;
  }

  async function note(nonce: number, receipt: TransactionReceipt): Promise<void> {
    const { transactionHash: hash, blockHash, blockNumber, status } = receipt;
    records.orphans.delete(nonce);
    seen = undefined; // a block as it was before may be the head again
    await records.note(states.included(records.get(nonce)!, { hash, blockHash, blockNumber, status }));
    records.settle(nonce, receipt);
  }

  async function recheck(known?: Head): Promise<void> {
    const open = included();
    if (open.length === 0) return;
    const head = known ?? (await chain.head());
    if (head.hash === seen) return;
    if (!(await stands(open, head))) for (const { nonce } of open) await recheckOne(nonce);
    const finalBlock = await chain.finalBlock(head.number);
    for (const record of included()) {
      if (record.inclusion!.blockNumber > finalBlock) continue;
      states.final(record); // nothing can become of it any more: nobody needs it
      await records.forget(record.nonce);
    }
    seen = head.hash;
  }

  /** Whether the newest block with one of them is still the chain's, and with it all blocks before. */
  async function stands(open: readonly TransactionRecord[], head: Head): Promise<boolean> {
    if (head.parentHash === seen) return true; // the chain has grown by a block since it was looked at
    const newest = open.map(({ inclusion }) => inclusion!).reduce((a, b) => (a.blockNumber > b.blockNumber ? a : b));
    if (head.number === newest.blockNumber) return head.hash === newest.blockHash;
    return (await chain.hashAt(newest.blockNumber)) === newest.blockHash;
  }

  async function recheckOne(nonce: number): Promise<void> {
    const record = records.get(nonce);
    if (record?.state !== "included") return;
    const receipt = await receiptOf(record);
    if (receipt !== undefined) {
      if (receipt.blockHash !== record.inclusion?.blockHash) await note(nonce, receipt);
      return;
    }
    await owning(async () => takeBack(nonce)); // another process may be at it
  }

  async function takeBack(nonce: number): Promise<void> {
    const record = records.get(nonce);
    if (record?.state !== "included") return;
    records.orphans.add(nonce);
    const nowMs = performance.now();
    const watch = { attemptedMs: nowMs, sentMs: Number.NEGATIVE_INFINITY, heldUntilMs: nowMs + holdMs };
    Object.assign(records.watch(nonce), watch);
    await records.note(states.takenBack(record));
  }

  return { receiptOf, note, recheck };
}
