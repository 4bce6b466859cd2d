/**
 * Parquet files as tables. They are read in a worker with limits on time and memory, because a damaged file can keep a
 * reader busy for ever or ask it for any amount of memory. Node only.
 */
import { once } from "node:events";
import { Worker } from "node:worker_threads";
import { DataError } from "./dataError.ts";
import type { ParquetAnswer, ParquetRequest } from "./parquetWorker.ts";
import { printable, requireDistinctNames, type TableSource } from "./table.ts";

/** Heap of the worker: a row group's cells as JavaScript values. Unit: MiB. */
const HEAP_MIB = 2_048;

export interface ParquetOptions {
  readonly signal?: AbortSignal | undefined;
  /** Longest time for one row group. @default 120_000 */
  readonly deadlineMs?: number;
}

/**
 * Reads the footer now, and the rows whenever they are asked for, one row group at a time.
 *
 * @throws {DataError} `DATA_FILE_MISSING` | `DATA_FILE_UNREADABLE` | `DATA_PARQUET_CORRUPT`, also when a row group takes
 *   longer than the deadline or more memory than there is | `DATA_TABLE_HEADER`; from `rows` also
 *   `DATA_PARQUET_UNSUPPORTED` for values that are no number, text or boolean
 */
export async function openParquet(file: string, options: ParquetOptions = {}): Promise<TableSource> {
  const reading = startReading({ file }, options);
  const answer = await reading.next().finally(reading.end);
  if (!("columns" in answer)) throw corrupt(file);
  const names = answer.columns;
  requireDistinctNames(file, names.map(printable));
  return {
    file,
    columns: names,
    async *rows(wanted) {
      const groups = startReading({ file, columns: wanted }, options);
      try {
        for (;;) {
          const group = await groups.next();
          if (!("rows" in group)) throw corrupt(file);
          if (group.rows === undefined) return;
          yield group.rows;
        }
      } finally {
        await groups.end();
      }
    },
  };
}

interface Reading {
  next(): Promise<Exclude<ParquetAnswer, { readonly failure: unknown }>>;
  end(): Promise<void>;
}

function startReading(request: ParquetRequest, { signal, deadlineMs = 120_000 }: ParquetOptions): Reading {
  const worker = new Worker(new URL("./parquetWorker.ts", import.meta.url), {
    workerData: request,
    resourceLimits: { maxOldGenerationSizeMb: HEAP_MIB },
  });
  let failed: unknown;
  worker.on("error", (error) => {
    failed = error; // also what nobody waits for, such as a promise that hyparquet leaves behind
  });
  return {
    async next() {
      signal?.throwIfAborted();
      const deadline = AbortSignal.timeout(deadlineMs);
      const waiting = signal === undefined ? deadline : AbortSignal.any([signal, deadline]);
      const answered = once(worker, "message", { signal: waiting });
      worker.postMessage("next");
      const [answer] = (await answered.catch((cause: unknown) => {
        signal?.throwIfAborted();
        throw corrupt(request.file, failed ?? cause);
      })) as [ParquetAnswer];
      if ("failure" in answer) throw new DataError(answer.failure, answer.message.replace(/^[A-Z_]+: /, ""));
      return answer;
    },
    async end() {
      await worker.terminate();
    },
  };
}

function corrupt(file: string, cause?: unknown): DataError {
  return new DataError(
    { code: "DATA_PARQUET_CORRUPT", file },
    `${file} is not a whole Parquet file, or one of its row groups does not fit in memory`,
    { cause },
  );
}
