/**
 * Fetches the files of a pinned source once and keeps them in the cache folder. Accepts only the pinned bytes, from
 * whichever mirror; parses nothing.
 */
import { mkdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { sha256 } from "@noble/hashes/sha2.js";
import { toHex } from "../protocol/hex.ts";
import { DataError } from "./dataError.ts";
import { bodyOf, fromMirrors, requireDigest, type Transfer } from "./mirrors.ts";
import type { DatasetSource, SourceFile } from "./sources.ts";

export interface DownloadOptions {
  /** Files go to `cacheDir/<name of the source>/`. */
  readonly cacheDir: string;
  readonly signal?: AbortSignal | undefined;
  /** The transport. @default globalThis.fetch */
  readonly fetch?: typeof globalThis.fetch;
  /** Longest time for one file from one mirror. @default 180_000, which is 26 MB at 150 kB/s */
  readonly deadlineMs?: number;
}

/** The bytes of a source's files, each with the pinned digest. */
export type SourceBytes = { readonly [K in keyof DatasetSource["files"]]: Uint8Array };

/**
 * @returns all files of `source`, from the cache or else from its mirrors in order.
 * @throws {DataError} `DATA_DOWNLOAD_FAILED` when no mirror gave the file | `DATA_DIGEST_MISMATCH` when one gave other
 *   bytes and none the right ones | `DATA_CACHE_UNWRITABLE`; the signal's reason when aborted
 */
export async function downloadSource(source: DatasetSource, options: DownloadOptions): Promise<SourceBytes> {
  const folder = join(options.cacheDir, source.name);
  const { fetch = globalThis.fetch, deadlineMs = 180_000, signal } = options;
  const obtain = (file: SourceFile): Promise<Uint8Array> =>
    obtainFile(file, { folder, mirrors: source.mirrors, transfer: { fetch, deadlineMs, signal } });
  const { trainImages, trainLabels, testImages, testLabels } = source.files;
  // Small files first: without network they fail first, and nothing large was fetched in vain.
  const labels = { trainLabels: await obtain(trainLabels), testLabels: await obtain(testLabels) };
  return { ...labels, testImages: await obtain(testImages), trainImages: await obtain(trainImages) };
}

interface Whence {
  readonly folder: string;
  readonly mirrors: readonly string[];
  readonly transfer: Transfer;
}

async function obtainFile(file: SourceFile, { folder, mirrors, transfer }: Whence): Promise<Uint8Array> {
  const path = join(folder, file.name);
  const cached = await readFile(path).catch(() => undefined);
  if (cached !== undefined && toHex(sha256(cached)) === file.sha256) return cached;
  return fromMirrors({ file, mirrors, signal: transfer.signal }, async (url) => {
    const bytes = await fetchPinned(url, file, transfer);
    await keep(folder, file.name, bytes);
    return bytes;
  });
}

/** The body of `url`, if it is `file`; never reads more than one part past the pinned length. */
async function fetchPinned(url: string, file: SourceFile, transfer: Transfer): Promise<Uint8Array> {
  const bytes = new Uint8Array(file.byteLength);
  let length = 0;
  for await (const part of bodyOf(url, file.byteLength, transfer)) {
    bytes.set(part, length);
    length += part.length;
  }
  requireDigest(url, toHex(sha256(bytes)), file.sha256);
  return bytes;
}

/** Writes beside the place and then renames, so that other processes see the whole file or none. */
async function keep(folder: string, name: string, bytes: Uint8Array): Promise<void> {
  const part = join(folder, `${name}.${crypto.randomUUID()}.part`);
  try {
    await mkdir(folder, { recursive: true });
    await writeFile(part, bytes, { flush: true });
    await rename(part, join(folder, name));
  } catch (cause) {
    await rm(part, { force: true }).catch(() => {});
    throw new DataError({ code: "DATA_CACHE_UNWRITABLE", folder }, `cannot write to ${folder}`, { cause });
  }
}
