/** The scale that a chunk's values share. */
import { malformed, notFinite } from "./format.ts";

const { fround } = Math;

/** Σ|x| / n, the sum in index order; 0 of none. @throws LearningError `LEARNING_NOT_FINITE` when the sum overflows */
export function meanAbs(values: Float32Array): number {
  let sum = 0;
  for (const value of values) sum = fround(sum + Math.abs(value));
  if (!Number.isFinite(sum)) throw notFinite();
  return values.length === 0 ? 0 : fround(sum / values.length);
}

export function finiteAt(view: DataView, offset: number): number {
  const value = view.getFloat32(offset, true);
  if (!Number.isFinite(value)) throw malformed(offset);
  return value;
}

/** @throws LearningError `LEARNING_COMPRESSED_MALFORMED` unless it is finite, not negative and not −0 */
export function scaleAt(view: DataView, offset: number): number {
  const scale = finiteAt(view, offset);
  if (scale < 0 || Object.is(scale, -0)) throw malformed(offset);
  return scale;
}
