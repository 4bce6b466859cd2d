/**
 * The discrete cosine transform (DCT-II, orthonormal) of blocks of 64 numbers, with a fixed table: the same bits everywhere.
 *
 * `Xₖ = Σₙ Tₖₙ·xₙ` and back `xₙ = Σₖ Tₖₙ·Xₖ`, `T₀ₙ = 1/8`, `Tₖₙ = √2/8·cos(π(2n + 1)k/128)`; sums from +0 in rising order, each
 * product and each sum rounded to binary32.
 *
 * @see Peng et al.: "Decoupled momentum optimization" (DeMo), 2024, section 3, whose blocks these are
 */
const { fround } = Math;

/** Elements. */
export const BLOCK = 64;

/** `√2/8·cos(πj/128)` for j = 0 … 63, rounded to nearest. Literals, for `Math.cos` has no fixed bits. */
// biome-ignore format: a table
const QUARTER = Float32Array.of(
  0.17677669, 0.17672345, 0.17656375, 0.17629771, 0.17592546, 0.17544726, 0.17486335, 0.17417413,
  0.17337999, 0.1724814, 0.17147891, 0.17037314, 0.16916475, 0.16785446, 0.16644305, 0.16493139,
  0.16332038, 0.16161098, 0.15980424, 0.15790124, 0.15590313, 0.1538111, 0.15162642, 0.14935042,
  0.14698444, 0.14452994, 0.14198837, 0.13936128, 0.13665023, 0.13385688, 0.13098289, 0.12803,
  0.125, 0.1218947, 0.11871597, 0.11546574, 0.112145945, 0.108758606, 0.10530575, 0.10178947,
  0.09821187, 0.094575115, 0.090881385, 0.087132916, 0.08333196, 0.079480805, 0.075581774, 0.07163722,
  0.06764951, 0.06362105, 0.059554275, 0.05545162, 0.051315565, 0.0471486, 0.042953234, 0.038731992,
  0.034487423, 0.030222077, 0.025938528, 0.021639355, 0.017327147, 0.0130045, 0.008674021, 0.004338317,
);

/** Row k, column n. */
const TABLE = Float32Array.from({ length: BLOCK * BLOCK }, (_, at) => {
  const [k, n] = [Math.floor(at / BLOCK), at % BLOCK];
  return k === 0 ? 0.125 : quarterWave(((2 * n + 1) * k) % 256);
});

/** @param j range: 0 … 255 */
function quarterWave(j: number): number {
  const half = j > 128 ? 256 - j : j; // cos(2π − a) = cos a
  if (half === 64) return 0;
  return half < 64 ? QUARTER[half]! : -QUARTER[128 - half]!; // cos(π − a) = −cos a
}

/** @returns the values' length rounded up to whole blocks. */
export function transformedLength(length: number): number {
  return BLOCK * Math.ceil(length / BLOCK);
}

/** @returns coefficients of {@link transformedLength}; missing values of the last block count as 0. */
export function transform(values: Float32Array): Float32Array {
  const coefficients = new Float32Array(transformedLength(values.length));
  for (let start = 0; start < values.length; start += BLOCK) {
    const length = Math.min(BLOCK, values.length - start);
    for (let k = 0; k < BLOCK; k++) {
      let sum = 0;
      for (let n = 0; n < length; n++) sum = fround(sum + fround(TABLE[k * BLOCK + n]! * values[start + n]!));
      coefficients[start + k] = sum;
    }
  }
  return coefficients;
}

/** Adds the inverse to `target`, whose values are zeros. Cost: grows with the coefficients that are not 0. */
export function invert(coefficients: Float32Array, target: Float32Array): void {
  coefficients.forEach((coefficient, at) => {
    if (coefficient === 0) return;
    const k = at % BLOCK;
    const start = at - k;
    const end = Math.min(target.length, start + BLOCK);
    for (let i = start; i < end; i++) {
      target[i] = fround(target[i]! + fround(TABLE[k * BLOCK + i - start]! * coefficient));
    }
  });
}
