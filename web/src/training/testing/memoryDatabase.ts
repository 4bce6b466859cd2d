/** The tab's database in memory, for tests; copies as IndexedDB does. */
import type { Database, StoreName } from "../store/database.ts";

export function createMemoryDatabase(): Database & { readonly writes: string[] } {
  const stores = new Map<StoreName, Map<string, unknown>>();
  const writes: string[] = [];
  const of = (store: StoreName): Map<string, unknown> => {
    const known = stores.get(store) ?? new Map<string, unknown>();
    stores.set(store, known);
    return known;
  };
  return {
    writes,
    get: async (store, key) => structuredClone(of(store).get(key)),
    all: async (store) => structuredClone([...of(store).values()]),
    async add(store, key, value) {
      if (of(store).has(key)) return false;
      of(store).set(key, structuredClone(value));
      writes.push(`add ${store}`);
      return true;
    },
    async put(store, key, value) {
      of(store).set(key, structuredClone(value));
      writes.push(`put ${store}`);
    },
    async remove(store, key) {
      of(store).delete(key);
      writes.push(`remove ${store}`);
    },
    close() {},
  };
}
