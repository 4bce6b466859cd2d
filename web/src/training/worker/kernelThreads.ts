/** Starts a thread of the engine: a worker of the worker. In a file of its own so that bundlers find the script. */

export function createKernelThread(): Worker {
  return new Worker(new URL("./kernelThread.ts", import.meta.url), { type: "module" });
}
