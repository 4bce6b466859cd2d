/** Signs copies of a transaction and offers them to the chain. What is signed is kept before it leaves. */
import { keccak256, type LocalAccount } from "viem";
import { isDefiniteRefusal } from "../chainError.ts";
import type { KeyChain } from "./keyChain.ts";
import type { KeyRecords } from "./keyRecords.ts";
import * as states from "./transactionRecord.ts";
import { type Fees, isInFlight } from "./transactionRecord.ts";

export interface SigningOptions {
  readonly records: KeyRecords;
  readonly chain: KeyChain;
  readonly account: LocalAccount;
  readonly chainId: number;
}

export interface Signing {
  /** The first copy, or a dearer one. On disk when it returns. */
  sign(nonce: number, fees: Fees): Promise<void>;
  /** Sends the newest copy, whoever may have it already. @throws {ChainError} what a chain says that can never have taken it */
  offer(nonce: number): Promise<void>;
}

export function createSigning({ records, chain, account, chainId }: SigningOptions): Signing {
  async function sign(nonce: number, fees: Fees): Promise<void> {
    const { to, data, gas, type } = records.get(nonce)!;
    const { maxFeePerGas, maxPriorityFeePerGas } = fees;
    const common = { chainId, nonce, to, data, gas };
    const raw = await account.signTransaction(
      type === "legacy"
        ? { ...common, type, gasPrice: maxFeePerGas }
        : { ...common, type, maxFeePerGas, maxPriorityFeePerGas },
    );
    const record = records.get(nonce)!;
    if (record.state !== "prepared" && !isInFlight(record)) return; // mined meanwhile
    await records.keep(states.signed(record, { ...fees, hash: keccak256(raw), raw }));
    records.watch(nonce).attemptedMs = performance.now();
  }

  async function offer(nonce: number): Promise<void> {
    const watch = records.watch(nonce);
    const record = records.get(nonce)!;
    watch.sentMs = performance.now();
    try {
      await chain.offer(record.attempts.at(-1)!.raw);
    } catch (error) {
      watch.error = error;
      const isNew = record.state === "signed" && record.attempts.length === 1 && record.inclusion === undefined;
      if (!isNew || !isDefiniteRefusal(error)) return; // it may have been taken all the same
      await records.forget(nonce, error as Error);
      throw error;
    }
    const now = records.get(nonce);
    if (now !== undefined && isInFlight(now)) await records.note(states.sent(now));
  }

  return { sign, offer };
}
