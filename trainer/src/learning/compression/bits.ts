/** Numbers of a few bits in a row of bytes, from the least significant bit of each byte on. */
import { malformed } from "./format.ts";

/** The bytes written to hold zeros. @param start first bit, counted from the view's beginning */
export function writeBits(view: DataView, start: number, count: number, value: number): void {
  for (let bit = 0; bit < count; bit++) {
    const at = Math.floor((start + bit) / 8);
    view.setUint8(at, view.getUint8(at) | (((value >> bit) & 1) << ((start + bit) % 8)));
  }
}

export function readBits(view: DataView, start: number, count: number): number {
  let value = 0;
  for (let bit = 0; bit < count; bit++) {
    value |= ((view.getUint8(Math.floor((start + bit) / 8)) >> ((start + bit) % 8)) & 1) << bit;
  }
  return value;
}

/**
 * @param end first bit after a chunk's last value; the rest of its byte must hold zeros.
 * @throws {LearningError} `LEARNING_COMPRESSED_MALFORMED`
 */
export function refusePadding(view: DataView, end: number): void {
  const at = Math.floor(end / 8);
  if (end % 8 !== 0 && view.getUint8(at) >> (end % 8) !== 0) throw malformed(at);
}
