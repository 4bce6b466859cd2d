/** Rules a coordinate at a time: each column of the updates is sorted, then a number is taken from it. */

const { fround } = Math;

/** Below this a column is sorted by insertion; above, by the engine's own sort. Both give the same order of numbers. */
const INSERTION_MOST = 40;

/**
 * @param vectors `n ≥ 1` of shape `[P]`, finite.
 * @param take what a column, sorted in rising order and with `−0` as `+0`, becomes.
 * @returns shape `[P]`.
 */
export function mapColumns(vectors: readonly Float32Array[], take: (sorted: Float32Array) => number): Float32Array {
  const result = new Float32Array(vectors[0]!.length);
  const column = new Float32Array(vectors.length);
  const sort = vectors.length > INSERTION_MOST ? sortByEngine : sortByInsertion;
  for (let i = 0; i < result.length; i++) {
    for (let k = 0; k < column.length; k++) column[k] = vectors[k]![i]! + 0;
    sort(column);
    result[i] = take(column);
  }
  return result;
}

function sortByEngine(column: Float32Array): void {
  column.sort();
}

function sortByInsertion(column: Float32Array): void {
  for (let k = 1; k < column.length; k++) {
    const value = column[k]!;
    let at = k;
    for (; at > 0 && column[at - 1]! > value; at--) column[at] = column[at - 1]!;
    column[at] = value;
  }
}

/** @returns the middle of a sorted column; of an even count `(lower + upper)·0.5`. */
export function medianOfSorted(sorted: Float32Array): number {
  const half = sorted.length >> 1;
  if (sorted.length % 2 === 1) return sorted[half]!;
  return fround(fround(sorted[half - 1]! + sorted[half]!) * 0.5);
}

/** @returns `(Σ x) / m` over the `m = to − from` numbers of a sorted column, in rising order. */
export function meanOfRange(sorted: Float32Array, from: number, to: number): number {
  let sum = 0;
  for (let k = from; k < to; k++) sum = fround(sum + sorted[k]!);
  return fround(sum / (to - from));
}

/** @returns the mean of the `count` numbers nearest to the median; of two equally near ones the lower goes first. */
export function meanAroundMedian(sorted: Float32Array, count: number): number {
  const median = medianOfSorted(sorted);
  let from = 0;
  let to = sorted.length;
  while (to - from > count) {
    if (fround(median - sorted[from]!) > fround(sorted[to - 1]! - median)) from++;
    else to--;
  }
  return meanOfRange(sorted, from, to);
}
