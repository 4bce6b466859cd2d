/**
 * One chunk's values to bytes and back. Binary32 at every step, sums in index order, ties to the lower index.
 *
 * A decoder refuses every byte string that is not finite or leaves a padding bit set; lengths are checked before.
 */
import type { RandomStream } from "../../engine/philox.ts";
import { readBits, refusePadding, writeBits } from "./bits.ts";
import { invert, transform, transformedLength } from "./cosine.ts";
import { type Codec, keptOf, malformed, notFinite } from "./format.ts";
import { indicesOfLargest } from "./largest.ts";
import { finiteAt, meanAbs, scaleAt } from "./scales.ts";
import { decodeTernary, encodeTernary } from "./ternary.ts";

const { fround } = Math;

/** At most what a value is of the scale of its 64 coefficients: their basis has numbers of up to √2/8. */
const LARGEST_GAIN = 16;

/** Where a chunk stands in the bytes. Unit of `offset`: bytes. */
export interface Place {
  readonly view: DataView;
  readonly offset: number;
}

export function encodeChunk(codec: Codec, values: Float32Array, place: Place, stream: RandomStream): void {
  switch (codec.kind) {
    case "none":
      values.forEach((value, i) => {
        place.view.setFloat32(place.offset + 4 * i, value, true);
      });
      break;
    case "int8":
      encodeIntegers(8, values, place, stream);
      break;
    case "int4":
      encodeIntegers(4, values, place, stream);
      break;
    case "sign":
      encodeSigns(values, place);
      break;
    case "topK":
      encodeTopK(keptOf(codec, values.length), values, place);
      break;
    case "ternary":
      encodeTernary(keptOf(codec, values.length), values, place);
      break;
    case "dct": {
      const coefficients = transform(values);
      if (!coefficients.every(Number.isFinite)) throw notFinite();
      encodeTernary(keptOf(codec, coefficients.length), coefficients, place);
      const scale = place.view.getFloat32(place.offset, true);
      if (!Number.isFinite(fround(LARGEST_GAIN * scale))) throw notFinite();
      break;
    }
    default:
      codec satisfies never;
  }
}

/** @param target zeros; receives the chunk's values. */
export function decodeChunk(codec: Codec, place: Place, target: Float32Array): void {
  switch (codec.kind) {
    case "none":
      for (let i = 0; i < target.length; i++) target[i] = finiteAt(place.view, place.offset + 4 * i);
      break;
    case "int8":
      decodeIntegers(8, place, target);
      break;
    case "int4":
      decodeIntegers(4, place, target);
      break;
    case "sign":
      decodeSigns(place, target);
      break;
    case "topK":
      decodeTopK(keptOf(codec, target.length), place, target);
      break;
    case "ternary":
      decodeTernary(keptOf(codec, target.length), place, target);
      break;
    case "dct": {
      const coefficients = new Float32Array(transformedLength(target.length));
      decodeTernary(keptOf(codec, coefficients.length), place, coefficients);
      invert(coefficients, target);
      if (!target.every(Number.isFinite)) throw malformed(place.offset); // its scale is too large
      break;
    }
    default:
      codec satisfies never;
  }
}

/**
 * qᵢ = ⌊xᵢ / s + uᵢ⌋ within ±L, s = max|x| / L, L = 127 or 7, uᵢ uniform in [0, 1): unbiased up to rounding, |error| ≤ s.
 *
 * @see Alistarh et al.: "QSGD", NeurIPS 2017
 */
function encodeIntegers(bits: 4 | 8, values: Float32Array, { view, offset }: Place, stream: RandomStream): void {
  const limit = 2 ** (bits - 1) - 1;
  const scale = fround(values.reduce((most, value) => Math.max(most, Math.abs(value)), 0) / limit);
  if (!Number.isFinite(fround(limit * scale))) throw notFinite(); // rounded up beyond what a reader takes
  view.setFloat32(offset, scale, true);
  values.forEach((value, i) => {
    const drawn = stream.nextFloat();
    const level = scale === 0 ? 0 : Math.floor(fround(fround(value / scale) + drawn));
    writeBits(view, 8 * (offset + 4) + bits * i, bits, Math.max(-limit, Math.min(limit, level)) & (2 ** bits - 1));
  });
}

function decodeIntegers(bits: 4 | 8, { view, offset }: Place, target: Float32Array): void {
  const scale = scaleAt(view, offset);
  const start = 8 * (offset + 4);
  const half = 2 ** (bits - 1);
  for (let i = 0; i < target.length; i++) {
    const level = readBits(view, start + bits * i, bits);
    const value = fround((level < half ? level : level - 2 * half) * scale);
    if (level === half || !Number.isFinite(value)) throw malformed(Math.floor((start + bits * i) / 8));
    target[i] = value;
  }
  refusePadding(view, start + bits * target.length);
}

/**
 * x̂ᵢ = ±s, s = Σ|x| / n; the bit is set where xᵢ < 0.
 *
 * @see Karimireddy et al.: "Error feedback fixes SignSGD", ICML 2019; biased, so of use with error feedback only
 */
function encodeSigns(values: Float32Array, { view, offset }: Place): void {
  view.setFloat32(offset, meanAbs(values), true);
  values.forEach((value, i) => {
    writeBits(view, 8 * (offset + 4) + i, 1, value < 0 ? 1 : 0);
  });
}

function decodeSigns({ view, offset }: Place, target: Float32Array): void {
  const scale = scaleAt(view, offset);
  const start = 8 * (offset + 4);
  for (let i = 0; i < target.length; i++) target[i] = readBits(view, start + i, 1) === 1 ? -scale : scale;
  refusePadding(view, start + target.length);
}

/**
 * The k largest |xᵢ|, each a 12-bit index (ascending) and two bits: negative, large. Large is |xᵢ| above the mean of the
 * kept; the chunk carries the mean of the small ones and that of the large ones.
 *
 * @see Sarfi et al.: "Communication efficient LLM pre-training with SparseLoCo", 2025; its two-bit levels differ
 */
function encodeTopK(kept: number, values: Float32Array, { view, offset }: Place): void {
  const indices = indicesOfLargest(values, kept);
  const middle = meanAbs(Float32Array.from(indices, (i) => values[i]!));
  const isLarge = (i: number): boolean => Math.abs(values[i]!) > middle;
  const meanWhere = (large: boolean): number =>
    meanAbs(
      Float32Array.from(
        indices.filter((i) => isLarge(i) === large),
        (i) => values[i]!,
      ),
    );
  view.setFloat32(offset, meanWhere(false), true);
  view.setFloat32(offset + 4, meanWhere(true), true);
  indices.forEach((i, place) => {
    const code = (i << 2) | (values[i]! < 0 ? 2 : 0) | (isLarge(i) ? 1 : 0);
    writeBits(view, 8 * (offset + 8) + 14 * place, 14, code);
  });
}

function decodeTopK(kept: number, { view, offset }: Place, target: Float32Array): void {
  const scales = [scaleAt(view, offset), scaleAt(view, offset + 4)] as const;
  const start = 8 * (offset + 8);
  let previous = -1;
  for (let place = 0; place < kept; place++) {
    const code = readBits(view, start + 14 * place, 14);
    const index = code >> 2;
    if (index <= previous || index >= target.length) throw malformed(Math.floor((start + 14 * place) / 8));
    const scale = (code & 1) === 1 ? scales[1] : scales[0];
    target[index] = (code & 2) === 2 ? -scale : scale;
    previous = index;
  }
  refusePadding(view, start + 14 * kept);
}
