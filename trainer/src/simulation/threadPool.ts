/** Trainings on threads of their own, each with its own executor and its own copy of the data. */
import { Worker } from "node:worker_threads";
import type { Parameters } from "../engine/tensor.ts";
import type { Json } from "../protocol/canonicalJson.ts";
import type { TrainingPlan } from "../protocol/plan.ts";
import type { ClientResult, ClientWork } from "./client.ts";
import { SimulationError } from "./simulationError.ts";
import type { TrainingPool } from "./trainingPool.ts";

/** What a thread needs to begin. */
export interface ThreadTask {
  readonly plan: TrainingPlan;
  /** As `openDataset` takes it. */
  readonly dataReference: string;
  readonly cacheDir: string;
  readonly engine: "auto" | "native" | "wasm" | "reference";
}

export type ThreadMessage =
  | { readonly kind: "begin"; readonly base: Parameters }
  | { readonly kind: "train"; readonly id: number; readonly work: ClientWork };

export type ThreadAnswer =
  | { readonly kind: "ready" }
  | { readonly kind: "trained"; readonly id: number; readonly result: ClientResult }
  | { readonly kind: "failed"; readonly id?: number; readonly code: string; readonly message: string };

export interface ThreadPoolOptions extends ThreadTask {
  /** Range: 1 … 64. */
  readonly threads: number;
  readonly signal?: AbortSignal | undefined;
}

/** Unit: milliseconds. What opening the data set and compiling the program may take on a busy machine. */
const START_DEADLINE_MS = 120_000;
const SCRIPT = new URL("./trainingThread.ts", import.meta.url);

/**
 * @returns a pool whose threads are ready. The caller closes it.
 * @throws {SimulationError} `SIMULATION_THREAD_LOST` when a thread does not start or ends; then every `train` rejects so
 */
export async function createThreadPool({ threads, signal, ...task }: ThreadPoolOptions): Promise<TrainingPool> {
  const all = Array.from({ length: threads }, () => startThread(task));
  const deadline = AbortSignal.timeout(START_DEADLINE_MS);
  const stop = signal === undefined ? deadline : AbortSignal.any([signal, deadline]);
  try {
    await Promise.race([Promise.all(all.map(({ ready }) => ready)), rejection(stop)]);
  } catch (error) {
    for (const { worker } of all) void worker.terminate();
    throw signal?.aborted ? signal.reason : error;
  }
  return {
    width: threads,
    begin: (base) =>
      all.forEach(({ worker }) => void worker.postMessage({ kind: "begin", base } satisfies ThreadMessage)),
    train: (work) => all.reduce((least, thread) => (thread.load() < least.load() ? thread : least)).train(work),
    close: async () => void (await Promise.all(all.map(({ worker }) => worker.terminate()))),
  };
}

function rejection(stop: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    const refuse = (): void => reject(lost("the threads do not start in time", stop.reason));
    if (stop.aborted) refuse();
    stop.addEventListener("abort", refuse, { once: true });
  });
}

interface Waiting {
  resolve(result: ClientResult): void;
  reject(error: Error): void;
}

function startThread(task: ThreadTask) {
  const worker = new Worker(SCRIPT, { workerData: task as unknown as Json, execArgv: ["--no-warnings"], stdin: false });
  const waiting = new Map<number, Waiting>();
  const { promise: ready, resolve: isReady, reject: isLost } = Promise.withResolvers<void>();
  ready.catch(() => {});
  const fail = (error: Error): void => {
    isLost(error);
    for (const { reject } of waiting.values()) reject(error);
    waiting.clear();
  };
  worker.on("message", (answer: ThreadAnswer) => {
    if (answer.kind === "ready") return isReady();
    if (answer.kind === "failed" && answer.id === undefined) return fail(lost(answer.message));
    const own = waiting.get(answer.id!);
    waiting.delete(answer.id!);
    if (answer.kind === "trained") own?.resolve(answer.result);
    else own?.reject(lost(answer.message));
  });
  worker.on("error", (error) => fail(lost("a thread failed", error)));
  worker.on("exit", () => fail(lost("a thread ended")));
  let count = 0;
  return {
    worker,
    ready,
    load: () => waiting.size,
    train(work: ClientWork): Promise<ClientResult> {
      const id = count++;
      const { promise, resolve, reject } = Promise.withResolvers<ClientResult>();
      waiting.set(id, { resolve, reject });
      worker.postMessage({ kind: "train", id, work } satisfies ThreadMessage);
      return promise;
    },
  };
}

function lost(problem: string, cause?: unknown): SimulationError {
  return new SimulationError({ code: "SIMULATION_THREAD_LOST" }, `a thread of the simulation is lost: ${problem}`, {
    cause,
  });
}
