/**
 * Reads any safetensors file, and writes files that other programs read.
 *
 * For files that come from or go to other programs. What travels between nodes is the engine's canonical form, one byte
 * string for one set of tensors. Must not allocate by a size that the file merely claims.
 *
 * @see https://github.com/huggingface/safetensors#format
 */
import { elementCount, type Parameters, type Tensor } from "../engine/tensor.ts";
import { type Dtype, isConvertible, toBinary32 } from "./dtypes.ts";
import { InterchangeError, shortName } from "./interchangeError.ts";
import { malformed, readHeader } from "./safetensorsHeader.ts";

export interface ForeignTensor {
  readonly dtype: Dtype;
  readonly shape: readonly number[];
  /** The elements as they lie in the file, little-endian. A view. */
  readonly bytes: Uint8Array;
}

export interface SafetensorsContents {
  /** In the order in which they lie in the file. */
  readonly tensors: ReadonlyMap<string, ForeignTensor>;
  readonly metadata: ReadonlyMap<string, string>;
}

/** The format's limit. Unit: bytes. */
const MAX_HEADER_BYTES = 100_000_000;
const LENGTH_BYTES = 8;
const METADATA = "__metadata__";

/**
 * @param bytes from anybody.
 * @returns names, shapes and views of the data. Memory: in proportion to the header's real length.
 * @throws {InterchangeError} `INTERCHANGE_SAFETENSORS_MALFORMED`
 */
export function readSafetensors(bytes: Uint8Array): SafetensorsContents {
  const dataOffset = LENGTH_BYTES + readHeaderLength(bytes);
  const header = readHeader(decodeText(bytes.subarray(LENGTH_BYTES, dataOffset)));
  const actual = bytes.length - dataOffset;
  if (header.dataBytes !== actual)
    throw malformed("data", `describes ${header.dataBytes} bytes of data, and ${actual} are there`);
  const tensors = new Map<string, ForeignTensor>();
  for (const { name, dtype, shape, from, to } of header.entries)
    tensors.set(name, { dtype, shape, bytes: bytes.subarray(dataOffset + from, dataOffset + to) });
  return { tensors, metadata: header.metadata };
}

function readHeaderLength(bytes: Uint8Array): number {
  if (bytes.length < LENGTH_BYTES) throw malformed("length", "is shorter than its 8 length bytes");
  const length = new DataView(bytes.buffer, bytes.byteOffset, LENGTH_BYTES).getBigUint64(0, true);
  if (length > MAX_HEADER_BYTES) throw malformed("length", `has a header of more than ${MAX_HEADER_BYTES} bytes`);
  if (Number(length) > bytes.length - LENGTH_BYTES) throw malformed("length", "ends before its header does");
  return Number(length);
}

function decodeText(bytes: Uint8Array): string {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    throw malformed("header", "is not UTF-8");
  }
}

/**
 * @returns one tensor in binary32, a fresh array: rounded to nearest, ties to even; NaNs are canonical.
 * @throws {InterchangeError} `INTERCHANGE_DTYPE_UNSUPPORTED` for complex, 4-bit, 6-bit and exponent-only numbers
 */
export function toTensor(name: string, { dtype, shape, bytes }: ForeignTensor): Tensor {
  if (isConvertible(dtype)) return { shape, data: toBinary32(bytes, dtype) };
  throw new InterchangeError(
    { code: "INTERCHANGE_DTYPE_UNSUPPORTED", tensor: shortName(name), dtype },
    `tensor ${shortName(name)} holds ${dtype} numbers, which have no place here`,
  );
}

/**
 * @param tensors any names but `__metadata__`; written as F32, in order of name.
 * @param metadata goes to `__metadata__`; left out when empty. PyTorch's readers look for `format: "pt"`.
 * @returns a file that every implementation of the format reads, a fresh array; the data starts at a multiple of 8.
 */
export function writeSafetensors(tensors: Parameters, metadata: ReadonlyMap<string, string> = new Map()): Uint8Array {
  const members: string[] = metadata.size === 0 ? [] : [member(METADATA, Object.fromEntries(metadata))];
  const ordered = [...tensors].sort(([left], [right]) => (left < right ? -1 : 1));
  let end = 0;
  for (const [name, { shape, data }] of ordered) {
    if (name === METADATA || !name.isWellFormed() || data.length !== elementCount(shape))
      throw new TypeError(`tensor ${shortName(name)} cannot be written`);
    members.push(member(name, { dtype: "F32", shape, data_offsets: [end, end + data.byteLength] }));
    end += data.byteLength;
  }
  const json = new TextEncoder().encode(`{${members.join(",")}}`);
  const headerBytes = Math.ceil(json.length / 8) * 8;
  const bytes = new Uint8Array(LENGTH_BYTES + headerBytes + end).fill(0x20, 0, LENGTH_BYTES + headerBytes);
  const view = new DataView(bytes.buffer);
  view.setBigUint64(0, BigInt(headerBytes), true);
  bytes.set(json, LENGTH_BYTES);
  let at = LENGTH_BYTES + headerBytes;
  for (const [, { data }] of ordered) {
    for (let i = 0; i < data.length; i++) view.setFloat32(at + 4 * i, data[i]!, true);
    at += data.byteLength;
  }
  return bytes;
}

/** One member of an object, by hand: `JSON.stringify` of a whole would move names that are numbers to the front. */
function member(key: string, value: unknown): string {
  return `${JSON.stringify(key)}:${JSON.stringify(value)}`;
}
