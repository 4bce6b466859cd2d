"use client";
/**
 * The training worker as the page sees it: starts it, asks it, ends it. Loaded by `import()` only.
 *
 * Everything that takes time happens in the worker, so the page stays free. Must not know what a round is.
 */
import { type CallOptions, type Client, createClient } from "./worker/rpc.ts";
import type {
  FellBack,
  OpenedPlan,
  OpenInput,
  Speed,
  StateRef,
  TrainCalls,
  Trained,
  TrainInput,
  TrainProgress,
} from "./worker/trainCalls.ts";

export interface Engine {
  open(input: OpenInput, signal: AbortSignal): Promise<OpenedPlan>;
  measure(seconds: number, signal: AbortSignal): Promise<Speed>;
  stateOf(weights: Uint8Array, signal: AbortSignal): Promise<StateRef | undefined>;
  train(
    input: TrainInput,
    onProgress: (progress: TrainProgress | FellBack) => void,
    signal: AbortSignal,
  ): Promise<Trained>;
  /** From now on nothing but the processor computes. */
  leaveCard(signal: AbortSignal): Promise<void>;
  /** Ends the worker at once, however busy. */
  close(): void;
}

/** @returns an engine in a worker of its own. A worker that dies fails what waits with `TRAIN_ENGINE_LOST`. */
export function startEngine(): Engine {
  const worker = new Worker(new URL("./worker/trainWorker.ts", import.meta.url), { type: "module" });
  const client: Client<TrainCalls> = createClient<TrainCalls>(worker);
  worker.addEventListener("error", (event) => client.fail(event.message || "its script could not be loaded"));
  worker.addEventListener("messageerror", () => client.fail("a message could not be read"));
  const ask = (signal: AbortSignal): CallOptions => ({ signal });
  return {
    open: (input, signal) => client.call("open", input, ask(signal)),
    measure: (seconds, signal) => client.call("measure", { seconds }, ask(signal)),
    stateOf: (weights, signal) => client.call("stateOf", { weights }, ask(signal)),
    train: (input, onProgress, signal) =>
      client.call("train", input, { signal, onProgress: onProgress as (value: never) => void }),
    leaveCard: (signal) => client.call("leaveCard", {}, ask(signal)),
    close() {
      worker.terminate();
      client.fail("it was closed");
    },
  };
}

/** Threads worth starting here: one where memory may not be shared, else one a core, and a core left for the page. */
export function threadsHere(): number {
  if (!crossOriginIsolated) return 1;
  return Math.max(1, Math.min(16, navigator.hardwareConcurrency - 1));
}
