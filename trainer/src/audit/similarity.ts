/**
 * Whether one update nearly repeats another. Pure.
 *
 * Two trainings from the same weights end close together, so what is compared is what each *changed*. Everything is
 * binary64 addition, multiplication and square root in a fixed order, so that all auditors find the same at the border.
 *
 * Likeness alone convicts nobody: four honest trainers of one linear model, 8,000 records each, had cosines of 0.988 to
 * 0.990 between any two of them in their first round (measured; 0.95 in the third). An update that replays is its
 * trainer's own work however like another's it is.
 */
import type { Parameters } from "../engine/tensor.ts";

/** Cosine from which on an update repeats another. Source: protocol.md. */
export const DUPLICATE_COSINE = 0.98;

export interface Likeness {
  readonly isRepeated: boolean;
  /** 0 where one of the two changes nothing and the other something; 1 where neither does. */
  readonly cosine: number;
}

/**
 * Whether `⟨x, y⟩ ≥ 0.98·‖x‖·‖y‖` with `x = update − base` and `y = earlier − base`, all parameters laid end to end in the
 * base's order; and the cosine. An update that changes nothing repeats only one that changes nothing either.
 *
 * Cost: three multiplications a parameter.
 *
 * @param update  The base's names and shapes, as `decodeParameters` ensures.
 * @param earlier Likewise.
 */
export function likeness(update: Parameters, earlier: Parameters, base: Parameters): Likeness {
  let dot = 0;
  let squareX = 0;
  let squareY = 0;
  for (const [name, { data }] of base) {
    const left = update.get(name)!.data;
    const right = earlier.get(name)!.data;
    for (let i = 0; i < data.length; i++) {
      const x = left[i]! - data[i]!;
      const y = right[i]! - data[i]!;
      dot += x * y;
      squareX += x * x;
      squareY += y * y;
    }
  }
  const isStill = squareX === squareY;
  if (squareX === 0 || squareY === 0) return { isRepeated: isStill, cosine: isStill ? 1 : 0 };
  const lengths = Math.sqrt(squareX) * Math.sqrt(squareY);
  return { isRepeated: dot >= DUPLICATE_COSINE * lengths, cosine: dot / lengths };
}

/** @returns whether `update` nearly repeats `earlier`: see {@link likeness}. */
export function repeats(update: Parameters, earlier: Parameters, base: Parameters): boolean {
  return likeness(update, earlier, base).isRepeated;
}
