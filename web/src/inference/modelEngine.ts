"use client";
/** The inference worker as a page sees it. Loaded by `import()` only; every call is bounded by its signal. */
import { createClient } from "../training/worker/rpc.ts";
import type {
  EvaluationProgress,
  InferCalls,
  OpenedModel,
  OpenModel,
  Prediction,
  Sample,
  VersionEvaluation,
} from "./worker/inferCalls.ts";

export interface ModelEngine {
  open(model: OpenModel, signal: AbortSignal): Promise<OpenedModel>;
  predict(record: Float32Array, signal: AbortSignal): Promise<Prediction>;
  /** @param recordsRoot of the data that the model is about; only the built-in set's test records are here. */
  evaluate(
    recordsRoot: string,
    onProgress: (progress: EvaluationProgress) => void,
    signal: AbortSignal,
  ): Promise<VersionEvaluation>;
  samples(count: number, signal: AbortSignal): Promise<readonly Sample[]>;
  close(): void;
}

export function startModelEngine(): ModelEngine {
  const worker = new Worker(new URL("./worker/inferWorker.ts", import.meta.url), { type: "module" });
  const client = createClient<InferCalls>(worker);
  worker.addEventListener("error", (event) => client.fail(event.message || "its script could not be loaded"));
  return {
    open: (model, signal) => client.call("open", model, { signal }),
    predict: (record, signal) => client.call("predict", { record }, { signal }),
    evaluate: (recordsRoot, onProgress, signal) =>
      client.call("evaluate", { recordsRoot }, { signal, onProgress: onProgress as (value: never) => void }),
    samples: (count, signal) => client.call("samples", { count }, { signal }),
    close() {
      worker.terminate();
      client.fail("it was closed");
    },
  };
}

/**
 * Measures a published version on the built-in test records, in a worker of its own that ends with it.
 *
 * @param recordsRoot of the data set that the version was trained on.
 * @throws {RemoteError} `INFER_NO_TEST_DATA` when that is not the built-in set | `INFER_MODEL_TOO_LARGE` | `TRAIN_ABORTED` |
 *   what engine and weights find
 */
export async function evaluateVersion(
  model: OpenModel & { readonly recordsRoot: string },
  onProgress: (progress: EvaluationProgress) => void,
  signal: AbortSignal,
): Promise<VersionEvaluation> {
  const engine = startModelEngine();
  try {
    await engine.open({ architecture: model.architecture, weights: model.weights }, signal);
    return await engine.evaluate(model.recordsRoot, onProgress, signal);
  } finally {
    engine.close();
  }
}
