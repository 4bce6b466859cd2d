/**
 * A flat update as few bytes, and back. Pure: the same update, codec and stream give the same bytes everywhere.
 *
 * The vector is the update less its base version (`difference`), flattened by `layoutOf` and `flatten`.
 */
import type { RandomStream } from "../../engine/philox.ts";
import { decodeChunk, encodeChunk } from "./chunks.ts";
import { type Codec, chunkBytes, chunkOf, HEADER_BYTES, notFinite, readHeader, writeHeader } from "./format.ts";

/**
 * @param stream the integer codecs draw one number per element; the others draw none.
 * @throws LearningError `LEARNING_NOT_FINITE` for a value, or a chunk's sum, that is not finite
 * @throws RangeError for a `k` outside the format
 */
export function compress(codec: Codec, update: Float32Array, stream: RandomStream): Uint8Array<ArrayBuffer> {
  if (!update.every(Number.isFinite)) throw notFinite();
  const view = writeHeader(codec, update.length);
  eachChunk(codec, update, (chunk, offset) => {
    encodeChunk(codec, chunk, { view, offset }, stream);
  });
  return new Uint8Array(view.buffer);
}

/**
 * Total: every byte string gives a vector of `size` numbers, all finite, or a coded error, and nothing but that vector is
 * allocated, after the bytes' length is known to be right.
 *
 * @param expected what the update must be compressed with. @default any codec
 * @throws LearningError `LEARNING_COMPRESSED_MALFORMED`
 */
export function decompress(bytes: Uint8Array, size: number, expected?: Codec): Float32Array<ArrayBuffer> {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const codec = readHeader(view, size, expected);
  const update = new Float32Array(size);
  eachChunk(codec, update, (chunk, offset) => {
    decodeChunk(codec, { view, offset }, chunk);
  });
  return update;
}

/**
 * Error feedback: c = C(e + Δ), e' = e + Δ − D(c); what a round loses is sent in a later one.
 *
 * The residual is the trainer's own state, so nobody else can compute `c` again: not for tasks whose updates are replayed.
 *
 * @param residual e, of the update's size; zeros in the first round. Not changed.
 * @see Karimireddy et al.: "Error feedback fixes SignSGD", ICML 2019
 * @throws LearningError as {@link compress}
 */
export function compressWithFeedback(
  { codec, residual }: { readonly codec: Codec; readonly residual: Float32Array },
  update: Float32Array,
  stream: RandomStream,
): { readonly bytes: Uint8Array<ArrayBuffer>; readonly residual: Float32Array<ArrayBuffer> } {
  if (residual.length !== update.length) {
    throw new RangeError(`a residual of ${residual.length} elements for an update of ${update.length}`);
  }
  const wanted = update.map((value, i) => value + residual[i]!); // a Float32Array rounds what it stores
  const bytes = compress(codec, wanted, stream);
  const sent = decompress(bytes, update.length);
  return { bytes, residual: Float32Array.from(wanted, (value, i) => value - sent[i]!) };
}

function eachChunk(codec: Codec, values: Float32Array, visit: (chunk: Float32Array, offset: number) => void): void {
  let offset = HEADER_BYTES;
  for (let start = 0; start < values.length; start += chunkOf(codec)) {
    const chunk = values.subarray(start, start + chunkOf(codec));
    visit(chunk, offset);
    offset += chunkBytes(codec, chunk.length);
  }
}
