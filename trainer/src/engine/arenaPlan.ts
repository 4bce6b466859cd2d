/**
 * Plans the arena of a program: where every slot lies, so that slots that are never needed at the same time share memory.
 *
 * A *persistent* slot (parameters, optimiser state, input, targets, loss) has a place of its own. Every other one is needed
 * from the first to the last operation that touches it; the larger ones are placed first, each at the lowest place that no
 * slot needed at the same time takes. The same list of slots and operations always gives the same places. No slot's bits
 * depend on its place, for every slot is written before it is read.
 */
import { slotsOf } from "./operationSlots.ts";
import type { Slot } from "./operations/slot.ts";
import type { Operation } from "./operations.ts";

/** Slots start at multiples of a cache line. Unit: elements. */
const ALIGNMENT = 16;

/** A slot whose place is not final yet. */
export type UnplacedSlot = { -readonly [K in keyof Slot]: Slot[K] };

interface Lifetime {
  readonly slot: UnplacedSlot;
  /** Indices of operations. */
  first: number;
  last: number;
}

/**
 * Sets the offset of every slot that is persistent or touched by an operation.
 *
 * @returns length of the arena. Unit: binary32 elements.
 */
export function planArena(persistent: readonly UnplacedSlot[], operations: readonly Operation[]): number {
  let end = 0;
  for (const slot of persistent) {
    slot.offset = end;
    end += roundUp(slot.length);
  }
  return placeTransient(lifetimesOf(operations, new Set<Slot>(persistent)), end);
}

/** In the order of first use. */
function lifetimesOf(operations: readonly Operation[], persistent: ReadonlySet<Slot>): Lifetime[] {
  const lifetimes = new Map<Slot, Lifetime>();
  operations.forEach((operation, at) => {
    for (const slot of slotsOf(operation)) {
      if (persistent.has(slot)) continue;
      const known = lifetimes.get(slot);
      if (known === undefined) lifetimes.set(slot, { slot, first: at, last: at });
      else known.last = at;
    }
  });
  return [...lifetimes.values()];
}

function placeTransient(lifetimes: readonly Lifetime[], base: number): number {
  const placed: Lifetime[] = []; // by offset
  let end = base;
  for (const lifetime of lifetimes.toSorted((left, right) => right.slot.length - left.slot.length)) {
    const { slot, first, last } = lifetime;
    slot.offset = base;
    for (const other of placed) {
      if (other.last < first || last < other.first) continue;
      if (slot.offset + roundUp(slot.length) <= other.slot.offset) break;
      slot.offset = Math.max(slot.offset, other.slot.offset + roundUp(other.slot.length));
    }
    const after = placed.findIndex((other) => other.slot.offset > slot.offset);
    placed.splice(after < 0 ? placed.length : after, 0, lifetime);
    end = Math.max(end, slot.offset + roundUp(slot.length));
  }
  return end;
}

function roundUp(length: number): number {
  return Math.ceil(length / ALIGNMENT) * ALIGNMENT;
}
