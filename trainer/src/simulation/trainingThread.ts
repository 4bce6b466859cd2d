/** The other side of `threadPool.ts`: opens the data, compiles the plan's program, then trains what it is told. */
import { parentPort, workerData } from "node:worker_threads";
import { createBestExecutor } from "../compute/createExecutor.ts";
import { openDataset } from "../data/openDataset.ts";
import type { Parameters } from "../engine/tensor.ts";
import { layoutOf } from "../learning/aggregation/layout.ts";
import { plannedProgram } from "../learning/plannedTraining.ts";
import { type ClientWork, trainClient } from "./client.ts";
import type { ThreadAnswer, ThreadMessage, ThreadTask } from "./threadPool.ts";

const port = parentPort!;
const { plan, dataReference, cacheDir, engine } = workerData as ThreadTask;

function answer(message: ThreadAnswer, transfer: ArrayBuffer[] = []): void {
  port.postMessage(message, transfer);
}

function failure(error: unknown): { readonly code: string; readonly message: string } {
  const { code, message } = error as { readonly code?: unknown; readonly message?: unknown };
  return { code: String(code ?? "UNKNOWN"), message: String(message ?? error) };
}

try {
  const dataset = await openDataset(dataReference, { cacheDir });
  const executor = await createBestExecutor(plannedProgram(plan), { threads: 1, kind: engine });
  let base: Parameters | undefined;
  const train = (id: number, work: ClientWork): void => {
    try {
      const result = trainClient({ executor, records: dataset.train, layout: layoutOf(base!) }, base!, work);
      answer({ kind: "trained", id, result }, [result.values.buffer as ArrayBuffer]);
    } catch (error) {
      answer({ kind: "failed", id, ...failure(error) });
    }
  };
  port.on("message", (message: ThreadMessage) => {
    if (message.kind === "begin") base = message.base;
    else train(message.id, message.work);
  });
  answer({ kind: "ready" });
} catch (error) {
  answer({ kind: "failed", ...failure(error) });
}
