/** Workers of the wasm executor in a browser, where the page may have them. Asks nothing of Node. */
import type { WasmOptions } from "./wasmExecutor.ts";
import type { SpawnWorker, WorkerTask } from "./workerThread.ts";

/** What a page needs of its surroundings; a test brings a stand-in. */
export interface BrowserScope {
  /** Whether memory may be shared between threads. */
  readonly crossOriginIsolated: boolean;
  readonly navigator: { readonly hardwareConcurrency: number };
  /** Present on a page's main thread, which must not block. */
  readonly document?: unknown;
}

/** The page computes on one thread. No failure: the bits are the same. */
export interface ThreadsNotice {
  readonly code: "ENGINE_THREADS_UNAVAILABLE";
  /** How many were wanted. */
  readonly wanted: number;
}

export interface BrowserThreads {
  /** For `createWasmExecutor`. */
  readonly options: WasmOptions;
  readonly notice?: ThreadsNotice;
}

/**
 * @param createWorker starts a module worker whose script calls `serveWorker`, for example
 *   `() => new Worker(new URL("./engineWorker.ts", import.meta.url), { type: "module" })`.
 * @param wanted Range: 1 … 64. @default as many threads as the machine has
 * @returns the options that give `wanted` threads, or one and a notice where the page may not share memory.
 */
export function browserThreads(
  scope: BrowserScope,
  createWorker: () => Worker,
  wanted: number = scope.navigator.hardwareConcurrency,
): BrowserThreads {
  const maySleep = scope.document === undefined;
  if (wanted <= 1) return { options: { threads: 1, maySleep } };
  if (!scope.crossOriginIsolated) {
    return { options: { threads: 1, maySleep }, notice: { code: "ENGINE_THREADS_UNAVAILABLE", wanted } };
  }
  return { options: { threads: Math.min(wanted, 64), maySleep, spawn: spawnWith(createWorker) } };
}

/** A worker posts `ready` when it is about to wait for runs; then it blocks, and only terminating ends it. */
function spawnWith(createWorker: () => Worker): SpawnWorker {
  return (task) => {
    const worker = createWorker();
    const ready = new Promise<void>((resolve, reject) => {
      worker.onmessage = () => resolve();
      worker.onerror = (event) => reject(new Error(event.message));
    });
    ready.catch(() => {});
    worker.postMessage(task);
    const ended = ready.then(
      () => new Promise<void>(() => {}), // from here on nothing but `terminate` ends it
      () => {},
    );
    return { ready, ended, terminate: () => worker.terminate() };
  };
}

/** What the worker's script calls: waits for its task, then takes part in runs for good. */
export function serveWorker(scope: {
  onmessage: ((event: MessageEvent<WorkerTask>) => void) | null;
  postMessage(message: "ready"): void;
}): void {
  scope.onmessage = async ({ data }) => {
    const { workAs } = await import("./workerThread.ts");
    workAs(data, () => scope.postMessage("ready"));
  };
}
