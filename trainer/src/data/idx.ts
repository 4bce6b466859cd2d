/**
 * Strict reader of IDX, the format of MNIST and its relatives: unsigned bytes only. Pure, and total: any bytes give a
 * value or a coded error.
 *
 * Layout: `0x00 0x00 type rank`, then `rank` sizes as uint32 big-endian, then the values in row-major order, then nothing.
 *
 * @see http://yann.lecun.com/exdb/mnist/ (section "The IDX file format")
 */
import { DataError } from "./dataError.ts";
import { gunzip, isGzip } from "./gunzip.ts";

const UNSIGNED_BYTE = 0x08;

/** Longest file that is read, packed or unpacked. Unit: bytes. Five times the 47 MB of MNIST's training images. */
export const MAX_IDX_BYTES = 256 * 1024 * 1024;

export interface IdxArray {
  /** One size a dimension, each at least 1. */
  readonly shape: readonly number[];
  /** Row-major; a view of the bytes that were read. */
  readonly data: Uint8Array;
}

/** What the caller knows of a file before it is read. */
export interface IdxExpectation {
  /** Named in errors. */
  readonly file: string;
  /** Number of dimensions: 1 for labels, 3 for images. */
  readonly rank: number;
  /** @default MAX_IDX_BYTES */
  readonly limitBytes?: number;
}

/**
 * Reads IDX bytes, gzipped or not.
 *
 * @throws {DataError} as {@link parseIdx} | `DATA_GZIP_CORRUPT` | `DATA_FILE_TOO_LARGE`
 */
export async function decodeIdx(bytes: Uint8Array, expected: IdxExpectation): Promise<IdxArray> {
  const limits = { file: expected.file, limitBytes: expected.limitBytes ?? MAX_IDX_BYTES };
  return parseIdx(isGzip(bytes) ? await gunzip(bytes, limits) : bytes, expected);
}

/**
 * Reads IDX bytes.
 *
 * @throws {DataError} `DATA_IDX_MAGIC` when they do not begin as IDX | `DATA_IDX_TYPE` when the values are not unsigned
 *   bytes | `DATA_IDX_DIMENSIONS` when their number is not `rank` | `DATA_IDX_EMPTY` when one of them is 0 |
 *   `DATA_IDX_LENGTH` when there are fewer or more bytes than the sizes ask for
 */
export function parseIdx(bytes: Uint8Array, { file, rank }: IdxExpectation): IdxArray {
  if (bytes.length < 4 || bytes[0] !== 0 || bytes[1] !== 0) {
    throw new DataError({ code: "DATA_IDX_MAGIC", file }, `${file} is not an IDX file`);
  }
  const type = bytes[2]!;
  if (type !== UNSIGNED_BYTE) {
    throw new DataError(
      { code: "DATA_IDX_TYPE", file, type, needed: UNSIGNED_BYTE },
      `${file} holds values of type 0x${type.toString(16).padStart(2, "0")}, not unsigned bytes (0x08)`,
    );
  }
  if (bytes[3] !== rank) {
    throw new DataError(
      { code: "DATA_IDX_DIMENSIONS", file, actual: bytes[3]!, needed: rank },
      `${file} has ${bytes[3]} dimensions, not ${rank}`,
    );
  }
  const headerBytes = 4 + 4 * rank;
  if (bytes.length < headerBytes) throw wrongLength(file, bytes.length, headerBytes);
  const shape = sizesOf(bytes, rank);
  const dimension = shape.indexOf(0);
  if (dimension >= 0)
    throw new DataError({ code: "DATA_IDX_EMPTY", file, dimension }, `dimension ${dimension} of ${file} is 0`);
  const neededBytes = headerBytes + shape.reduce((product, size) => product * size, 1); // beyond 2^53 inexact, never equal
  if (bytes.length !== neededBytes) throw wrongLength(file, bytes.length, neededBytes);
  return { shape, data: bytes.subarray(headerBytes) };
}

function sizesOf(bytes: Uint8Array, rank: number): number[] {
  const header = new DataView(bytes.buffer, bytes.byteOffset + 4, 4 * rank);
  return Array.from({ length: rank }, (_, i) => header.getUint32(4 * i));
}

function wrongLength(file: string, actualBytes: number, neededBytes: number): DataError {
  return new DataError(
    { code: "DATA_IDX_LENGTH", file, actualBytes, neededBytes },
    `${file} is ${actualBytes} bytes long, its header asks for ${neededBytes}`,
  );
}
