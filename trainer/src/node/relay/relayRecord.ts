/** What a trainer keeps of a commitment that it signed for a relay: as long as it is open, the node may not forget it. */
import type { Address } from "viem";
import type { Hex } from "../../protocol/hex.ts";
import type { BatchPlace } from "./relayProtocol.ts";

export interface RelayRecord {
  /** Where it was handed in. */
  readonly url: string;
  readonly commitment: Hex;
  /** The trainer's place in the task. */
  readonly slot: number;
  /** Whose relay it says it is. Decides nothing but which of two batches is opened. */
  readonly relay?: Address;
  /** Where the chain has it; absent until it was found and verified. */
  readonly place?: BatchPlace;
}

/** Every record has them. */
export const RELAY_RECORD_FIELDS = ["url", "commitment", "slot"];
