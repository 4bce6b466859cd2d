/**
 * Events in IndexedDB, one record a batch. Two tabs may write: a batch is only added after the mark that it follows.
 *
 * The database is this site's own, so what it holds is trusted as far as the RPC that it came from.
 */
import type { BlockMark } from "../follow/chainSource.ts";
import type { ChainEvent } from "../types.ts";
import type { Appended, EventKeep, Kept } from "./eventKeep.ts";

/** Raised when records of an older form must not be read. */
const FORM = 1;

interface Batch {
  /** Batches are written in the order of the chain, so this sorts as the chain does. */
  readonly sequence: number;
  readonly events: readonly ChainEvent[];
}

interface Cursor {
  readonly marks: readonly BlockMark[];
  /** Sequence of the next batch. */
  readonly next: number;
}

const BATCHES = "batches";
const CURSOR = "cursor";

/** How long the database may take to open; another tab may hold an older form of it. Unit: milliseconds. */
const OPEN_MS = 5_000;

/** @param name one database for each deployment. @throws DOMException | Error when the browser offers no storage. */
export async function openIndexedDbKeep(name: string): Promise<EventKeep> {
  const database = await open(`cairn-index-${name}`);
  return {
    persistent: true,
    load: () => load(database),
    append: (appended) => append(database, appended),
    rewind: (marks) => rewind(database, marks),
    close: () => database.close(),
  };
}

function open(name: string): Promise<IDBDatabase> {
  return new Promise((resolve, reject) => {
    const late = setTimeout(() => reject(new Error("the browser's storage does not open")), OPEN_MS);
    const request = indexedDB.open(name, FORM);
    request.onupgradeneeded = () => {
      for (const store of [...request.result.objectStoreNames]) request.result.deleteObjectStore(store);
      request.result.createObjectStore(BATCHES, { keyPath: "sequence" });
      request.result.createObjectStore(CURSOR);
    };
    request.onerror = () => reject(request.error);
    request.onsuccess = () => {
      clearTimeout(late);
      const database = request.result;
      database.onversionchange = () => database.close(); // a newer page must not wait for this one
      resolve(database);
    };
  });
}

async function load(database: IDBDatabase): Promise<Kept> {
  const transaction = database.transaction([BATCHES, CURSOR], "readonly");
  const [cursor, batches] = await Promise.all([
    answer<Cursor | undefined>(transaction.objectStore(CURSOR).get(CURSOR)),
    answer<Batch[]>(transaction.objectStore(BATCHES).getAll()),
  ]);
  return { marks: cursor?.marks ?? [], events: batches.flatMap(({ events }) => events) };
}

async function append(database: IDBDatabase, { after, events, marks }: Appended): Promise<boolean> {
  const transaction = database.transaction([BATCHES, CURSOR], "readwrite");
  const cursors = transaction.objectStore(CURSOR);
  const cursor = await answer<Cursor | undefined>(cursors.get(CURSOR));
  if (cursor?.marks.at(-1)?.hash !== after?.hash) return false;
  const next = cursor?.next ?? 0;
  const isNews = events.length > 0;
  if (isNews) transaction.objectStore(BATCHES).add({ sequence: next, events } satisfies Batch);
  cursors.put({ marks, next: isNews ? next + 1 : next } satisfies Cursor, CURSOR);
  await finished(transaction);
  return true;
}

async function rewind(database: IDBDatabase, marks: readonly BlockMark[]): Promise<void> {
  const to = marks.at(-1)?.number ?? -1n;
  const transaction = database.transaction([BATCHES, CURSOR], "readwrite");
  const store = transaction.objectStore(BATCHES);
  let next = 0;
  for (const batch of await answer<Batch[]>(store.getAll())) {
    const events = batch.events.filter(({ blockNumber }) => blockNumber <= to);
    if (events.length === 0) store.delete(batch.sequence);
    else if (events.length < batch.events.length) store.put({ ...batch, events });
    if (events.length > 0) next = batch.sequence + 1;
  }
  transaction.objectStore(CURSOR).put({ marks, next } satisfies Cursor, CURSOR);
  await finished(transaction);
}

function answer<T>(request: IDBRequest): Promise<T> {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result as T);
    request.onerror = () => reject(request.error);
  });
}

function finished(transaction: IDBTransaction): Promise<void> {
  return new Promise((resolve, reject) => {
    transaction.oncomplete = () => resolve();
    transaction.onabort = () => reject(transaction.error);
    transaction.onerror = () => reject(transaction.error);
  });
}
