/** One process a data folder: two with the same journal could commit twice. */
import { readFileSync } from "node:fs";
import { mkdir, open, rm } from "node:fs/promises";
import { join } from "node:path";
import { NodeError } from "./nodeError.ts";

export interface FolderLock {
  release(): Promise<void>;
}

/** Locks of this process: in a container it gets the number that it had before a crash. */
const held = new Set<string>();

/**
 * @throws {NodeError} `NODE_ALREADY_RUNNING` when a living process holds the folder | `NODE_DISK_FAILED`
 */
export async function lockFolder(folder: string): Promise<FolderLock> {
  const path = join(folder, "node.lock");
  for (const last of [false, true]) {
    try {
      await mkdir(folder, { recursive: true, mode: 0o700 });
      const file = await open(path, "wx", 0o600);
      await file.writeFile(`${process.pid}\n`);
      await file.close();
      held.add(path);
      return {
        release: async () => {
          held.delete(path);
          await rm(path, { force: true });
        },
      };
    } catch (cause) {
      const taken = cause instanceof Error && "code" in cause && cause.code === "EEXIST";
      const pid = taken ? holder(path) : undefined;
      if (pid !== undefined && isAlive(pid) && !(pid === process.pid && !held.has(path))) {
        throw new NodeError({ code: "NODE_ALREADY_RUNNING", path, pid }, `process ${pid} already uses ${folder}`);
      }
      if (!taken || last) throw new NodeError({ code: "NODE_DISK_FAILED", path }, `cannot lock ${folder}`, { cause });
      await rm(path, { force: true }); // its holder died without letting go
    }
  }
  throw new NodeError({ code: "NODE_DISK_FAILED", path }, `cannot lock ${folder}`);
}

function holder(path: string): number | undefined {
  try {
    const pid = Number(readFileSync(path, "utf8"));
    return Number.isSafeInteger(pid) && pid > 0 ? pid : undefined;
  } catch {
    return undefined;
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error instanceof Error && "code" in error && error.code === "EPERM";
  }
}
