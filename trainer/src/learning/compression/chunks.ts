/**
 * One chunk's values to bytes and back. Binary32 at every step, sums in index order, ties to the lower index.
 *
 * A decoder refuses every byte string that is not finite or leaves a padding bit set; lengths are checked before.
 */
import type { RandomStream } from "../../engine/philox.ts";
import { type Codec, keptOf, malformed, notFinite } from "./format.ts";

const { fround } = Math;

/** Where a chunk stands in the bytes. Unit of `offset`: bytes. */
export interface Place {
  readonly view: DataView;
  readonly offset: number;
}

export function encodeChunk(codec: Codec, values: Float32Array, place: Place, stream: RandomStream): void {
  if (codec.kind === "none")
    values.forEach((value, i) => {
      place.view.setFloat32(place.offset + 4 * i, value, true);
    });
  else if (codec.kind === "int8") encodeIntegers(8, values, place, stream);
  else if (codec.kind === "int4") encodeIntegers(4, values, place, stream);
  else if (codec.kind === "sign") encodeSigns(values, place);
  else encodeTopK(keptOf(codec.k, values.length), values, place);
}

/** @param target zeros; receives the chunk's values. */
export function decodeChunk(codec: Codec, place: Place, target: Float32Array): void {
  if (codec.kind === "none") {
    for (let i = 0; i < target.length; i++) target[i] = finiteAt(place.view, place.offset + 4 * i);
  } else if (codec.kind === "int8") decodeIntegers(8, place, target);
  else if (codec.kind === "int4") decodeIntegers(4, place, target);
  else if (codec.kind === "sign") decodeSigns(place, target);
  else decodeTopK(keptOf(codec.k, target.length), place, target);
}

/**
 * qᵢ = ⌊xᵢ / s + uᵢ⌋ within ±L, s = max|x| / L, L = 127 or 7, uᵢ uniform in [0, 1): unbiased up to rounding, |error| ≤ s.
 *
 * @see Alistarh et al.: "QSGD", NeurIPS 2017
 */
function encodeIntegers(bits: 4 | 8, values: Float32Array, { view, offset }: Place, stream: RandomStream): void {
  const limit = 2 ** (bits - 1) - 1;
  const scale = fround(values.reduce((most, value) => Math.max(most, Math.abs(value)), 0) / limit);
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
  const order = Array.from(values.keys()).sort((a, b) => Math.abs(values[b]!) - Math.abs(values[a]!) || a - b);
  const indices = order.slice(0, kept).sort((a, b) => a - b);
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

/** Σ|x| / n, the sum in index order; 0 of none. @throws LearningError `LEARNING_NOT_FINITE` when the sum overflows */
function meanAbs(values: Float32Array): number {
  let sum = 0;
  for (const value of values) sum = fround(sum + Math.abs(value));
  if (!Number.isFinite(sum)) throw notFinite();
  return values.length === 0 ? 0 : fround(sum / values.length);
}

function finiteAt(view: DataView, offset: number): number {
  const value = view.getFloat32(offset, true);
  if (!Number.isFinite(value)) throw malformed(offset);
  return value;
}

function scaleAt(view: DataView, offset: number): number {
  const scale = finiteAt(view, offset);
  if (scale < 0 || Object.is(scale, -0)) throw malformed(offset);
  return scale;
}

/** Bits from the least significant of each byte. The bytes written to hold zeros. */
function writeBits(view: DataView, start: number, count: number, value: number): void {
  for (let bit = 0; bit < count; bit++) {
    const at = Math.floor((start + bit) / 8);
    view.setUint8(at, view.getUint8(at) | (((value >> bit) & 1) << ((start + bit) % 8)));
  }
}

function readBits(view: DataView, start: number, count: number): number {
  let value = 0;
  for (let bit = 0; bit < count; bit++) {
    value |= ((view.getUint8(Math.floor((start + bit) / 8)) >> ((start + bit) % 8)) & 1) << bit;
  }
  return value;
}

/** @param end first bit after the chunk's last value; the rest of its byte must hold zeros. */
function refusePadding(view: DataView, end: number): void {
  const at = Math.floor(end / 8);
  if (end % 8 !== 0 && view.getUint8(at) >> (end % 8) !== 0) throw malformed(at);
}
