"use client";
/** Reads `/cairn.json` once and hands it down. What is shown meanwhile and on failure is the shell's business. */
import { createContext, type ReactNode, useCallback, useContext, useEffect, useState } from "react";
import { parseRuntime, type Runtime } from "./runtime.ts";

/** A file beside the page: slower than this, nobody serves it. Unit: milliseconds. */
const DEADLINE_MS = 10_000;

export type RuntimeState =
  | { readonly status: "loading" }
  | { readonly status: "missing"; readonly error: unknown; readonly retry: () => void }
  | { readonly status: "ready"; readonly runtime: Runtime };

const RuntimeContext = createContext<RuntimeState>({ status: "loading" });

export function RuntimeProvider({ children }: { readonly children: ReactNode }) {
  const [attempt, setAttempt] = useState(0);
  const [state, setState] = useState<RuntimeState>({ status: "loading" });
  const retry = useCallback(() => setAttempt((count) => count + 1), []);

  // biome-ignore lint/correctness/useExhaustiveDependencies: another attempt reads again
  useEffect(() => {
    const gone = new AbortController();
    setState({ status: "loading" });
    loadRuntime(AbortSignal.any([gone.signal, AbortSignal.timeout(DEADLINE_MS)])).then(
      (runtime) => !gone.signal.aborted && setState({ status: "ready", runtime }),
      (error: unknown) => !gone.signal.aborted && setState({ status: "missing", error, retry }),
    );
    return () => gone.abort();
  }, [attempt, retry]);

  return <RuntimeContext value={state}>{children}</RuntimeContext>;
}

async function loadRuntime(signal: AbortSignal): Promise<Runtime> {
  const response = await fetch("/cairn.json", { signal, cache: "no-store" });
  if (!response.ok) throw new Error(`/cairn.json: HTTP ${response.status}`);
  return parseRuntime(await response.json(), window.location.origin);
}

/** Also before there is one. */
export function useRuntimeState(): RuntimeState {
  return useContext(RuntimeContext);
}

/** @throws {Error} outside the part of the page that waits for the runtime document: a bug of ours. */
export function useRuntime(): Runtime {
  const state = useContext(RuntimeContext);
  if (state.status !== "ready") throw new Error("useRuntime is used above <RuntimeGate>");
  return state.runtime;
}
