/** A transaction as an event of the commands that stream. Pure. */
import type { Hash } from "viem";
import type { SentTransaction } from "../chain/connection.ts";

export interface TransactionEvent {
  readonly event: "transaction";
  readonly kind: string;
  readonly hash: Hash;
  readonly gasUsed: string;
  readonly status: "success" | "reverted";
}

export function transactionEvent({ functionName, receipt }: SentTransaction): TransactionEvent {
  return {
    event: "transaction",
    kind: functionName,
    hash: receipt.transactionHash,
    gasUsed: receipt.gasUsed.toString(),
    status: receipt.status,
  };
}
