/** The largest values of a chunk. */

/**
 * @param values finite
 * @param count range: 0 … values.length
 * @returns indices of the `count` largest |xᵢ|, ascending; of equal ones those with the lower index.
 */
export function indicesOfLargest(values: Float32Array, count: number): Uint32Array {
  const sizes = values.map(Math.abs);
  const least = sizes.slice().sort()[values.length - count]!;
  let equal = count;
  for (const size of sizes) if (size > least) equal--;
  const indices = new Uint32Array(count);
  for (let i = 0, place = 0; place < count; i++) {
    if (sizes[i]! < least || (sizes[i] === least && equal-- <= 0)) continue;
    indices[place++] = i;
  }
  return indices;
}
