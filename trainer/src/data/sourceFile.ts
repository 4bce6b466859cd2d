/** Reads a user's file from beginning to end without holding it: its digest, its text. Node only. */
import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { stat } from "node:fs/promises";
import { DataError } from "./dataError.ts";
import { unreadable } from "./folder.ts";

/**
 * @returns the parts of `file` in order.
 * @throws {DataError} `DATA_FILE_MISSING` | `DATA_FILE_UNREADABLE`
 */
export async function* bytesOf(file: string, signal?: AbortSignal): AsyncGenerator<Uint8Array> {
  try {
    if (!(await stat(file)).isFile()) throw unreadable(file); // a pipe would be waited for, a device never ends
    for await (const part of createReadStream(file, { highWaterMark: 262_144, signal })) yield part as Uint8Array;
  } catch (cause) {
    if (cause instanceof DataError) throw cause;
    signal?.throwIfAborted();
    if (!(cause instanceof Error && "code" in cause && "syscall" in cause)) throw cause;
    if (cause.code === "ENOENT") {
      throw new DataError({ code: "DATA_FILE_MISSING", file }, `there is no file ${file}`, { cause });
    }
    throw unreadable(file, cause);
  }
}

/**
 * @param decisions what else decides the records that are made of the file; any JSON.
 * @returns 64 hex digits: the SHA-256 of the decisions and the file's bytes.
 * @throws {DataError} as {@link bytesOf}
 */
export async function digestOf(file: string, decisions: unknown, signal?: AbortSignal): Promise<string> {
  const digest = createHash("sha256").update(`cairn/records/v1 ${JSON.stringify(decisions)}\n`);
  for await (const part of bytesOf(file, signal)) digest.update(part);
  return digest.digest("hex");
}

/**
 * @returns the text of `file`, part by part; no part ends within a character. A byte order mark is left out.
 * @throws {DataError} as {@link bytesOf} | `DATA_TEXT_ENCODING` when it is not UTF-8
 */
export async function* textOfFile(file: string, signal?: AbortSignal): AsyncGenerator<string> {
  const decoder = new TextDecoder("utf-8", { fatal: true });
  const decode = (bytes?: Uint8Array): string => {
    try {
      return bytes === undefined ? decoder.decode() : decoder.decode(bytes, { stream: true });
    } catch (cause) {
      throw new DataError({ code: "DATA_TEXT_ENCODING", file }, `${file} is not text in UTF-8`, { cause });
    }
  };
  for await (const bytes of bytesOf(file, signal)) yield decode(bytes);
  yield decode();
}

/** @returns the code points of `file`, part by part. @throws {DataError} as {@link textOfFile} */
export async function* codePointsOf(file: string, signal?: AbortSignal): AsyncGenerator<Uint32Array> {
  for await (const text of textOfFile(file, signal))
    yield Uint32Array.from(text, (character) => character.codePointAt(0)!);
}
