/** Writes records one after the other into a new file, the training part first whatever order they come in. Node only. */
import { createReadStream } from "node:fs";
import { type FileHandle, open, rm } from "node:fs/promises";
import { DataError } from "./dataError.ts";

/** Unit: bytes. */
const BUFFER_BYTES = 1_048_576;

export interface RecordWriter {
  /** Records written so far to train with. */
  readonly trainCount: number;
  /** Copies `record`. */
  write(split: "train" | "test", record: Uint8Array): Promise<void>;
  /** Puts the two parts together; nothing may be written afterwards. */
  finish(): Promise<void>;
  /** Gives up; leaves no part of it behind but `file`. May be called after `finish`. */
  close(): Promise<void>;
}

/**
 * @param file created; must not be in use by anybody else.
 * @throws {DataError} `DATA_CACHE_UNWRITABLE`, here and in every method
 */
export async function createRecordWriter(file: string): Promise<RecordWriter> {
  const testFile = `${file}.test`;
  const train = await createAppender(file);
  const test = await createAppender(testFile);
  let trainCount = 0;
  const close = async (): Promise<void> => {
    await Promise.all([train.close(), test.close()]);
    await rm(testFile, { force: true });
  };
  return {
    get trainCount() {
      return trainCount;
    },
    async write(split, record) {
      if (split === "train") trainCount++;
      await (split === "train" ? train : test).append(record);
    },
    async finish() {
      await test.flush();
      for await (const part of createReadStream(testFile)) await train.append(part as Uint8Array);
      await train.flush();
      await close();
    },
    close,
  };
}

export interface Appender {
  append(bytes: Uint8Array): Promise<void>;
  flush(): Promise<void>;
  /** Does not flush. May be called again. */
  close(): Promise<void>;
}

/** @returns a buffered writer to a new, empty `file`. */
export async function createAppender(file: string): Promise<Appender> {
  const handle = await writing(file, () => open(file, "w"));
  const buffer = new Uint8Array(BUFFER_BYTES);
  let used = 0;
  let closed = false;
  const flush = async (): Promise<void> => {
    await writing(file, () => writeFully(handle, buffer.subarray(0, used)));
    used = 0;
  };
  return {
    async append(bytes) {
      if (used + bytes.length > buffer.length) await flush();
      if (bytes.length > buffer.length) return writing(file, () => writeFully(handle, bytes));
      buffer.set(bytes, used);
      used += bytes.length;
    },
    flush,
    async close() {
      if (!closed) await handle.close();
      closed = true;
    },
  };
}

async function writeFully(handle: FileHandle, bytes: Uint8Array): Promise<void> {
  for (let done = 0; done < bytes.length; ) done += (await handle.write(bytes, done)).bytesWritten;
}

async function writing<T>(file: string, act: () => Promise<T>): Promise<T> {
  try {
    return await act();
  } catch (cause) {
    throw new DataError({ code: "DATA_CACHE_UNWRITABLE", folder: file }, `cannot write ${file}`, { cause });
  }
}
