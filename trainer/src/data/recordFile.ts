/**
 * Records in files, read where they lie: a data set may be larger than memory. Knows lengths and places, no format.
 * Node only.
 */
import { DataError } from "./dataError.ts";
import { DEFAULT_CACHE_BYTES, openPositionedFile, type PositionedFile } from "./positionedFile.ts";
import { type RecordSource, requireRecord } from "./recordSource.ts";

/** A run of records in a file. */
export interface RecordSegment {
  readonly file: string;
  /** Place of the first record. @default 0 */
  readonly offset?: number;
  /** From the start of one record to that of the next. @default recordBytes, which leaves no gap and no overlap */
  readonly strideBytes?: number;
  /** @default as many as the file holds from `offset` on, and nothing may be left over */
  readonly count?: number;
}

export interface RecordFileOptions {
  readonly recordBytes: number;
  /** Most bytes kept in memory, over all segments. @default 32 MiB */
  readonly cacheBytes?: number;
}

interface Run {
  readonly file: PositionedFile;
  readonly offset: number;
  readonly strideBytes: number;
  readonly count: number;
}

/**
 * @returns the records of all segments, one segment after the other; holds each file open until `close`.
 * @throws {DataError} `DATA_FILE_MISSING` | `DATA_FILE_UNREADABLE` | `DATA_RECORDS_LENGTH`
 */
export function openRecordFiles(segments: readonly RecordSegment[], options: RecordFileOptions): RecordSource {
  const { recordBytes, cacheBytes = DEFAULT_CACHE_BYTES } = options;
  const files = new Map<string, PositionedFile>();
  const close = (): void => {
    for (const file of files.values()) file.close();
  };
  const open = (file: string): PositionedFile => {
    const opened = files.get(file) ?? openPositionedFile(file, cacheBytes / segments.length);
    files.set(file, opened);
    return opened;
  };
  let runs: Run[];
  try {
    runs = segments.map((segment) => runOf(segment, open(segment.file), recordBytes));
  } catch (error) {
    close();
    throw error;
  }
  const count = runs.reduce((sum, run) => sum + run.count, 0);
  return {
    count,
    recordBytes,
    copy(index, into) {
      requireRecord({ count, recordBytes }, index, into.length);
      let rest = index;
      const run = runs.find((candidate) => {
        if (rest < candidate.count) return true;
        rest -= candidate.count;
        return false;
      })!;
      run.file.read(run.offset + rest * run.strideBytes, into.subarray(0, recordBytes));
    },
    close,
  };
}

function runOf(segment: RecordSegment, file: PositionedFile, recordBytes: number): Run {
  const { offset = 0, strideBytes = recordBytes } = segment;
  const room = file.byteLength - offset;
  const count = segment.count ?? room / recordBytes;
  const fits = Number.isSafeInteger(count) && (count === 0 || (count - 1) * strideBytes + recordBytes <= room);
  if (room >= 0 && fits) return { file, offset, strideBytes, count };
  throw new DataError(
    { code: "DATA_RECORDS_LENGTH", file: segment.file, actualBytes: file.byteLength, recordBytes },
    `${segment.file} is ${file.byteLength} bytes long, which is not a whole number of records of ${recordBytes} bytes`,
  );
}
