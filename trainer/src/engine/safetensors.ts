/**
 * safetensors, canonical form only: one byte string for one set of tensors.
 *
 * 8 bytes little-endian header length · header, JSON in RFC 8785 form padded with spaces to a multiple of 8 · tensors in
 * order of name, without gaps. Reads what a stranger sent, so it allocates nothing before the sizes are checked.
 *
 * @see https://github.com/huggingface/safetensors#format
 */
import { decodeCanonicalJson, encodeCanonicalJson, type Json } from "../protocol/canonicalJson.ts";
import { EngineError } from "./errors.ts";
import { isInteger } from "./fields.ts";
import { elementCount, type Parameters, type Tensor } from "./tensor.ts";

export interface SafetensorsFile {
  readonly tensors: Parameters;
  readonly metadata: Readonly<Record<string, string>>;
}

/** Unit: bytes. 256 layers of attention deep inside residuals, with both moments, and room; the format allows 100 MB. */
export const MAX_HEADER_BYTES = 1_048_576;
const MAX_RANK = 8;
/** Far beyond any file, small enough that byte offsets stay exact. */
const MAX_ELEMENTS = 4_294_967_296;
const METADATA = "__metadata__";
/** File → tensor → `shape` or `data_offsets`. */
const MAX_DEPTH = 3;
/** The tensor that comes last in every order: `~` is behind all letters. */
export const ROOT_NAME = "~root";
/** Starts with a letter, so that no name is a number (objects order those first) or `__proto__`. */
const NAME = /^(?:[A-Za-z][A-Za-z0-9._/-]{0,127}|~root)$/;
const SPACE = 0x20;
const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const OPENING = [0x5b, 0x7b]; // [ {
const CLOSING = [0x5d, 0x7d];

/**
 * @param tensors names of letters, digits and `._/-`; values are written little-endian as they are.
 * @param metadata goes to `__metadata__`; left out when empty.
 * @returns canonical bytes, a fresh array.
 */
export function encodeSafetensors(tensors: Parameters, metadata: Readonly<Record<string, string>> = {}): Uint8Array {
  const names = sortedNames(tensors);
  for (const name of names) {
    const { shape, data } = tensors.get(name)!;
    if (!NAME.test(name) || data.length !== elementCount(shape))
      throw new TypeError(`tensor ${name} cannot be written`);
  }
  const { json, dataOffset, byteLength } = layOut(tensors, metadata);
  const bytes = new Uint8Array(byteLength).fill(SPACE, 8, dataOffset);
  new DataView(bytes.buffer).setUint32(0, dataOffset - 8, true); // below 2^32, so the upper word stays 0
  bytes.set(json, 8);
  let offset = dataOffset;
  for (const name of names) {
    writeLittleEndian(bytes, offset, tensors.get(name)!.data);
    offset += tensors.get(name)!.data.byteLength;
  }
  return bytes;
}

type Shapes = ReadonlyMap<string, { readonly shape: readonly number[] }>;

/** @returns how many bytes {@link encodeSafetensors} would write. */
export function safetensorsByteLength(tensors: Shapes, metadata: Readonly<Record<string, string>> = {}): number {
  return layOut(tensors, metadata).byteLength;
}

/** The header as its length and spaces frame it, and where the numbers lie. */
function layOut(tensors: Shapes, metadata: Readonly<Record<string, string>>) {
  const header: Record<string, Json> = Object.keys(metadata).length === 0 ? {} : { [METADATA]: metadata };
  let end = 0;
  for (const name of sortedNames(tensors)) {
    const { shape } = tensors.get(name)!;
    const byteLength = 4 * elementCount(shape);
    header[name] = { dtype: "F32", shape, data_offsets: [end, end + byteLength] };
    end += byteLength;
  }
  const json = encodeCanonicalJson(header);
  const dataOffset = 8 + Math.ceil(json.length / 8) * 8;
  return { json, dataOffset, byteLength: dataOffset + end };
}

/** By UTF-16 code units, as RFC 8785 sorts. */
function sortedNames(tensors: Shapes): string[] {
  return [...tensors.keys()].sort();
}

/**
 * @param bytes from anybody.
 * @param options.maxBytes longest file to look at.
 * @returns the file's tensors (copies) and metadata. `encodeSafetensors` of them gives `bytes` again.
 * @throws {EngineError} `ENGINE_BYTES_TOO_LARGE` | `ENGINE_SAFETENSORS_MALFORMED` for everything else
 */
export function decodeSafetensors(bytes: Uint8Array, { maxBytes }: { readonly maxBytes: number }): SafetensorsFile {
  if (bytes.length > maxBytes) {
    throw new EngineError(
      { code: "ENGINE_BYTES_TOO_LARGE", actualBytes: bytes.length, maxBytes },
      `the file has ${bytes.length} bytes, more than ${maxBytes}`,
    );
  }
  const { header, dataOffset } = readHeader(bytes);
  const { [METADATA]: metadata, ...entries } = header;
  const tensors = new Map<string, Tensor>();
  let end = 0;
  for (const name of Object.keys(entries).sort()) {
    const { shape, from, to } = readEntry(name, entries[name]!);
    if (from !== end || dataOffset + to > bytes.length)
      throw malformed("data", `tensor ${name} is not where it must be`);
    tensors.set(name, { shape, data: readLittleEndian(bytes, dataOffset + from, (to - from) / 4) });
    end = to;
  }
  if (dataOffset + end !== bytes.length) throw malformed("data", "bytes follow the last tensor");
  return { tensors, metadata: readMetadata(metadata) };
}

