/** What a transaction may cost: what the chain asks now, bounded by the operator's cap. */
import { ChainError } from "../chainError.ts";
import type { Head, KeyChain } from "./keyChain.ts";
import type { Fees, TransactionRecord } from "./transactionRecord.ts";

export interface Market {
  readonly type: TransactionRecord["type"];
  readonly fees: Fees;
  /** Without the room for a base fee that rises: for less nothing is mined now. Unit: wei. */
  readonly needed: bigint;
}

/** Room for a base fee that rises by an eighth with every full block. Source: viem's default. Unit: tenths. */
const BASE_FEE_TENTHS = 12n;

/** @returns what the chain asks for after the block `head`. */
export async function marketFees(chain: Pick<KeyChain, "tip" | "gasPrice">, head: Head): Promise<Market> {
  const { baseFeePerGas } = head;
  if (baseFeePerGas === undefined) {
    const price = await chain.gasPrice();
    return { type: "legacy", fees: { maxFeePerGas: price, maxPriorityFeePerGas: price }, needed: price };
  }
  const maxPriorityFeePerGas = await chain.tip();
  const maxFeePerGas = (baseFeePerGas * BASE_FEE_TENTHS) / 10n + maxPriorityFeePerGas;
  const fees = { maxFeePerGas, maxPriorityFeePerGas };
  return { type: "eip1559", fees, needed: baseFeePerGas + maxPriorityFeePerGas };
}

/** @throws {ChainError} `CHAIN_FEE_CAP_REACHED` where a transaction could not be mined now for what it may cost */
export function capped({ type, fees, needed }: Market, maxFeeWei: bigint): Pick<Market, "type" | "fees"> {
  if (needed > maxFeeWei) throw feeCapError(needed, maxFeeWei);
  const least = (wei: bigint): bigint => (wei > maxFeeWei ? maxFeeWei : wei);
  const { maxFeePerGas, maxPriorityFeePerGas } = fees;
  return { type, fees: { maxFeePerGas: least(maxFeePerGas), maxPriorityFeePerGas: least(maxPriorityFeePerGas) } };
}

export function feeCapError(neededWei: bigint, maxFeeWei: bigint): ChainError {
  const gwei = (wei: bigint): string => `${Number(wei) / 1e9} gwei`;
  return new ChainError(
    { code: "CHAIN_FEE_CAP_REACHED", neededWei: `${neededWei}`, maxFeeWei: `${maxFeeWei}` },
    `a unit of gas costs ${gwei(neededWei)} or more, and may cost ${gwei(maxFeeWei)} at most`,
  );
}
