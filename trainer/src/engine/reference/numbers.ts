/** How the definitions read the arena, and the two rules they share. (`Math.fround` of a sum, product, quotient or root of
 * binary32 numbers taken in binary64 is the correctly rounded binary32 result.) */
import type { Slot } from "../operations/slot.ts";

/** @returns the numbers of a slot, a view. */
export function numbersOf(arena: Float32Array, { offset, length }: Slot): Float32Array {
  return arena.subarray(offset, offset + length);
}

/** `max(x, +0)`: −0 becomes +0, NaN stays. */
export function rectify(x: number): number {
  return Math.max(x, 0);
}

/** @returns the largest of `values`; NaN when one is. */
export function largestOf(values: Float32Array): number {
  let largest = values[0]!;
  for (const value of values) largest = Math.max(largest, value);
  return largest;
}
