/** The other side of a thread: what runs in a worker, under Node or in a browser. */
import type { Kernels } from "./kernelModule.ts";

/** All that a worker needs to take part; can be posted to it. */
export interface WorkerTask {
  readonly module: WebAssembly.Module;
  readonly memory: WebAssembly.Memory;
  /** Byte addresses of the machine and of the top of this thread's stack. */
  readonly machine: number;
  readonly stack: number;
  readonly thread: number;
}

/** A worker that was given its task. */
export interface WorkerHandle {
  /** Settles when the worker waits for runs, or rejects when it never will. */
  readonly ready: Promise<void>;
  /** Resolves when the worker has ended, for whatever reason. */
  readonly ended: Promise<void>;
  /** Ends it, however busy. */
  terminate(): void;
}

export type SpawnWorker = (task: WorkerTask) => WorkerHandle;

/**
 * Takes part in runs until the machine is stopped.
 *
 * @param onReady is called just before it blocks for good: nothing else runs in this worker after.
 */
export function workAs({ module, memory, machine, stack, thread }: WorkerTask, onReady: () => void): void {
  const { exports } = new WebAssembly.Instance(module, { env: { memory } });
  const kernels = exports as unknown as Kernels;
  kernels.__stack_pointer.value = stack;
  onReady();
  kernels.work(machine, thread);
}
