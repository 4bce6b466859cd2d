/**
 * What is known of a key's transactions: the records, as the store has them, and who waits for which.
 *
 * Asks no chain and decides nothing of what becomes of them.
 */
import type { TransactionReceipt } from "viem";
import { isTagged } from "../../protocol/errors.ts";
import * as states from "./transactionRecord.ts";
import { isInFlight, type TransactionRecord } from "./transactionRecord.ts";
import type { TransactionStore } from "./transactionStore.ts";

export type Fate = TransactionReceipt | Error;

/** What this process knows of one transaction beyond its record. Times are of `performance.now()`. */
export interface Watch {
  attemptedMs: number;
  sentMs: number;
  takenSinceMs: number | undefined;
  /** What the RPC said when it was offered last. */
  error: unknown;
  isCapped: boolean;
  /** Taken back: until then it goes out only once the chain would not refuse it. Unit: milliseconds. */
  heldUntilMs: number;
  readonly waiters: ((fate: Fate) => void)[];
}

export class KeyRecords {
  readonly #store: TransactionStore;
  readonly #records = new Map<number, TransactionRecord>();
  readonly #watches = new Map<number, Watch>();
  /** On its way, and nobody waits: an earlier process sent it, or it took too long, or its block was taken back. */
  readonly orphans = new Set<number>();

  constructor(store: TransactionStore) {
    this.#store = store;
  }

  all(): TransactionRecord[] {
    return [...this.#records.values()].sort((a, b) => a.nonce - b.nonce);
  }

  inFlight(): TransactionRecord[] {
    return this.all().filter(isInFlight);
  }

  get(nonce: number): TransactionRecord | undefined {
    return this.#records.get(nonce);
  }

  nextNonce(minedCount: number): number {
    return states.nextNonce(this.#records.values(), minedCount);
  }

  /** Takes what the store has for what there is: another process may have had the key meanwhile. */
  async load(kept: readonly TransactionRecord[]): Promise<void> {
    for (const nonce of this.#records.keys()) if (!kept.some((one) => one.nonce === nonce)) this.#drop(nonce);
    for (const record of kept) {
      if (record.state === "prepared")
        await this.#store.remove(record.nonce); // nothing of it was signed
      else this.#records.set(record.nonce, record);
      if (isInFlight(record)) this.orphans.add(record.nonce);
    }
  }

  /** On disk first; only then does anybody here know of it. @throws {NodeError} `NODE_DISK_FAILED` */
  async keep(record: TransactionRecord): Promise<void> {
    await this.#store.put(record);
    this.#records.set(record.nonce, record);
  }

  /** What was seen since: worth keeping, and told by the chain again should the disk not take it now. */
  async note(record: TransactionRecord): Promise<void> {
    this.#records.set(record.nonce, record);
    await this.#store.put(record).catch(untagged);
  }

  /** Nothing can become of it any more. Whoever waits is told `why`. */
  async forget(nonce: number, why?: Error): Promise<void> {
    await this.#store.remove(nonce);
    if (why !== undefined) this.settle(nonce, why);
    this.#drop(nonce);
  }

  watch(nonce: number): Watch {
    let watch = this.#watches.get(nonce);
    if (watch === undefined) {
      const none = { error: undefined, takenSinceMs: undefined, isCapped: false, heldUntilMs: 0 };
      watch = { attemptedMs: performance.now(), sentMs: Number.NEGATIVE_INFINITY, waiters: [], ...none };
      this.#watches.set(nonce, watch);
    }
    return watch;
  }

  /** Why it is not mined, as far as that is known. */
  reasonOf(nonce: number): unknown {
    return this.#watches.get(nonce)?.error;
  }

  /** @returns the receipt, however late. */
  fateOf(nonce: number): Promise<TransactionReceipt> {
    const fate = new Promise<TransactionReceipt>((resolve, reject) => {
      this.watch(nonce).waiters.push((told) => (told instanceof Error ? reject(told) : resolve(told)));
    });
    fate.catch(() => {}); // whoever waits sees it; nobody may
    return fate;
  }

  settle(nonce: number, fate: Fate): void {
    for (const tell of this.#watches.get(nonce)?.waiters.splice(0) ?? []) tell(fate);
  }

  #drop(nonce: number): void {
    this.#records.delete(nonce);
    this.#watches.delete(nonce);
    this.orphans.delete(nonce);
  }
}

/** For what may fail as disks and RPCs do. @throws what is no such failure: a bug */
export function untagged(error: unknown): void {
  if (!isTagged(error)) throw error;
}
