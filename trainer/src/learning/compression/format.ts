/**
 * The envelope of a compressed update: twelve bytes that say how long the rest is. Must not know how values are coded.
 *
 * Little-endian: magic `CUPD`, version u8, codec u8, k u16 (values kept per chunk; 0 unless the codec is `topK`), size u32
 * (elements of the flat vector). Chunks of {@link CHUNK} elements follow without gaps; the last may be shorter.
 */
import { LearningError } from "../errors.ts";

/** Elements; an index in a chunk fits 12 bits. As in SparseLoCo. */
export const CHUNK = 4096;
export const HEADER_BYTES = 12;
const MAGIC = 0x44505543; // "CUPD"
const VERSION = 1;

/** A codec's byte is its place in this list. */
export const CODECS = ["none", "int8", "int4", "sign", "topK"] as const;
export type Codec =
  | { readonly kind: "none" }
  | { readonly kind: "int8" }
  | { readonly kind: "int4" }
  | { readonly kind: "sign" }
  /** @property k values kept per full chunk, 1 to 4,096; a shorter one keeps ⌈k · length / 4,096⌉. */
  | { readonly kind: "topK"; readonly k: number };

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

/** @returns values that `topK` keeps of a chunk of `length`. */
export const keptOf = (k: number, length: number): number => Math.ceil((k * length) / CHUNK);

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
      return 8 + Math.ceil((14 * keptOf(codec.k, length)) / 8);
  }
}

/** Unit: bytes, of a whole compressed update of `size` elements; the same for every update of that size. */
export function compressedBytes(codec: Codec, size: number): number {
  const rest = size % CHUNK;
  return HEADER_BYTES + Math.floor(size / CHUNK) * chunkBytes(codec, CHUNK) + (rest > 0 ? chunkBytes(codec, rest) : 0);
}

/** @throws RangeError for a `k` or size outside the format. */
export function writeHeader(codec: Codec, size: number): DataView<ArrayBuffer> {
  const k = codec.kind === "topK" ? codec.k : 0;
  if (codec.kind === "topK" && !(Number.isInteger(k) && k >= 1 && k <= CHUNK)) {
    throw new RangeError(`top-k keeps 1 to ${CHUNK} values of a chunk, not ${k}`);
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
 * @throws LearningError `LEARNING_COMPRESSED_MALFORMED`
 */
export function readHeader(view: DataView, size: number): Codec {
  if (view.byteLength < HEADER_BYTES) throw malformed(view.byteLength);
  if (view.getUint32(0, true) !== MAGIC) throw malformed(0);
  if (view.getUint8(4) !== VERSION) throw malformed(4);
  const kind = CODECS[view.getUint8(5)];
  if (kind === undefined) throw malformed(5);
  const k = view.getUint16(6, true);
  if (kind === "topK" ? k < 1 || k > CHUNK : k !== 0) throw malformed(6);
  if (view.getUint32(8, true) !== size) throw malformed(8);
  const codec: Codec = kind === "topK" ? { kind, k } : { kind };
  const expected = compressedBytes(codec, size);
  if (view.byteLength !== expected) throw malformed(Math.min(view.byteLength, expected));
  return codec;
}
