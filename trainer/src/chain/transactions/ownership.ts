/**
 * Which process has the key's nonces. It is this one while somebody here uses them or something is on its way; then others
 * may have them.
 */

import { untagged } from "./keyRecords.ts";
import type { TransactionRecord } from "./transactionRecord.ts";
import type { KeyPlace, TransactionStore } from "./transactionStore.ts";

export interface OwnershipOptions {
  readonly store: TransactionStore;
  readonly place: KeyPlace;
  /** Takes over what the store has. */
  readonly onOwned: (kept: readonly TransactionRecord[]) => Promise<void>;
  /** @returns whether something is on its way. */
  readonly isBusy: () => boolean;
}

export interface Ownership {
  /** Does `work` as the nonces' owner. @throws when another process keeps them, and what `work` throws */
  during<T>(work: () => Promise<T>, signal: AbortSignal): Promise<T>;
  /** Lets others have them, unless they are needed here. */
  leaveIfIdle(): void;
}

export function createOwnership({ store, place, onOwned, isBusy }: OwnershipOptions): Ownership {
  let owning: Promise<void> | undefined;
  let users = 0;

  async function takeOver(signal: AbortSignal): Promise<void> {
    await onOwned(await store.own(place, signal));
  }

  async function enter(signal: AbortSignal): Promise<void> {
    users++;
    try {
      owning ??= takeOver(signal);
      await owning;
    } catch (error) {
      owning = undefined;
      users--;
      if (users === 0) await store.disown().catch(untagged); // such as a torn record: others may mend it
      throw error;
    }
  }

  function leaveIfIdle(): void {
    if (users > 0 || owning === undefined || isBusy()) return;
    owning = undefined;
    store.disown().catch(untagged);
  }

  return {
    leaveIfIdle,
    async during(work, signal) {
      await enter(signal);
      try {
        return await work();
      } finally {
        users--;
        leaveIfIdle();
      }
    },
  };
}
