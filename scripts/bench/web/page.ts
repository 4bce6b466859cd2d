/** Runs in a browser: trains in the product's own worker, and measures speed and the page's longest task meanwhile. */
import { createClient } from "../../../web/src/training/worker/rpc.ts";
import type { TrainCalls } from "../../../web/src/training/worker/trainCalls.ts";
import type { PageJob, PageResult } from "./protocol.ts";

const { signal } = new AbortController();

/** As the browser tells: tasks of 50 ms and more. Unit: milliseconds. */
let longestTaskMs = 0;
new PerformanceObserver((list) => {
  for (const { duration } of list.getEntries()) longestTaskMs = Math.max(longestTaskMs, duration);
}).observe({ type: "longtask" });

const result = await run().catch((error: unknown): PageResult => ({ problem: String(error) }));
await fetch("/result", { method: "POST", body: JSON.stringify(result) });

async function run(): Promise<PageResult> {
  const { plans, seconds } = (await (await fetch("/job")).json()) as PageJob;
  const speeds: Record<string, number> = {};
  for (const { name, plan } of plans) {
    const worker = new Worker("/trainWorker.js", { type: "module" });
    const client = createClient<TrainCalls>(worker);
    worker.onerror = (event) => client.fail(event.message);
    const bytes = Uint8Array.from(atob(plan), (char) => char.charCodeAt(0));
    await client.call("open", { plan: bytes, data: { kind: "glyphs" }, threads: 1 }, { signal });
    longestTaskMs = 0; // what opening the page cost is another matter
    speeds[name] = (await client.call("measure", { seconds }, { signal })).samplesPerSecond;
    worker.terminate();
  }
  return { userAgent: navigator.userAgent, speeds, longestTaskMs };
}
