/**
 * Sparse ternary values: one scale, whether each of the largest is negative, and where they are (`eliasFano.ts`).
 *
 * @see Sattler et al.: "Robust and communication-efficient federated learning from non-IID data", 2019, whose Golomb code has no
 *   fixed length
 */
import { readBits, refusePadding, writeBits } from "./bits.ts";
import type { Place } from "./chunks.ts";
import { placesLayout } from "./eliasFano.ts";
import { malformed } from "./format.ts";
import { indicesOfLargest } from "./largest.ts";
import { meanAbs, scaleAt } from "./scales.ts";

export function encodeTernary(kept: number, values: Float32Array, { view, offset }: Place): void {
  const indices = indicesOfLargest(values, kept);
  view.setFloat32(offset, meanAbs(Float32Array.from(indices, (i) => values[i]!)), true);
  const { low, lowsLength } = placesLayout(kept, values.length);
  const signs = 8 * (offset + 4);
  const lows = signs + kept;
  const highs = lows + lowsLength;
  indices.forEach((index, place) => {
    writeBits(view, signs + place, 1, values[index]! < 0 ? 1 : 0);
    writeBits(view, lows + low * place, low, index & (2 ** low - 1));
    writeBits(view, highs + (index >> low) + place, 1, 1);
  });
}

/** @param target zeros; receives ± the scale at the places. @throws {LearningError} `LEARNING_COMPRESSED_MALFORMED` */
export function decodeTernary(kept: number, { view, offset }: Place, target: Float32Array): void {
  const scale = scaleAt(view, offset);
  const { low, lowsLength, highsLength } = placesLayout(kept, target.length);
  const signs = 8 * (offset + 4);
  const lows = signs + kept;
  const highs = lows + lowsLength;
  let previous = -1;
  let place = 0;
  for (let bit = 0; bit < highsLength; bit++) {
    if (readBits(view, highs + bit, 1) === 0) continue;
    if (place === kept) throw malformedAt(highs + bit);
    const index = (bit - place) * 2 ** low + readBits(view, lows + low * place, low);
    if (index <= previous || index >= target.length) throw malformedAt(highs + bit);
    target[index] = readBits(view, signs + place, 1) === 1 ? -scale : scale;
    previous = index;
    place++;
  }
  if (place < kept) throw malformedAt(highs + highsLength - 1);
  refusePadding(view, highs + highsLength);
}

function malformedAt(bit: number): Error {
  return malformed(Math.floor(bit / 8));
}
