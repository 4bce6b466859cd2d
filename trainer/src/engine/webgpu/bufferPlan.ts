/**
 * Where slots lie on the card: parameters side by side, their gradients and the optimiser's state in the same order beside
 * them, so that one kernel updates all; everything else by lifetime, as `arenaPlan.ts` does, in as many buffers as needed.
 */
import { slotsOf } from "../operationSlots.ts";
import type { Slot } from "../operations/slot.ts";
import type { TrainingProgram } from "../program.ts";

/** Unit: bytes. Every adapter binds a buffer at its multiples. */
const ALIGNMENT = 256;

export interface Place {
  /** Index into {@link BufferPlan.buffers}. */
  readonly buffer: number;
  /** Unit: bytes. */
  readonly offset: number;
}

export interface BufferPlan {
  /** Unit: bytes. */
  readonly buffers: readonly number[];
  readonly places: ReadonlyMap<Slot, Place>;
}

interface Lifetime {
  readonly slot: Slot;
  readonly first: number;
  last: number;
}

export interface PlanLimits {
  /** Largest buffer. Unit: bytes. */
  readonly maxBuffer: number;
}

/** @returns bytes of a slot, rounded up to where the next may begin. */
export function bytesOf({ length }: Pick<Slot, "length">): number {
  return Math.ceil((4 * length) / ALIGNMENT) * ALIGNMENT;
}

/** @param together rows of slots that lie side by side in a buffer of their own, each row in the same order. */
export function planBuffers(
  program: TrainingProgram,
  together: readonly (readonly Slot[])[],
  { maxBuffer }: PlanLimits,
): BufferPlan {
  const buffers: number[] = [];
  const places = new Map<Slot, Place>();
  for (const row of together) {
    let end = 0;
    for (const slot of row) {
      if (end > 0 && end + bytesOf(slot) > maxBuffer) {
        buffers.push(end);
        end = 0;
      }
      places.set(slot, { buffer: buffers.length, offset: end });
      end += bytesOf(slot);
    }
    if (end > 0) buffers.push(end);
  }
  for (const slot of [program.input, program.targets, program.loss]) {
    places.set(slot, { buffer: buffers.length, offset: 0 });
    buffers.push(bytesOf(slot));
  }
  placeTransient(lifetimesOf(program, places), { buffers, places, maxBuffer });
  return { buffers, places };
}

function lifetimesOf({ operations }: TrainingProgram, placed: ReadonlyMap<Slot, Place>): Lifetime[] {
  const lifetimes = new Map<Slot, Lifetime>();
  operations.forEach((operation, at) => {
    for (const slot of slotsOf(operation)) {
      if (placed.has(slot)) continue;
      const known = lifetimes.get(slot);
      if (known === undefined) lifetimes.set(slot, { slot, first: at, last: at });
      else known.last = at;
    }
  });
  return [...lifetimes.values()];
}

interface Space extends PlanLimits {
  readonly buffers: number[];
  readonly places: Map<Slot, Place>;
}

/** Larger ones first, each at the lowest place of the first buffer where no slot needed at the same time lies. */
function placeTransient(lifetimes: readonly Lifetime[], { buffers, places, maxBuffer }: Space): void {
  const base = buffers.length;
  const held: { readonly lifetime: Lifetime; readonly offset: number }[][] = [];
  for (const lifetime of lifetimes.toSorted((left, right) => right.slot.length - left.slot.length)) {
    const size = bytesOf(lifetime.slot);
    let buffer = 0;
    let offset = 0;
    for (; ; buffer++) {
      held[buffer] ??= [];
      offset = 0;
      for (const other of held[buffer]!) {
        if (other.lifetime.last < lifetime.first || lifetime.last < other.lifetime.first) continue;
        if (offset + size <= other.offset) break;
        offset = Math.max(offset, other.offset + bytesOf(other.lifetime.slot));
      }
      if (offset + size <= maxBuffer || held[buffer]!.length === 0) break;
    }
    const row = held[buffer]!;
    const after = row.findIndex((other) => other.offset > offset);
    row.splice(after < 0 ? row.length : after, 0, { lifetime, offset });
    places.set(lifetime.slot, { buffer: base + buffer, offset });
    buffers[base + buffer] = Math.max(buffers[base + buffer] ?? 0, offset + size);
  }
}
