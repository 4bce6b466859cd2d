/** Threads for tests of the wasm executor, on Node's workers. Not for use outside tests. */
import { Worker } from "node:worker_threads";
import type { SpawnWorker } from "../wasm/workerThread.ts";

const SCRIPT = `
  const { parentPort, workerData } = require("node:worker_threads");
  import(workerData.url).then(({ workAs }) => workAs(workerData.task, () => parentPort.postMessage("ready")));
`;

export const spawnTestWorker: SpawnWorker = (task) => {
  const url = new URL("../wasm/workerThread.ts", import.meta.url).href;
  const worker = new Worker(SCRIPT, { eval: true, workerData: { url, task } });
  worker.unref();
  const ended = new Promise<void>((resolve) => worker.once("exit", () => resolve()));
  const ready = new Promise<void>((resolve, reject) => {
    worker.once("message", () => resolve());
    worker.once("error", reject);
  });
  return { ready, ended, terminate: () => void worker.terminate() };
};
