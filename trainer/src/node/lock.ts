/**
 * One process a data folder: two with the same journal could commit twice.
 *
 * The lock is a file with the holder's process number and, where the system tells it, the moment at which that process
 * started: after a reboot the number belongs to somebody else, and a node must not wait for that one to end. It appears
 * whole or not at all, so that nobody takes the lock of a holder that has not yet written its name.
 */
import { randomUUID } from "node:crypto";
import { readFileSync } from "node:fs";
import { constants, copyFile, link, mkdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { NodeError } from "./nodeError.ts";

export interface FolderLock {
  release(): Promise<void>;
}

/** Locks of this process: in a container it gets the number that it had before a crash. */
const held = new Set<string>();

/** A lock that a dead process left is taken away once; whoever is faster has it. */
const TRIES = 3;

/**
 * @throws {NodeError} `NODE_ALREADY_RUNNING` when a living process holds the folder | `NODE_DISK_FAILED`
 */
export async function lockFolder(folder: string): Promise<FolderLock> {
  const path = join(folder, "node.lock");
  const aside = `${path}.${randomUUID()}`;
  const failed = (cause?: unknown): NodeError =>
    new NodeError({ code: "NODE_DISK_FAILED", path }, `cannot lock ${folder}`, { cause });
  try {
    await mkdir(folder, { recursive: true, mode: 0o700 });
    await writeFile(aside, `${process.pid} ${startOf(process.pid) ?? ""}`.trimEnd(), { mode: 0o600 });
    for (let tries = 0; tries < TRIES; tries++) {
      if (await appears(aside, path)) {
        held.add(path);
        return { release: () => release(path) };
      }
      const record = await readFile(path, "utf8").catch(absent);
      if (record === undefined) continue;
      const pid = livingHolder(record, path);
      if (pid !== undefined) {
        throw new NodeError({ code: "NODE_ALREADY_RUNNING", path, pid }, `process ${pid} already uses ${folder}`);
      }
      await takeAway(path, record);
    }
  } catch (cause) {
    throw cause instanceof NodeError ? cause : failed(cause);
  } finally {
    await rm(aside, { force: true }).catch(() => {});
  }
  throw failed();
}

/** @returns the process that holds the folder by `record`; undefined when it is gone, or when nothing was written. */
export function livingHolder(record: string, path: string): number | undefined {
  const [number = "", ...start] = record.trim().split(" ");
  const pid = Number(number);
  if (!Number.isSafeInteger(pid) || pid <= 0 || !isAlive(pid)) return undefined;
  if (pid === process.pid) return held.has(path) ? pid : undefined; // a container gives the same number again
  const now = startOf(pid);
  return start.length > 0 && now !== undefined && start.join(" ") !== now ? undefined : pid;
}

async function release(path: string): Promise<void> {
  held.delete(path);
  try {
    await rm(path, { force: true });
  } catch (cause) {
    throw new NodeError({ code: "NODE_DISK_FAILED", path }, `cannot remove ${path}`, { cause });
  }
}

/** @returns whether `path` is now the file `aside`; false when there is one already. */
async function appears(aside: string, path: string): Promise<boolean> {
  try {
    await link(aside, path);
    return true;
  } catch (cause) {
    if (codeOf(cause) === "EEXIST") return false;
    if (!NO_LINKS.includes(codeOf(cause) ?? "")) throw cause;
  }
  try {
    await copyFile(aside, path, constants.COPYFILE_EXCL);
    return true;
  } catch (cause) {
    if (codeOf(cause) === "EEXIST") return false;
    throw cause;
  }
}

/** What file systems without links answer, such as those of memory cards. */
const NO_LINKS: readonly string[] = ["EPERM", "ENOTSUP", "ENOSYS"];

/** Takes away the lock that holds `record`; another one that came meanwhile is put back. */
async function takeAway(path: string, record: string): Promise<void> {
  const stale = `${path}.${randomUUID()}`;
  try {
    await rename(path, stale);
    if ((await readFile(stale, "utf8")) !== record) await appears(stale, path);
    await rm(stale, { force: true });
  } catch (cause) {
    absent(cause); // somebody else took it away
  }
}

function absent(cause: unknown): undefined {
  if (codeOf(cause) === "ENOENT") return undefined;
  throw cause;
}

function codeOf(cause: unknown): string | undefined {
  return cause instanceof Error && "code" in cause ? String(cause.code) : undefined;
}

/** @returns when the process started, as the system counts it since it booted, and which boot that was (Linux). */
function startOf(pid: number): string | undefined {
  try {
    const boot = readFileSync("/proc/sys/kernel/random/boot_id", "utf8").trim();
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    return `${stat.slice(stat.lastIndexOf(")") + 2).split(" ")[START_FIELD]} ${boot}`; // a program's name may hold spaces
  } catch {
    return undefined; // another system, or it has just ended
  }
}

/** Of those after the program's name, counted from 0. Source: proc_pid_stat(5), `starttime`. */
const START_FIELD = 19;

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error instanceof Error && "code" in error && error.code === "EPERM";
  }
}
