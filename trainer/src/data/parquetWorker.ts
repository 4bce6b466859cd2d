/** The worker in which Parquet is read: answers each request of `parquet.ts` with one message. Holds no state but the rows. */
import { parentPort, workerData } from "node:worker_threads";
import { type DataDetail, DataError } from "./dataError.ts";
import { readParquetColumns, readParquetRows } from "./parquetReader.ts";
import type { TableRow } from "./table.ts";

export interface ParquetRequest {
  readonly file: string;
  /** Columns whose rows are wanted; without it the names of all are. */
  readonly columns?: readonly string[];
}

export type ParquetAnswer =
  | { readonly columns: readonly string[] }
  /** The next row group; undefined after the last. */
  | { readonly rows: readonly TableRow[] | undefined }
  | { readonly failure: DataDetail; readonly message: string };

const { file, columns } = workerData as ParquetRequest;
const port = parentPort!;
const groups = columns === undefined ? undefined : readParquetRows(file, columns);

async function answer(): Promise<ParquetAnswer> {
  try {
    if (groups === undefined) return { columns: await readParquetColumns(file) };
    const { value } = await groups.next();
    return { rows: value ?? undefined };
  } catch (error) {
    if (error instanceof DataError) return { failure: error.detail, message: error.message };
    throw error;
  }
}

port.on("message", () => {
  void answer().then((message) => port.postMessage(message));
});
