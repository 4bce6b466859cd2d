/**
 * Synchronous reads at any place of an open file, with the blocks read last kept up to a limit. Node only.
 *
 * Training reads batches between two steps, so reads cannot wait; a miss costs a few microseconds where the system has
 * the file in its own cache.
 */
import { closeSync, constants, fstatSync, openSync, readSync } from "node:fs";
import { DataError } from "./dataError.ts";
import { unreadable } from "./folder.ts";

/** Small, because shuffled records lie far apart: reading more than a few records around one is wasted. Unit: bytes. */
const BLOCK_BYTES = 16_384;

/** A data set that is smaller is read from the disk once. Unit: bytes. */
export const DEFAULT_CACHE_BYTES = 32 * 2 ** 20;

export interface PositionedFile {
  readonly byteLength: number;
  /**
   * Fills `into` with the bytes from `position` on.
   *
   * @throws {DataError} `DATA_FILE_CHANGED` when the file ends before | `DATA_FILE_UNREADABLE`
   */
  read(position: number, into: Uint8Array): void;
  close(): void;
}

/**
 * @param cacheBytes most bytes that are kept. @default DEFAULT_CACHE_BYTES
 * @throws {DataError} `DATA_FILE_MISSING` | `DATA_FILE_UNREADABLE`
 */
export function openPositionedFile(file: string, cacheBytes: number = DEFAULT_CACHE_BYTES): PositionedFile {
  const descriptor = openForReading(file);
  const byteLength = fstatSync(descriptor).size;
  const cache = createBlockCache({ descriptor, file, byteLength }, Math.max(1, Math.floor(cacheBytes / BLOCK_BYTES)));
  let open = true;
  return {
    byteLength,
    read(position, into) {
      if (!open) throw new RangeError(`${file} is closed`);
      if (position < 0 || position + into.length > byteLength) {
        throw new RangeError(`bytes ${position} to ${position + into.length} of ${byteLength}`);
      }
      if (into.length >= BLOCK_BYTES) {
        readFully({ descriptor, file }, position, into);
        return;
      }
      for (let done = 0; done < into.length; ) {
        const at = position + done;
        const offset = at % BLOCK_BYTES;
        const length = Math.min(into.length - done, BLOCK_BYTES - offset);
        into.set(cache.load((at - offset) / BLOCK_BYTES).subarray(offset, offset + length), done);
        done += length;
      }
    },
    close() {
      if (open) closeSync(descriptor);
      open = false;
      cache.clear();
    },
  };
}

interface BlockCache {
  /** Valid until the next call. */
  load(block: number): Uint8Array;
  clear(): void;
}

/** @param limit most blocks that are kept. */
function createBlockCache(file: OpenFile & { readonly byteLength: number }, limit: number): BlockCache {
  const blocks = new Map<number, Uint8Array>(); // in the order of their last use
  let last = -1; // the block asked for last: reading on in order asks for no other for a while
  let lastBytes: Uint8Array = new Uint8Array(0);
  const loadOther = (block: number): Uint8Array => {
    const kept = blocks.get(block);
    blocks.delete(block);
    const bytes = kept ?? (blocks.size < limit ? new Uint8Array(BLOCK_BYTES) : evictOldest(blocks));
    const from = block * BLOCK_BYTES;
    if (kept === undefined) readFully(file, from, bytes.subarray(0, Math.min(BLOCK_BYTES, file.byteLength - from)));
    blocks.set(block, bytes);
    return bytes;
  };
  return {
    load(block) {
      if (block === last) return lastBytes;
      last = -1; // its bytes may be overwritten
      lastBytes = loadOther(block);
      last = block;
      return lastBytes;
    },
    clear() {
      last = -1;
      blocks.clear();
    },
  };
}

function openForReading(file: string): number {
  let descriptor: number | undefined;
  try {
    descriptor = openSync(file, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0)); // a pipe must not be waited for
    if (fstatSync(descriptor).isFile()) return descriptor;
  } catch (cause) {
    const missing = cause instanceof Error && "code" in cause && cause.code === "ENOENT";
    if (missing) throw new DataError({ code: "DATA_FILE_MISSING", file }, `there is no file ${file}`, { cause });
    throw unreadable(file, cause);
  }
  closeSync(descriptor);
  throw unreadable(file);
}

function evictOldest(blocks: Map<number, Uint8Array>): Uint8Array {
  const [block, bytes] = blocks.entries().next().value!;
  blocks.delete(block);
  return bytes;
}

interface OpenFile {
  readonly descriptor: number;
  /** Named in errors. */
  readonly file: string;
}

function readFully({ descriptor, file }: OpenFile, position: number, into: Uint8Array): void {
  for (let done = 0; done < into.length; ) {
    let length: number;
    try {
      length = readSync(descriptor, into, done, into.length - done, position + done);
    } catch (cause) {
      throw unreadable(file, cause);
    }
    if (length === 0) {
      throw new DataError({ code: "DATA_FILE_CHANGED", file }, `${file} is shorter than it was when it was opened`);
    }
    done += length;
  }
}
