/** One operation at a time, on lists of numbers, by the reference. Not for use outside tests. */
import type { MatrixView, Slot } from "../operations/slot.ts";
import type { Operation, StepContext } from "../operations.ts";
import { runReference } from "../reference/referenceOperations.ts";

/** A slot for each list, one after the other, and the arena that holds them. */
export function arenaOf(...lists: readonly (readonly number[])[]): { arena: Float32Array; slots: Slot[] } {
  let offset = 0;
  const slots = lists.map(({ length }, at) => {
    offset += length;
    return { name: `${at}`, offset: offset - length, length };
  });
  return { arena: Float32Array.from(lists.flat()), slots };
}

export function run(operation: Operation, arena: Float32Array, changes: Partial<StepContext> = {}): boolean {
  return runReference(operation, arena, {
    ...{ step: 0, isTraining: true, rate: 1, firstCorrection: 1, secondCorrection: 1 },
    ...{ streams: new Uint32Array(0), ...changes },
  });
}

export function read(arena: Float32Array, { offset, length }: Slot): number[] {
  return [...arena.subarray(offset, offset + length)];
}

export function rowMajor(slot: Slot, width: number): MatrixView {
  return { slot, rowStride: width, columnStride: 1 };
}
