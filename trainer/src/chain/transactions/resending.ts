/** One look at a transaction on its way: is it mined, was its nonce taken, must it go out again, and for how much? */
import { ChainError } from "../chainError.ts";
import type { ChainNotice } from "../notice.ts";
import { feeCapError, marketFees } from "./fees.ts";
import type { Inclusion } from "./inclusion.ts";
import type { KeyChain } from "./keyChain.ts";
import type { KeyRecords, Watch } from "./keyRecords.ts";
import type { Signing } from "./signing.ts";
import { bumped, isInFlight, type TransactionRecord } from "./transactionRecord.ts";

export interface ResendingOptions {
  readonly records: KeyRecords;
  readonly chain: KeyChain;
  readonly inclusion: Inclusion;
  readonly signing: Signing;
  /** The same bytes are offered again this often. Unit: milliseconds. */
  readonly resendMs: number;
  /** How long a copy waits before a dearer one goes out. Unit: milliseconds. */
  readonly bumpAfterMs: number;
  /** An RPC answers from several machines, and one may be behind. Unit: milliseconds. */
  readonly patienceMs: number;
  /** Unit: wei. */
  readonly maxFeeWei: bigint;
  readonly onNotice: (notice: ChainNotice) => void;
}

/** @returns the look at one nonce. */
export function createResending(options: ResendingOptions): (nonce: number) => Promise<void> {
  const { records, chain, inclusion, signing, resendMs, bumpAfterMs, patienceMs, maxFeeWei, onNotice } = options;

  async function look(nonce: number): Promise<void> {
    const record = records.get(nonce);
    if (record === undefined || !isInFlight(record)) return;
    const receipt = await inclusion.receiptOf(record);
    if (receipt !== undefined) return inclusion.note(nonce, receipt);
    const watch = records.watch(nonce);
    const nowMs = performance.now();
    if (nowMs - watch.sentMs < resendMs) return;
    if (await isTaken(record, watch)) return;
    if (nowMs < watch.heldUntilMs && !(await chain.wouldTake(record))) return; // an opening whose phase was taken back, too
    if (nowMs - watch.attemptedMs >= bumpAfterMs) await bump(record, watch);
    await signing.offer(nonce);
  }

  /** Whether another transaction was mined under the nonce: somebody else signs with this key. Then it is given up. */
  async function isTaken({ nonce, call }: TransactionRecord, watch: Watch): Promise<boolean> {
    if ((await chain.minedCount()) <= nonce) watch.takenSinceMs = undefined;
    else watch.takenSinceMs ??= performance.now();
    const { takenSinceMs } = watch;
    if (takenSinceMs === undefined || performance.now() - takenSinceMs < patienceMs) return false;
    const error = new ChainError(
      { code: "CHAIN_NONCE_TAKEN", nonce, call },
      `${call} had nonce ${nonce}, and something else of this account was mined under it`,
    );
    await records.forget(nonce, error);
    onNotice({ code: error.code, message: error.message });
    return true;
  }

  async function bump({ nonce, call, attempts }: TransactionRecord, watch: Watch): Promise<void> {
    const last = attempts.at(-1)!;
    const { fees: market } = await marketFees(chain, await chain.head());
    const fees = bumped(last, market, maxFeeWei);
    if (fees !== undefined) return signing.sign(nonce, fees);
    if (watch.isCapped) return;
    watch.isCapped = true;
    const error = feeCapError(last.maxFeePerGas, maxFeeWei);
    watch.error ??= error;
    onNotice({ code: error.code, message: `${call} (nonce ${nonce}): ${error.message}` });
  }

  return look;
}
