/** What survives a reload: events with the marks up to which they are complete. Interface only. */
import type { BlockMark } from "../follow/chainSource.ts";
import type { ChainEvent } from "../types.ts";

export interface Kept {
  /** Ascending; the last one is how far the events go. Empty when nothing was kept. */
  readonly marks: readonly BlockMark[];
  readonly events: readonly ChainEvent[];
}

export interface Appended {
  /** What the writer believes to be the last mark; `undefined` when nothing was kept. */
  readonly after: BlockMark | undefined;
  readonly events: readonly ChainEvent[];
  readonly marks: readonly BlockMark[];
}

export interface EventKeep {
  /** False when everything is forgotten with the tab. */
  readonly persistent: boolean;
  load(): Promise<Kept>;
  /** @returns false when another tab was there first: nothing was written, and what is kept must be read again. */
  append(appended: Appended): Promise<boolean>;
  /** Forgets all events after the last of `marks`. */
  rewind(marks: readonly BlockMark[]): Promise<void>;
  close(): void;
}

/** For browsers without storage, and for tests. */
export function createMemoryKeep(): EventKeep {
  let kept: Kept = { marks: [], events: [] };
  return {
    persistent: false,
    load: async () => kept,
    append: async ({ after, events, marks }) => {
      if (kept.marks.at(-1)?.hash !== after?.hash) return false;
      kept = { marks, events: [...kept.events, ...events] };
      return true;
    },
    rewind: async (marks) => {
      const to = marks.at(-1)?.number ?? -1n;
      kept = { marks, events: kept.events.filter(({ blockNumber }) => blockNumber <= to) };
    },
    close: () => {},
  };
}
