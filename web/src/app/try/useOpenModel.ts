"use client";
/** A version's weights, fetched, checked and opened in a worker; the worker ends when the page is left. */
import { useEffect, useState } from "react";
import { MODEL_DOCUMENT, type ModelDocument } from "../../documents/parse.ts";
import { useDocument, useDocumentReader } from "../../documents/useDocument.ts";
import type { Model, ModelVersion } from "../../index/types.ts";
import type { ModelEngine } from "../../inference/modelEngine.ts";
import type { OpenedModel } from "../../inference/worker/inferCalls.ts";

export type OpenModelState =
  | { readonly status: "loading" }
  | { readonly status: "failed"; readonly error: unknown; readonly retry: () => void }
  | {
      readonly status: "open";
      readonly engine: ModelEngine;
      readonly opened: OpenedModel;
      readonly document: ModelDocument;
      readonly weights: Uint8Array;
    };

/** Longest weights that are fetched. Unit: bytes. */
const MAX_WEIGHTS_BYTES = 256 * 2 ** 20;

export function useOpenModel(model: Model, version: ModelVersion): OpenModelState {
  const document = useDocument(model.metadata, MODEL_DOCUMENT);
  const reader = useDocumentReader();
  const [attempt, setAttempt] = useState(0);
  const [state, setState] = useState<OpenModelState>({ status: "loading" });
  const description = document.status === "ready" ? document.value : undefined;
  const { weights: ref } = version;

  // biome-ignore lint/correctness/useExhaustiveDependencies: another attempt opens again
  useEffect(() => {
    if (description === undefined) return;
    const gone = new AbortController();
    const { signal } = gone;
    let engine: ModelEngine | undefined;
    setState({ status: "loading" });
    const open = async (): Promise<void> => {
      const [{ startModelEngine }, weights] = await Promise.all([
        import("../../inference/modelEngine.ts"),
        reader.read(ref, { maxBytes: MAX_WEIGHTS_BYTES, signal }),
      ]);
      if (signal.aborted) return;
      engine = startModelEngine();
      const opened = await engine.open({ architecture: description.architecture, weights }, signal);
      if (!signal.aborted) setState({ status: "open", engine, opened, document: description, weights });
    };
    open().catch((error: unknown) => {
      engine?.close();
      if (!signal.aborted) setState({ status: "failed", error, retry: () => setAttempt((count) => count + 1) });
    });
    return () => {
      gone.abort();
      engine?.close();
    };
  }, [description, reader, ref.digest, ref.byteLength, attempt]);

  return document.status === "failed" ? document : state;
}