function readHeader(bytes: Uint8Array): { header: { readonly [key: string]: Json }; dataOffset: number } {
  if (bytes.length < 8) throw malformed("length", "shorter than its 8 length bytes");
  const view = new DataView(bytes.buffer, bytes.byteOffset, 8);
  const headerBytes = view.getUint32(0, true);
  const tooLong = view.getUint32(4, true) !== 0 || headerBytes > MAX_HEADER_BYTES || 8 + headerBytes > bytes.length;
  if (tooLong || headerBytes % 8 !== 0) throw malformed("length", "the header's length is impossible");
  const padded = bytes.subarray(8, 8 + headerBytes);
  let end = padded.length;
  while (end > 0 && padded[end - 1] === SPACE) end--;
  if (padded.length - end >= 8) throw malformed("header", "more padding than needed");
  const header = parseHeader(padded.subarray(0, end));
  if (typeof header !== "object" || header === null || Array.isArray(header))
    throw malformed("header", "not an object");
  return { header: header as { readonly [key: string]: Json }, dataOffset: 8 + headerBytes };
}

function parseHeader(json: Uint8Array): Json {
  if (depthOf(json) > MAX_DEPTH) throw malformed("header", "nested too deep");
  try {
    return decodeCanonicalJson(json);
  } catch (cause) {
    throw malformed("header", "not canonical JSON", cause);
  }
}

/** Deepest nesting of brackets outside strings, seen before anything that recurses sees the text. */
function depthOf(json: Uint8Array): number {
  let depth = 0;
  let deepest = 0;
  let isString = false;
  for (let i = 0; i < json.length; i++) {
    const byte = json[i]!;
    if (byte === QUOTE) isString = !isString;
    else if (isString && byte === BACKSLASH) i++;
    else if (!isString && OPENING.includes(byte)) deepest = Math.max(deepest, ++depth);
    else if (!isString && CLOSING.includes(byte)) depth--;
  }
  return deepest;
}

function readEntry(name: string, entry: Json): { shape: number[]; from: number; to: number } {
  const refusal = malformed(
    "tensor",
    `the entry of tensor ${name.slice(0, 80)} is not dtype F32, shape and data_offsets`,
  );
  if (!NAME.test(name) || typeof entry !== "object" || entry === null || Array.isArray(entry)) throw refusal;
  const { dtype, shape, data_offsets: offsets, ...rest } = entry as { readonly [key: string]: Json };
  if (dtype !== "F32" || Object.keys(rest).length > 0 || !Array.isArray(shape) || !Array.isArray(offsets))
    throw refusal;
  const sizes = shape.filter((size) => isInteger(size, 0, MAX_ELEMENTS));
  const [from, to] = offsets.filter((offset) => isInteger(offset, 0, 4 * MAX_ELEMENTS));
  if (sizes.length !== shape.length || sizes.length > MAX_RANK || offsets.length !== 2) throw refusal;
  if (from === undefined || to === undefined || elementCount(sizes) * 4 !== to - from) throw refusal;
  return { shape: sizes, from, to };
}

function readMetadata(value: Json | undefined): Readonly<Record<string, string>> {
  if (value === undefined) return {};
  const isRecord = typeof value === "object" && value !== null && !Array.isArray(value);
  const entries = isRecord ? Object.entries(value) : [];
  const texts = entries.filter((entry): entry is [string, string] => typeof entry[1] === "string");
  if (texts.length === 0 || texts.length !== entries.length) throw malformed("header", "the metadata are not text");
  return Object.fromEntries(texts);
}

/** True on every machine that WebAssembly runs on fast; the other branch keeps the bytes right elsewhere. */
const IS_LITTLE_ENDIAN = new Uint8Array(Uint16Array.of(1).buffer)[0] === 1;

function writeLittleEndian(bytes: Uint8Array, offset: number, data: Float32Array): void {
  bytes.set(new Uint8Array(data.buffer, data.byteOffset, data.byteLength), offset);
  if (IS_LITTLE_ENDIAN) return;
  const view = new DataView(bytes.buffer, bytes.byteOffset + offset);
  for (let i = 0; i < data.length; i++) view.setFloat32(4 * i, data[i]!, true);
}

function readLittleEndian(bytes: Uint8Array, offset: number, length: number): Float32Array {
  const copy = Uint8Array.from(bytes.subarray(offset, offset + 4 * length)); // slice of Node's Buffer is no copy
  if (IS_LITTLE_ENDIAN) return new Float32Array(copy.buffer, 0, length);
  const view = new DataView(copy.buffer);
  return Float32Array.from({ length }, (_, i) => view.getFloat32(4 * i, true));
}

function malformed(part: "length" | "header" | "tensor" | "data", problem: string, cause?: unknown): EngineError {
  return new EngineError(
    { code: "ENGINE_SAFETENSORS_MALFORMED", part },
    `not a canonical safetensors file: ${problem}`,
    {
      cause,
    },
  );
}
