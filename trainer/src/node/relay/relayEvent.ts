/** What a relay tells the world about itself: one line of `cairn relay start --json` each. Additive changes only. */
import type { Address, Hash } from "viem";
import type { Hex } from "../../protocol/hex.ts";

export type RelayEvent =
  | {
      readonly event: "ready";
      readonly address: Address;
      readonly url: string;
      readonly tasks: readonly string[];
      /** Stake that nothing holds: what entries can lock. */
      readonly freeWei: string;
    }
  | { readonly event: "taken"; readonly task: string; readonly round: number; readonly trainer: Address }
  /** An entry left out of the batch: its trainer committed by itself, or lost its place. */
  | { readonly event: "dropped"; readonly task: string; readonly round: number; readonly trainer: Address }
  | {
      readonly event: "batchSent";
      readonly task: string;
      readonly round: number;
      readonly batch: number;
      readonly entries: number;
      readonly root: Hex;
      readonly transactionHash: Hash;
    }
  /** `takenWei` of the trainer's stake was slashed for an entry that it did not open; 0 where it opened it another way. */
  | {
      readonly event: "unopenedReported";
      readonly task: string;
      readonly round: number;
      readonly trainer: Address;
      readonly takenWei: string;
    }
  | {
      readonly event: "batchSettled";
      readonly task: string;
      readonly round: number;
      readonly batch: number;
      readonly owedWei: string;
      /** Of the relay's stake. */
      readonly takenWei: string;
    }
  | {
      readonly event: "transaction";
      readonly kind: string;
      readonly hash: Hash;
      readonly gasUsed: string;
      readonly status: "success" | "reverted";
    }
  | { readonly event: "error"; readonly code: string; readonly message: string }
  | { readonly event: "stopped"; readonly reason: string };
