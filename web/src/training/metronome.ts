/** Waits that hold in a hidden tab too. */

export interface Metronome {
  /** Waits `ms`, or less when `signal` fires. Never throws. */
  pause(ms: number, signal: AbortSignal): Promise<void>;
  close(): void;
}

/** Waits end by the page's own timer when the worker says nothing: twice their length, and this. Unit: milliseconds. */
const PATIENCE_MS = 5_000;

export function startMetronome(): Metronome {
  const worker = new Worker(new URL("./worker/metronome.ts", import.meta.url), { type: "module" });
  const waiting = new Map<number, () => void>();
  let lastId = 0;
  worker.onmessage = ({ data }: MessageEvent<number>) => waiting.get(data)?.();
  return {
    async pause(ms, signal) {
      if (signal.aborted) return;
      const id = ++lastId;
      const { promise, resolve } = Promise.withResolvers<void>();
      const late = setTimeout(resolve, 2 * ms + PATIENCE_MS);
      const end = (): void => resolve();
      waiting.set(id, end);
      signal.addEventListener("abort", end, { once: true });
      worker.postMessage({ id, ms });
      await promise;
      clearTimeout(late);
      signal.removeEventListener("abort", end);
      waiting.delete(id);
    },
    close: () => worker.terminate(),
  };
}
