"use client";
/** A document for a component: its parsed content, or why there is none. */
import { useEffect, useMemo, useState } from "react";
import type { ContentRef } from "../index/types.ts";
import { useRuntime } from "../runtime/RuntimeProvider.tsx";
import { DocumentError } from "./documentError.ts";
import { createDocumentReader, type DocumentReader } from "./documentReader.ts";
import { createGatewayBlocks } from "./gatewayBlocks.ts";
import { type DocumentKind, parseDocument } from "./parse.ts";

export type DocumentState<T> =
  | { readonly status: "loading" }
  | { readonly status: "ready"; readonly value: T }
  | { readonly status: "failed"; readonly error: DocumentError; readonly retry: () => void };

/** One for each list of gateways: documents are kept for the visit. */
const readers = new Map<string, DocumentReader>();

/** For reads outside components: weights, for one. */
export function useDocumentReader(): DocumentReader {
  const { content } = useRuntime();
  const key = content.gateways.join(" ");
  return useMemo(() => {
    const known = readers.get(key);
    if (known !== undefined) return known;
    const reader = createDocumentReader({
      blocks: createGatewayBlocks({ gateways: key === "" ? [] : key.split(" ") }),
    });
    readers.set(key, reader);
    return reader;
  }, [key]);
}

/** @param kind must be one of the constants of parse.ts: a fresh object would be read again and again. */
export function useDocument<T>(ref: ContentRef | undefined, kind: DocumentKind<T>): DocumentState<T> {
  const reader = useDocumentReader();
  const [attempt, setAttempt] = useState(0);
  const [state, setState] = useState<DocumentState<T>>({ status: "loading" });
  const digest = ref?.digest;
  const byteLength = ref?.byteLength;

  // biome-ignore lint/correctness/useExhaustiveDependencies: another attempt reads again
  useEffect(() => {
    setState({ status: "loading" });
    if (digest === undefined || byteLength === undefined) return;
    const gone = new AbortController();
    const retry = () => setAttempt((count) => count + 1);
    reader.read({ digest, byteLength }, { maxBytes: kind.maxBytes, signal: gone.signal }).then(
      (bytes) => {
        if (gone.signal.aborted) return;
        try {
          setState({ status: "ready", value: parseDocument(kind, bytes) });
        } catch (error) {
          setState({ status: "failed", error: error as DocumentError, retry });
        }
      },
      (error: unknown) => {
        if (!gone.signal.aborted && error instanceof DocumentError) setState({ status: "failed", error, retry });
      },
    );
    return () => gone.abort();
  }, [reader, digest, byteLength, kind, attempt]);

  return state;
}
