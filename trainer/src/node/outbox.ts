/**
 * Transactions of one account on disk: a file each, replaced as a whole and flushed, as the journal's records are.
 *
 * Beside the journal and not in it: nonces belong to an account on a chain, whatever contracts it calls. The folder has a
 * lock of its own, held while something is on its way, so that a node and a command with the same data folder take turns.
 */
import { readdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { ChainError } from "../chain/chainError.ts";
import { pause } from "../chain/deadline.ts";
import { decodeRecord, encodeRecord, type TransactionRecord } from "../chain/transactions/transactionRecord.ts";
import type { KeyPlace, TransactionStore } from "../chain/transactions/transactionStore.ts";
import { readIfPresent, writeDurably } from "./durableFile.ts";
import { type FolderLock, lockFolder } from "./lock.ts";
import { NodeError } from "./nodeError.ts";

/** Below the data folder. */
export const OUTBOX = "outbox";

/** A record's name, such as `0000000012.json`. */
export const OUTBOX_RECORD = /^(\d{10})\.json$/;

/** How often a lock that another process holds is looked at. Unit: milliseconds. */
const LOOK_MS = 100;

/** How long it is waited for: the bound of an inclusion. Unit: milliseconds. */
const BUSY_MS = 120_000;

/** @param busyMs as {@link BUSY_MS} */
export function openOutbox(dataDir: string, { busyMs = BUSY_MS } = {}): TransactionStore {
  let folder: string | undefined;
  let lock: FolderLock | undefined;
  /** One write after the other: two of one record would have one file aside. */
  let writing: Promise<unknown> = Promise.resolve();
  const inOrder = <T>(work: () => Promise<T>): Promise<T> => {
    const done = writing.then(work);
    writing = done.catch(() => {});
    return done;
  };
  const file = (nonce: number): string => {
    if (folder === undefined) throw new TypeError("the outbox has no owner");
    return join(folder, `${String(nonce).padStart(10, "0")}.json`);
  };
  return {
    async own(place, signal) {
      folder ??= join(dataDir, OUTBOX, await nameOf(place));
      const path = folder;
      return inOrder(async () => {
        lock ??= await lockWhenFree(path, place.account, { signal, busyMs });
        return readOutbox(path);
      });
    },
    disown: () =>
      inOrder(async () => {
        const held = lock;
        lock = undefined;
        await held?.release();
      }),
    put: (record) => inOrder(() => writeDurably(file(record.nonce), encodeRecord(record))),
    remove: (nonce) => inOrder(() => remove(file(nonce))),
  };
}

/** @throws {NodeError} `NODE_DISK_FAILED` */
async function remove(path: string): Promise<void> {
  try {
    await rm(path, { force: true });
  } catch (cause) {
    throw new NodeError({ code: "NODE_DISK_FAILED", path }, `cannot remove ${path}`, { cause });
  }
}

/** A local chain that began anew has the same number and the same accounts, but another first block. */
async function nameOf({ chainId, genesisHash, account }: KeyPlace): Promise<string> {
  return `${chainId}-${(await genesisHash()).slice(2, 18)}-${account}`.toLowerCase();
}

interface LockWait {
  readonly signal: AbortSignal;
  readonly busyMs: number;
}

/** @throws {ChainError} `CHAIN_KEY_BUSY` | `CHAIN_ABORTED` */
async function lockWhenFree(folder: string, account: string, { signal, busyMs }: LockWait): Promise<FolderLock> {
  const untilMs = performance.now() + busyMs;
  for (;;) {
    try {
      return await lockFolder(folder);
    } catch (error) {
      if (!(error instanceof NodeError) || error.detail.code !== "NODE_ALREADY_RUNNING") throw error;
      const { pid } = error.detail;
      if (signal.aborted) throw new ChainError({ code: "CHAIN_ABORTED", doing: account }, "waiting was stopped");
      if (performance.now() > untilMs) {
        throw new ChainError(
          { code: "CHAIN_KEY_BUSY", account, pid },
          `process ${pid} has a transaction of ${account} on its way`,
        );
      }
      await pause(LOOK_MS, signal);
    }
  }
}

/** @throws {NodeError} `NODE_JOURNAL_MALFORMED` when a file is no record: what it was may lie in a pool */
export async function readOutbox(folder: string): Promise<TransactionRecord[]> {
  const records: TransactionRecord[] = [];
  for (const name of (await readdir(folder).catch(() => [])).sort()) {
    const [, digits] = OUTBOX_RECORD.exec(name) ?? [];
    const bytes = digits === undefined ? undefined : await readIfPresent(join(folder, name));
    if (bytes === undefined) continue;
    const record = decodeRecord(new TextDecoder().decode(bytes));
    if (record === undefined || record.nonce !== Number(digits)) {
      const path = join(folder, name);
      throw new NodeError({ code: "NODE_JOURNAL_MALFORMED", path }, `${path} is not a transaction of this outbox`);
    }
    records.push(record);
  }
  return records;
}
