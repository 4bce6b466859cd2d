/**
 * Preloaded (`node --import`) into the node under test: kills it, or fails its disk, at the operation that a test names.
 *
 * It stands in for the disk below Node's own functions, so that the node's code holds nothing of it. Synchronous where it
 * looks and where it kills: nothing of the process runs between the operation and its end.
 */
import { readFileSync, rmSync } from "node:fs";
import fs, { type FileHandle } from "node:fs/promises";
import { syncBuiltinESMExports } from "node:module";
import { isMainThread } from "node:worker_threads";
import { DISK_FAULT_VARIABLE, type DiskFault } from "./diskFault.ts";

type Operation = Exclude<DiskFault["operation"], "any">;

const armed = process.env[DISK_FAULT_VARIABLE];
if (armed !== undefined && isMainThread) install(armed);

function install(file: string): void {
  const { open, rename, rm, writeFile } = fs;

  async function around<T>(operation: Operation, path: string, work: () => Promise<T>): Promise<T> {
    strike(file, { operation, path, moment: "before" });
    const result = await work();
    strike(file, { operation, path, moment: "after" });
    return result;
  }

  /** Half of it first, where somebody asks what half of it does. */
  async function write(path: string, data: unknown, put: (part: unknown) => Promise<void>): Promise<void> {
    await around("write", path, async () => {
      if (find(file, { operation: "write", path, moment: "half" }) !== undefined) {
        const bytes = typeof data === "string" ? Buffer.from(data) : (data as Uint8Array);
        await put(bytes.subarray(0, bytes.length >> 1));
        strike(file, { operation: "write", path, moment: "half" });
      }
      await put(data);
    });
  }

  fs.open = async (path, ...options) => {
    const handle = await open(path, ...options);
    const name = String(path);
    const [put, sync] = [handle.writeFile.bind(handle), handle.sync.bind(handle)];
    handle.writeFile = (data: unknown) => write(name, data, (part) => put(part as string));
    handle.sync = () => around("flush", name, sync);
    return handle as FileHandle;
  };
  fs.writeFile = (path, data, options) => write(String(path), data, (part) => writeFile(path, part as string, options));
  fs.rename = (from, to) => around("rename", String(to), () => rename(from, to));
  fs.rm = (path, options) => around("remove", String(path), () => rm(path, options));
  syncBuiltinESMExports();
}

interface Place {
  readonly operation: Operation;
  readonly path: string;
  readonly moment: DiskFault["moment"];
}

function find(file: string, { operation, path, moment }: Place): DiskFault | undefined {
  let fault: DiskFault;
  try {
    fault = JSON.parse(readFileSync(file, "utf8")) as DiskFault;
  } catch {
    return undefined; // nobody asks for one now
  }
  const isMeant = fault.operation === operation || fault.operation === "any";
  return isMeant && fault.moment === moment && new RegExp(fault.path).test(path) ? fault : undefined;
}

function strike(file: string, place: Place): void {
  const fault = find(file, place);
  if (fault === undefined) return;
  if (fault.effect !== "kill") {
    const { effect: code } = fault;
    throw Object.assign(new Error(`${code}: ${place.operation} ${place.path}`), { code, syscall: place.operation });
  }
  rmSync(file); // what is started again shall go on
  process.kill(process.pid, "SIGKILL");
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0); // until it is gone
}
