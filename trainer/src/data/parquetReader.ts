/**
 * Reads Parquet with hyparquet, one row group in memory at a time, and turns what it throws into codes. Runs within a
 * worker (see `parquet.ts`), since a damaged file can keep hyparquet busy for ever. Node only.
 */
import { type FileHandle, open } from "node:fs/promises";
import {
  type AsyncBuffer,
  type FileMetaData,
  parquetMetadataAsync,
  parquetReadObjects,
  parquetSchema,
} from "hyparquet";
import { compressors } from "hyparquet-compressors";
import { DataError } from "./dataError.ts";
import { unreadable } from "./folder.ts";
import { type Cell, quoted, type TableRow } from "./table.ts";

/** @returns the names of the columns. @throws {DataError} `DATA_FILE_MISSING` | `DATA_FILE_UNREADABLE` | `DATA_PARQUET_CORRUPT` */
export async function readParquetColumns(file: string): Promise<readonly string[]> {
  const { children } = await withFile(file, async (buffer) => parquetSchema(await parquetMetadataAsync(buffer)));
  return children.map(({ element }) => element.name);
}

/**
 * @returns the rows of one row group after the other.
 * @throws {DataError} as {@link readParquetColumns} | `DATA_PARQUET_UNSUPPORTED` for values that are no number, text or
 *   boolean
 */
export async function* readParquetRows(file: string, wanted: readonly string[]): AsyncGenerator<readonly TableRow[]> {
  const metadata = await withFile(file, (buffer) => parquetMetadataAsync(buffer));
  refuseNested(file, metadata, wanted);
  let rowStart = 0;
  for (const { num_rows } of metadata.row_groups) {
    const rowEnd = rowStart + Number(num_rows);
    yield await readRows(file, { metadata, columns: [...wanted], rowStart, rowEnd });
    rowStart = rowEnd;
  }
}

interface RowRange {
  readonly metadata: FileMetaData;
  readonly columns: string[];
  readonly rowStart: number;
  readonly rowEnd: number;
}

async function readRows(file: string, range: RowRange): Promise<TableRow[]> {
  const { columns, rowStart, rowEnd } = range;
  const objects = await withFile(file, (buffer) => parquetReadObjects({ file: buffer, compressors, ...range }));
  if (objects.length !== rowEnd - rowStart) throw corrupt(file);
  return objects.map((object, i) => ({
    row: rowStart + i + 1,
    cells: columns.map((column) => cellOf(object[column], { file, column })),
  }));
}

function cellOf(value: unknown, { file, column }: { readonly file: string; readonly column: string }): Cell {
  switch (typeof value) {
    case "undefined":
      return null;
    case "string":
    case "number":
    case "bigint":
    case "boolean":
      return value;
    default:
      if (value === null) return null;
      throw unsupported(file, column);
  }
}

/** Throws when a wanted column holds lists or structures. */
function refuseNested(file: string, metadata: FileMetaData, wanted: readonly string[]): void {
  const { children } = parquetSchema(metadata);
  const nested = children.filter((child) => child.children.length > 0 || child.element.repetition_type === "REPEATED");
  const unread = nested.find(({ element }) => wanted.includes(element.name));
  if (unread !== undefined) throw unsupported(file, unread.element.name);
}

/** Lends `file` to the reader, and turns what it throws about damaged bytes into one code. */
async function withFile<T>(file: string, act: (buffer: AsyncBuffer) => Promise<T>): Promise<T> {
  const handle = await opened(file);
  try {
    const { size } = await handle.stat().catch((cause: unknown) => {
      throw unreadable(file, cause);
    });
    return await guarded(file, () => act(asyncBuffer({ file, handle, byteLength: size })));
  } finally {
    await handle.close();
  }
}

async function opened(file: string): Promise<FileHandle> {
  try {
    return await open(file, "r");
  } catch (cause) {
    const missing = cause instanceof Error && "code" in cause && cause.code === "ENOENT";
    if (missing) throw new DataError({ code: "DATA_FILE_MISSING", file }, `there is no file ${file}`, { cause });
    throw unreadable(file, cause);
  }
}

interface OpenBuffer {
  readonly file: string;
  readonly handle: FileHandle;
  readonly byteLength: number;
}

function asyncBuffer({ file, handle, byteLength }: OpenBuffer): AsyncBuffer {
  return {
    byteLength,
    async slice(start, end = byteLength) {
      // Offsets come from the file: beyond its end they are damage, not a reason to allocate.
      if (!(start >= 0 && end >= start && end <= byteLength)) throw corrupt(file);
      const bytes = new Uint8Array(end - start);
      for (let done = 0; done < bytes.length; ) {
        const { bytesRead } = await handle
          .read(bytes, done, bytes.length - done, start + done)
          .catch((cause: unknown) => {
            throw unreadable(file, cause);
          });
        if (bytesRead === 0) throw new DataError({ code: "DATA_FILE_CHANGED", file }, `${file} became shorter`);
        done += bytesRead;
      }
      return bytes.buffer;
    },
  };
}

async function guarded<T>(file: string, act: () => Promise<T>): Promise<T> {
  try {
    return await act();
  } catch (cause) {
    throw cause instanceof DataError ? cause : corrupt(file, cause);
  }
}

function corrupt(file: string, cause?: unknown): DataError {
  return new DataError({ code: "DATA_PARQUET_CORRUPT", file }, `${file} is not a whole Parquet file`, { cause });
}

function unsupported(file: string, column: string): DataError {
  return new DataError(
    { code: "DATA_PARQUET_UNSUPPORTED", file, column },
    `${file}, column ${quoted(column)} holds values that are neither numbers, booleans nor texts`,
  );
}
