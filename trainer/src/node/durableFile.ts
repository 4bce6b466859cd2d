/** Files that are whole or absent after a crash: written aside, flushed, renamed, and the folder flushed too. */
import { mkdir, open, readFile, rename, rm } from "node:fs/promises";
import { dirname } from "node:path";
import { NodeError } from "./nodeError.ts";

/**
 * Puts `content` at `path` so that a crash at any moment leaves the old file or the new one.
 *
 * @param mode Unix permissions. @default 0o600, since salts and keys pass here
 * @throws {NodeError} `NODE_DISK_FAILED`
 */
export async function writeDurably(path: string, content: string | Uint8Array, mode = 0o600): Promise<void> {
  const aside = `${path}.${process.pid}.tmp`;
  try {
    await mkdir(dirname(path), { recursive: true, mode: 0o700 });
    const file = await open(aside, "w", mode);
    try {
      await file.writeFile(content);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(aside, path);
    await syncFolder(dirname(path));
  } catch (cause) {
    await rm(aside, { force: true }).catch(() => {});
    throw new NodeError({ code: "NODE_DISK_FAILED", path }, `cannot write ${path}`, { cause });
  }
}

/**
 * @returns the file's bytes; `undefined` when there is no such file.
 * @throws {NodeError} `NODE_DISK_FAILED` for any other reason
 */
export async function readIfPresent(path: string): Promise<Uint8Array | undefined> {
  try {
    return await readFile(path);
  } catch (cause) {
    if (cause instanceof Error && "code" in cause && cause.code === "ENOENT") return undefined;
    throw new NodeError({ code: "NODE_DISK_FAILED", path }, `cannot read ${path}`, { cause });
  }
}

async function syncFolder(path: string): Promise<void> {
  const folder = await open(path, "r").catch(() => undefined); // Windows cannot open folders; its rename is durable
  if (folder === undefined) return;
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}
