/** How many blocks to ask for at once: wider while the RPC agrees, narrower when it refuses. Pure. */

/** Public RPCs mostly allow so much. Unit: blocks. */
const FIRST = 10_000;

/** Unit: blocks. */
const WIDEST = 1_000_000;

/** More events than this in one answer are slow to take in. */
const MANY_EVENTS = 5_000;

export const FIRST_RANGE = FIRST;

/** @returns the next width after an answer with `events` events. Unit: blocks. */
export function widened(range: number, events: number): number {
  if (events > MANY_EVENTS) return Math.max(1, Math.floor(range / 2));
  return Math.min(WIDEST, range * 2);
}

/**
 * @returns the next width after a refusal of `asked` blocks; `undefined` when a single block was refused: asking for less
 *   is not possible. Unit: blocks.
 */
export function narrowed(asked: number): number | undefined {
  return asked <= 1 ? undefined : Math.floor(asked / 2);
}
