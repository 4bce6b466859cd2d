/** Runs in a browser: trains in the product's own worker, and measures speed and the page's longest task meanwhile. */
import { createClient } from "../../../web/src/training/worker/rpc.ts";
import type { TrainCalls } from "../../../web/src/training/worker/trainCalls.ts";
import type { PageJob, PageResult, TabSpeed } from "./protocol.ts";

const { signal } = new AbortController();

/** As the browser tells: tasks of 50 ms and more. Unit: milliseconds. */
let longestTaskMs = 0;
new PerformanceObserver((list) => {
  for (const { duration } of list.getEntries()) longestTaskMs = Math.max(longestTaskMs, duration);
}).observe({ type: "longtask" });

const result = await run().catch((error: unknown): PageResult => ({ problem: String(error) }));
await fetch("/result", { method: "POST", body: JSON.stringify(result) });

async function run(): Promise<PageResult> {
  const { plans, seconds, devices } = (await (await fetch("/job")).json()) as PageJob;
  const speeds: Record<string, TabSpeed | { readonly problem: string }> = {};
  for (const { name, plan } of plans) {
    for (const device of devices) {
      const bytes = Uint8Array.from(atob(plan), (char) => char.charCodeAt(0));
      speeds[`${name} ${device}`] = await measure({ plan: bytes, device }, seconds).catch((error: unknown) => {
        if (device === "wasm") throw error;
        return { problem: String(error) };
      });
    }
  }
  return { userAgent: navigator.userAgent, speeds, longestTaskMs };
}

interface Subject {
  readonly plan: Uint8Array;
  readonly device: PageJob["devices"][number];
}

async function measure({ plan, device }: Subject, seconds: number): Promise<TabSpeed> {
  const worker = new Worker("/trainWorker.js", { type: "module" });
  const client = createClient<TrainCalls>(worker);
  worker.onerror = (event) => client.fail(event.message);
  try {
    const wish = { choice: device, mayFallBack: false };
    const rest = { mode: "Private", data: { kind: "glyphs" }, threads: 1 } as const;
    await client.call("open", { plan, device: wish, ...rest }, { signal });
    longestTaskMs = 0; // what opening the page cost is another matter
    return await client.call("measure", { seconds }, { signal });
  } finally {
    worker.terminate();
  }
}
