/**
 * The tab's own database: what must outlive the tab. Each write is on disk before its promise resolves.
 *
 * One IndexedDB for the site; `strict` durability flushes to disk, which a salt needs and a preference would not.
 */
import { TrainError } from "../trainError.ts";

const NAME = "cairn-training";
const VERSION = 1;

export const STORES = ["openings", "keys"] as const;
export type StoreName = (typeof STORES)[number];

/** A blocked upgrade or a dead disk must not hold the page. Unit: milliseconds. */
const DEADLINE_MS = 10_000;

export interface Database {
  get(store: StoreName, key: string): Promise<unknown>;
  all(store: StoreName): Promise<readonly unknown[]>;
  /** @returns false when there is something under the key: it is left as it is. */
  add(store: StoreName, key: string, value: unknown): Promise<boolean>;
  put(store: StoreName, key: string, value: unknown): Promise<void>;
  remove(store: StoreName, key: string): Promise<void>;
  close(): void;
}

/** @throws {TrainError} `TRAIN_STORAGE_FAILED` when the browser gives no storage, as in some private windows */
export async function openDatabase(factory: IDBFactory | undefined = globalThis.indexedDB): Promise<Database> {
  if (factory === undefined) throw failed("open");
  const request = factory.open(NAME, VERSION);
  request.onupgradeneeded = () => {
    for (const name of STORES) request.result.createObjectStore(name);
  };
  const database = await bounded("open", settled("open", request));
  database.onversionchange = () => database.close(); // another tab brings a newer form

  /** Runs `ask` in a transaction of its own and waits until that is on disk. */
  async function write(store: StoreName, operation: string, ask: (objects: IDBObjectStore) => void): Promise<void> {
    const done = new Promise<void>((resolve, reject) => {
      const transaction = database.transaction(store, "readwrite", { durability: "strict" });
      transaction.oncomplete = () => resolve();
      transaction.onabort = () => reject(failed(operation, transaction.error));
      ask(transaction.objectStore(store));
    });
    await bounded(operation, done);
  }

  const read = <T>(store: StoreName, operation: string, ask: (objects: IDBObjectStore) => IDBRequest): Promise<T> =>
    bounded<T>(operation, settled(operation, ask(database.transaction(store).objectStore(store))));

  return {
    get: (store, key) => read<unknown>(store, "get", (objects) => objects.get(key)),
    all: (store) => read<readonly unknown[]>(store, "get", (objects) => objects.getAll()),
    async add(store, key, value) {
      let isNew = true;
      await write(store, "add", (objects) => {
        const request = objects.getKey(key);
        request.onsuccess = () => {
          isNew = request.result === undefined;
          if (isNew) objects.add(value, key);
        };
      });
      return isNew;
    },
    put: (store, key, value) => write(store, "put", (objects) => objects.put(value, key)),
    remove: (store, key) => write(store, "remove", (objects) => objects.delete(key)),
    close: () => database.close(),
  };
}

function settled<T>(operation: string, request: IDBRequest<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(failed(operation, request.error));
  });
}

async function bounded<T>(operation: string, work: Promise<T>): Promise<T> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(failed(operation)), DEADLINE_MS);
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}

function failed(operation: string, cause?: unknown): TrainError {
  const options = cause === undefined || cause === null ? undefined : { cause };
  return new TrainError(
    { code: "TRAIN_STORAGE_FAILED", operation },
    `the browser's storage failed (${operation})`,
    options,
  );
}
