/** Where the transactions of one key are kept. What keeps them on disk is `node/outbox.ts`; a tab or a test needs none. */
import type { Hash } from "viem";
import type { TransactionRecord } from "./transactionRecord.ts";

/** Which nonces are meant: those of an account on one chain. A chain that began anew under the same number is another. */
export interface KeyPlace {
  readonly chainId: number;
  readonly genesisHash: () => Promise<Hash>;
  readonly account: string;
}

export interface TransactionStore {
  /** Waits until no other process owns the key's nonces, then owns them. @returns all records. @throws when it stays owned */
  own(place: KeyPlace, signal: AbortSignal): Promise<TransactionRecord[]>;
  /** Lets other processes own them; nothing is on its way then. */
  disown(): Promise<void>;
  /** On disk, flushed, when it returns. */
  put(record: TransactionRecord): Promise<void>;
  remove(nonce: number): Promise<void>;
}

/** Keeps nothing beyond the process, which must be the key's only one. */
export function memoryStore(): TransactionStore {
  const records = new Map<number, TransactionRecord>();
  return {
    own: async () => [...records.values()],
    disown: async () => {},
    put: async (record) => void records.set(record.nonce, record),
    remove: async (nonce) => void records.delete(nonce),
  };
}
