/**
 * How k places of n are laid out in bits: Elias–Fano, whose length k and n decide.
 *
 * With `l` the largest that has `k·2^l ≤ n`: the low l bits of each place, then the high parts in unary, bit `(xⱼ >> l) + j`
 * set for the j-th place. Some `log₂(n/k) + 2` bits a place.
 *
 * @see Elias: "Efficient storage and retrieval by content and address of static files", 1974
 */

export interface PlacesLayout {
  /** Low bits of each place. */
  readonly low: number;
  /** Unit: bits. */
  readonly lowsLength: number;
  readonly highsLength: number;
}

/** @param kept k, range: 1 … length. @param length n */
export function placesLayout(kept: number, length: number): PlacesLayout {
  let low = 0;
  while (kept * 2 ** (low + 1) <= length) low++;
  return { low, lowsLength: low * kept, highsLength: kept + ((length - 1) >> low) };
}
