/** A single operation over a small arena, of a size that leaves odd ends. Not for use outside tests. */

import type { Slot } from "../../operations/slot.ts";
import type { Operation, StepContext } from "../../operations.ts";
import type { RandomStream } from "../../philox.ts";

export interface OperationCase {
  readonly label: string;
  readonly operation: Operation;
  /** Guards of numbers that no operation may touch lie between the slots. */
  readonly arena: Float32Array<ArrayBuffer>;
  /** What the operation writes. */
  readonly outputs: readonly Slot[];
}

export type Fill = (stream: RandomStream) => number;

/** In [−4, 4). */
export const ordinary: Fill = (stream) => 8 * stream.nextFloat() - 4;
/** In [0, 1). */
export const positive: Fill = (stream) => stream.nextFloat();
/** Numbers at the ends of binary32, among which some that meet as NaN. */
const EXTREMES = [
  ...[0, -0, 1, -1, 1e-45, -1e-45, 1.1754942e-38, -1.1754944e-38, 3e38, -3e38, 1e-20, 1e20],
  ...[88.7, 89.1, -87.4, -103.9, -104.1, 0.625, -0.62499, Infinity, -Infinity, Number.NaN],
];
export const extreme: Fill = (stream) =>
  stream.nextBelow(3) === 0 ? EXTREMES[stream.nextBelow(EXTREMES.length)]! : ordinary(stream);
/** Few different numbers, so that maxima tie. */
export const coarse: Fill = (stream) => stream.nextBelow(4) - 1;
const FILLS: readonly Fill[] = [ordinary, extreme, coarse];

/** Unit: elements between slots; odd, so that slots start at every alignment. */
const GUARD = 19;
export const LENGTHS = [1, 3, 4, 7, 8, 15, 16, 17, 31, 67, 150];
export const SHAPES = [
  [1, 1],
  [3, 5],
  [7, 16],
  [8, 4],
  [9, 33],
  [17, 10],
  [20, 70],
  [34, 130],
] as const;

/** What a step brings: nothing that a test would have to know. */
export const STEP: StepContext = {
  step: 5,
  isTraining: true,
  rate: Math.fround(0.01),
  firstCorrection: Math.fround(1.7),
  secondCorrection: Math.fround(2.3),
  streams: Uint32Array.of(1, 2, 3, 4, 0xdeadbeef, 0x12345678, 0x9abcdef0, 0xfedcba98),
};

/** Allots slots one after another. The arena is filled when the operation is known. */
export interface Layout {
  slot(length: number, fill: Fill): Slot;
  finish(label: string, operation: Operation, outputs: readonly Slot[]): OperationCase;
}

function createLayout(stream: RandomStream): Layout {
  const fills: (readonly [Slot, Fill])[] = [];
  let end = GUARD;
  return {
    slot(length, fill) {
      const slot = { name: `slot${fills.length}`, offset: end, length };
      fills.push([slot, fill]);
      end += length + GUARD;
      return slot;
    },
    finish(label, operation, outputs) {
      const arena = Float32Array.from({ length: end }, () => ordinary(stream));
      for (const [{ offset, length }, fill] of fills) {
        for (let i = 0; i < length; i++) arena[offset + i] = fill(stream);
      }
      return { label: `${operation.kind} ${label}`, operation, arena, outputs };
    },
  };
}

export type MakeCase = (layout: Layout, fill: Fill) => readonly [Operation, readonly Slot[]];

/** One case for every kind of numbers. */
export function* each(stream: RandomStream, label: string, make: MakeCase): Generator<OperationCase> {
  for (const fill of FILLS) {
    const layout = createLayout(stream);
    const [operation, outputs] = make(layout, fill);
    yield layout.finish(`${label}, ${fill.name} numbers`, operation, outputs);
  }
}
