"use client";
/** A document for a component: its parsed content, or why there is none. */
import { useEffect, useMemo, useState } from "react";
import type { ContentRef } from "../index/types.ts";
import { useRuntime } from "../runtime/RuntimeProvider.tsx";
import { DocumentError } from "./documentError.ts";
import type { DocumentReader } from "./documentReader.ts";
import { type DocumentKind, parseDocument } from "./kinds.ts";

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
    const reader = lazyReader(key === "" ? [] : key.split(" "));
    readers.set(key, reader);
    return reader;
  }, [key]);
}

/** What knows of blocks and CIDs is loaded with the first document. */
function lazyReader(gateways: readonly string[]): DocumentReader {
  let loading: Promise<DocumentReader> | undefined;
  const load = async () => {
    const [{ createDocumentReader }, { createGatewayBlocks }] = await Promise.all([
      import("./documentReader.ts"),
      import("./gatewayBlocks.ts"),
    ]);
    return createDocumentReader({ blocks: createGatewayBlocks({ gateways }) });
  };
  return {
    read: async (ref, options) => {
      loading ??= load();
      return (await loading).read(ref, options);
    },
  };
}

/** @param kind must be one of the constants of kinds.ts: a fresh object would be read again and again. */
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
    const read = async () => {
      const options = { maxBytes: kind.maxBytes, signal: gone.signal };
      return parseDocument(kind, await reader.read({ digest, byteLength }, options));
    };
    read().then(
      (value) => !gone.signal.aborted && setState({ status: "ready", value }),
      (error: unknown) => !gone.signal.aborted && setState({ status: "failed", error: coded(error, digest), retry }),
    );
    return () => gone.abort();
  }, [reader, digest, byteLength, kind, attempt]);

  return state;
}

/** The reader's own code may not be there either, when the visitor is cut off. */
function coded(error: unknown, digest: string): DocumentError {
  if (error instanceof DocumentError) return error;
  return new DocumentError({ code: "DOCUMENT_NOT_FOUND", cid: digest }, { cause: error });
}
