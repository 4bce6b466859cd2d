/** The one place that holds the latest snapshot; React listens to it. Must not know where events come from. */
import type { IndexSnapshot } from "./types.ts";

export interface IndexStore {
  readonly get: () => IndexSnapshot;
  readonly set: (snapshot: IndexSnapshot) => void;
  /** @returns a function that ends the subscription. */
  readonly subscribe: (onChange: () => void) => () => void;
}

export function createIndexStore(initial: IndexSnapshot): IndexStore {
  let snapshot = initial;
  const listeners = new Set<() => void>();
  return {
    get: () => snapshot,
    set: (next) => {
      snapshot = next;
      for (const listener of listeners) listener();
    },
    subscribe: (onChange) => {
      listeners.add(onChange);
      return () => listeners.delete(onChange);
    },
  };
}
