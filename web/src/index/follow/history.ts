/** What is known of the chain so far: the folded state, and the marks up to which it is complete. */

import { EMPTY_STATE } from "../emptyState.ts";
import { foldEvents } from "../fold/foldEvents.ts";
import type { Kept } from "../keep/eventKeep.ts";
import type { ChainEvent, ChainState } from "../types.ts";
import type { BlockMark } from "./chainSource.ts";

export interface History {
  readonly state: ChainState;
  /** Ascending; the last one is how far the state goes. */
  readonly marks: readonly BlockMark[];
}

export const NO_HISTORY: History = { state: EMPTY_STATE, marks: [] };

/** So many events fold well within a frame or two. */
const SLICE = 1_000;

/** Lets the page breathe between two slices of work. */
export type Breathe = () => Promise<void>;

/** @returns `history` with `events` folded in. */
export async function extended(history: History, { events, marks }: Kept, breathe: Breathe): Promise<History> {
  const to = marks.at(-1)?.number ?? -1n;
  let { state } = history;
  for (let at = 0; at < events.length; at += SLICE) {
    if (at > 0) await breathe();
    const slice = events.slice(at, at + SLICE);
    state = foldEvents(state, slice, slice.at(-1)?.blockNumber ?? to);
  }
  return { state: foldEvents(state, [], to), marks };
}

/** @returns the history as it was at the last of `marks`: folded again from its own events. */
export async function rewound(history: History, marks: readonly BlockMark[], breathe: Breathe): Promise<History> {
  const to = marks.at(-1)?.number ?? -1n;
  const events: ChainEvent[] = [];
  for (const { event } of history.state.feed) if (event.blockNumber <= to) events.push(event);
  return extended(NO_HISTORY, { events, marks }, breathe);
}
