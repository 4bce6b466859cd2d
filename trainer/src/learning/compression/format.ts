/**
 * The envelope of a compressed update: twelve bytes that say how long the rest is. Must not know how values are coded.
 *
 * Little-endian: magic `CUPD`, version u8, codec u8, k u16 (values kept per chunk; 0 where the codec keeps all), size u32
 * (elements of the flat vector). Chunks of {@link chunkOf} elements follow without gaps; the last may be shorter.
 */
import { LearningError } from "../errors.ts";
import { transformedLength } from "./cosine.ts";
import { placesLayout } from "./eliasFano.ts";

/** Elements; an index in a chunk fits 12 bits. As in SparseLoCo. */
const CHUNK = 4096;
/** Elements of a chunk whose largest values are sought wherever they are: most tensors, or several, are one chunk. */
const WIDE_CHUNK = 65_536;
export const HEADER_BYTES = 12;
const MAGIC = 0x44505543; // "CUPD"
const VERSION = 1;

/** A codec's byte is its place in this list. */
export const CODECS = ["none", "int8", "int4", "sign", "topK", "ternary", "dct"] as const;
export type Codec =
  | { readonly kind: "none" }
  | { readonly kind: "int8" }
  | { readonly kind: "int4" }
  | { readonly kind: "sign" }
  | KeepingCodec;

/** @property k values kept of a full chunk, 1 to {@link mostKept}; a shorter one keeps ⌈k · length / chunk⌉. */
export type KeepingCodec =
  /** Two magnitudes, chunks of 4,096. */
  | { readonly kind: "topK"; readonly k: number }
  /** One magnitude, chunks of 65,536. */
  | { readonly kind: "ternary"; readonly k: number }
  /** As `ternary`, of the values' cosine transform. */
  | { readonly kind: "dct"; readonly k: number };

/** @returns the elements of a full chunk. */
export function chunkOf({ kind }: Codec): number {
  return kind === "ternary" || kind === "dct" ? WIDE_CHUNK : CHUNK;
}

/** @returns the largest `k` of the codec: what a full chunk has, as far as the header can say it. */
export function mostKept(kind: KeepingCodec["kind"]): number {
  return kind === "topK" ? CHUNK : WIDE_CHUNK - 1;
}

export function isKeeping(codec: Codec): codec is KeepingCodec {
  return codec.kind === "topK" || codec.kind === "ternary" || codec.kind === "dct";
}

/** @param offset unit: bytes from the start. */
export const malformed = (offset: number): LearningError =>
  new LearningError(
    { code: "LEARNING_COMPRESSED_MALFORMED", offset },
    `the compressed update is malformed at byte ${offset}`,
  );

/** For a value, or a chunk's sum, that overflowed or was never a number. */
export const notFinite = (): LearningError =>
  new LearningError(
    { code: "LEARNING_NOT_FINITE", name: "update" },
    "the update to compress holds an infinity or a NaN",
  );

/** @returns values that are kept of a chunk of `length`. */
export const keptOf = (codec: KeepingCodec, length: number): number => Math.ceil((codec.k * length) / chunkOf(codec));

/** Unit: bytes. */
export function chunkBytes(codec: Codec, length: number): number {
  switch (codec.kind) {
    case "none":
      return 4 * length;
    case "int8":
      return 4 + length;
    case "int4":
      return 4 + Math.ceil(length / 2);
    case "sign":
      return 4 + Math.ceil(length / 8);
    case "topK":
      return 8 + Math.ceil((14 * keptOf(codec, length)) / 8);
    case "ternary":
      return ternaryBytes(keptOf(codec, length), length);
    case "dct":
      return chunkBytes({ kind: "ternary", k: codec.k }, transformedLength(length));
  }
}

function ternaryBytes(kept: number, length: number): number {
  const { lowsLength, highsLength } = placesLayout(kept, length);
  return 4 + Math.ceil((kept + lowsLength + highsLength) / 8);
}

/** Unit: bytes, of a whole compressed update of `size` elements; the same for every update of that size. */
export function compressedBytes(codec: Codec, size: number): number {
  const chunk = chunkOf(codec);
  const rest = size % chunk;
  return HEADER_BYTES + Math.floor(size / chunk) * chunkBytes(codec, chunk) + (rest > 0 ? chunkBytes(codec, rest) : 0);
}

/** @throws RangeError for a `k` or size outside the format. */
export function writeHeader(codec: Codec, size: number): DataView<ArrayBuffer> {
  const k = isKeeping(codec) ? codec.k : 0;
  if (isKeeping(codec) && !(Number.isInteger(k) && k >= 1 && k <= mostKept(codec.kind))) {
    throw new RangeError(`${codec.kind} keeps 1 to ${mostKept(codec.kind)} values of a chunk, not ${k}`);
  }
  if (size > 0xffff_ffff) throw new RangeError(`${size} elements do not fit the format`);
  const view = new DataView(new ArrayBuffer(compressedBytes(codec, size)));
  view.setUint32(0, MAGIC, true);
  view.setUint8(4, VERSION);
  view.setUint8(5, CODECS.indexOf(codec.kind));
  view.setUint16(6, k, true);
  view.setUint32(8, size, true);
  return view;
}

/**
 * @param size elements the program has; another one is refused before anything is allocated.
 * @param expected the only codec allowed. @default any
 * @throws LearningError `LEARNING_COMPRESSED_MALFORMED`
 */
export function readHeader(view: DataView, size: number, expected?: Codec): Codec {
  if (view.byteLength < HEADER_BYTES) throw malformed(view.byteLength);
  if (view.getUint32(0, true) !== MAGIC) throw malformed(0);
  if (view.getUint8(4) !== VERSION) throw malformed(4);
  const kind = CODECS[view.getUint8(5)];
  if (kind === undefined || (expected !== undefined && kind !== expected.kind)) throw malformed(5);
  const k = view.getUint16(6, true);
  const codec: Codec = kind === "topK" || kind === "ternary" || kind === "dct" ? { kind, k } : { kind };
  if (isKeeping(codec) ? k < 1 || k > mostKept(codec.kind) : k !== 0) throw malformed(6);
  if (expected !== undefined && isKeeping(expected) && k !== expected.k) throw malformed(6);
  if (view.getUint32(8, true) !== size) throw malformed(8);
  const length = compressedBytes(codec, size);
  if (view.byteLength !== length) throw malformed(Math.min(view.byteLength, length));
  return codec;
}
