/** Workers of the wasm executor as threads of Node. They keep no process alive. */
import { Worker } from "node:worker_threads";
import type { SpawnWorker } from "../engine/wasm/workerThread.ts";

const SCRIPT = new URL("./kernelWorker.mjs", import.meta.url);

/** Unit: megabytes. A worker computes in memory that it is given, and allocates next to nothing. */
const HEAP_LIMITS = { maxOldGenerationSizeMb: 16, maxYoungGenerationSizeMb: 2 };

export const spawnNodeWorker: SpawnWorker = (task) => {
  const worker = new Worker(SCRIPT, { workerData: task, resourceLimits: HEAP_LIMITS, execArgv: [], stdin: false });
  worker.unref();
  const ended = new Promise<void>((resolve) => worker.once("exit", () => resolve()));
  const ready = new Promise<void>((resolve, reject) => {
    worker.once("message", () => resolve());
    worker.once("error", reject);
    worker.once("exit", () => reject(new Error("the worker ended before it was ready")));
  });
  worker.on("error", () => {}); // it ends then, which is all that matters
  ready.catch(() => {});
  return { ready, ended, terminate: () => void worker.terminate() };
};
