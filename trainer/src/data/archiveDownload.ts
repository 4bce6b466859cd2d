/**
 * Fetches a data set's archive once and keeps the files that are used, each with its pinned digest, in the cache folder.
 * Nothing is ever held in memory as a whole, and the archive itself is not kept. Node only; parses no record.
 */
import { createHash, randomUUID } from "node:crypto";
import { createReadStream } from "node:fs";
import { mkdir, rename, rm, stat } from "node:fs/promises";
import { basename, join } from "node:path";
import { pipeline } from "node:stream";
import { createGunzip } from "node:zlib";
import type { Hex } from "../protocol/hex.ts";
import { DataError } from "./dataError.ts";
import type { DownloadOptions } from "./download.ts";
import { bodyOf, fromMirrors, requireDigest, type Transfer } from "./mirrors.ts";
import { createAppender } from "./recordWriter.ts";
import { bytesOf } from "./sourceFile.ts";
import type { ArchiveSource, SourceFile } from "./sources.ts";
import { type TarEntry, tarEntries } from "./tar.ts";

/** Longest time for the archive from one mirror: 170 MB at 150 kB/s. */
const DEADLINE_MS = 1_200_000;

/**
 * @returns the folder with all members of `source`.
 * @throws {DataError} `DATA_DOWNLOAD_FAILED` | `DATA_DIGEST_MISMATCH` | `DATA_CACHE_UNWRITABLE`; the signal's reason when
 *   aborted
 */
export async function downloadArchive(source: ArchiveSource, options: DownloadOptions): Promise<string> {
  const folder = join(options.cacheDir, source.name);
  const { fetch = globalThis.fetch, deadlineMs = DEADLINE_MS, signal } = options;
  if (await holdsAll(folder, source.members, signal)) return folder;
  const archive = join(folder, `${source.archive.name}.${randomUUID()}.part`);
  try {
    await mkdir(folder, { recursive: true }).catch((cause: unknown) => {
      throw new DataError({ code: "DATA_CACHE_UNWRITABLE", folder }, `cannot write to ${folder}`, { cause });
    });
    await fromMirrors({ file: source.archive, mirrors: source.mirrors, signal }, (url) =>
      fetchTo(archive, url, { file: source.archive, transfer: { fetch, deadlineMs, signal } }),
    );
    await unpackMembers(archive, folder, source);
  } finally {
    await rm(archive, { force: true });
  }
  return folder;
}

async function holdsAll(folder: string, members: readonly SourceFile[], signal?: AbortSignal): Promise<boolean> {
  for (const { name, byteLength, sha256 } of members) {
    const file = join(folder, name);
    if ((await stat(file).catch(() => undefined))?.size !== byteLength) return false;
    const digest = createHash("sha256");
    for await (const part of bytesOf(file, signal)) digest.update(part);
    if (`0x${digest.digest("hex")}` !== sha256) return false;
  }
  return true;
}

async function fetchTo(
  path: string,
  url: string,
  { file, transfer }: { readonly file: SourceFile; readonly transfer: Transfer },
): Promise<void> {
  const digest = createHash("sha256");
  const out = await createAppender(path);
  try {
    for await (const part of bodyOf(url, file.byteLength, transfer)) {
      digest.update(part);
      await out.append(part);
    }
    await out.flush();
  } finally {
    await out.close();
  }
  requireDigest(url, `0x${digest.digest("hex")}`, file.sha256);
}

/**
 * @param archive a gzipped tar.
 * @throws {DataError} `DATA_GZIP_CORRUPT` | `DATA_TAR_CORRUPT` | `DATA_ARCHIVE_INCOMPLETE` | `DATA_CACHE_UNWRITABLE`
 */
export async function unpackMembers(
  archive: string,
  folder: string,
  source: Pick<ArchiveSource, "archive" | "members">,
): Promise<void> {
  const { name } = source.archive;
  const missing = new Map(source.members.map((member) => [member.name, member]));
  const unpacked = pipeline(createReadStream(archive), createGunzip(), () => {}); // the reader below meets the same error
  try {
    for await (const entry of tarEntries(unpacked as AsyncIterable<Uint8Array>, name)) {
      const member = missing.get(basename(entry.name));
      if (member === undefined) continue;
      if (await keepMember(entry, member, folder)) missing.delete(member.name);
    }
  } catch (cause) {
    if (cause instanceof DataError) throw cause;
    throw new DataError({ code: "DATA_GZIP_CORRUPT", file: name }, `${name} is not a whole gzip file`, { cause });
  } finally {
    unpacked.destroy();
  }
  const [first] = missing.keys();
  if (first === undefined) return;
  throw new DataError(
    { code: "DATA_ARCHIVE_INCOMPLETE", file: name, missing: first },
    `${name} holds no sound ${first}`,
  );
}

/** @returns whether the entry was the member, which then lies in `folder`. */
async function keepMember(entry: TarEntry, member: SourceFile, folder: string): Promise<boolean> {
  if (entry.byteLength !== member.byteLength) return false;
  const part = join(folder, `${member.name}.${randomUUID()}.part`);
  const digest = createHash("sha256");
  const out = await createAppender(part);
  try {
    for await (const bytes of entry.parts) {
      digest.update(bytes);
      await out.append(bytes);
    }
    await out.flush();
    await out.close();
    const actual: Hex = `0x${digest.digest("hex")}`;
    if (actual === member.sha256) await rename(part, join(folder, member.name));
    return actual === member.sha256;
  } finally {
    await out.close();
    await rm(part, { force: true });
  }
}
