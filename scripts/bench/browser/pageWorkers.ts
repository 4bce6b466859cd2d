/** Workers of the wasm executor as workers of a page. The page must be cross-origin isolated: memory is shared. */
import type { SpawnWorker } from "../../../trainer/src/engine/wasm/workerThread.ts";

/** @returns what starts workers from `script`, which runs `threadWorker.ts`. */
export function createPageSpawner(script: string): SpawnWorker {
  return (task) => {
    const worker = new Worker(script);
    let end = (): void => {};
    const ended = new Promise<void>((resolve) => {
      end = resolve;
    });
    const ready = new Promise<void>((resolve, reject) => {
      worker.onmessage = () => resolve();
      worker.onerror = (event) => {
        end();
        reject(new Error(event.message));
      };
    });
    ready.catch(() => {});
    worker.postMessage(task);
    return {
      ...{ ready, ended },
      terminate() {
        worker.terminate();
        end();
      },
    };
  };
}
