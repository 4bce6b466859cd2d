"use client";
/** The task that a file makes, worked out by the trainer's own plan code in a worker while somebody types. */
import { useEffect, useRef, useState } from "react";
import type { PrepareAnswer, Prepared, PrepareFailure } from "./prepared.ts";
import type { TaskFile } from "./taskFile.ts";

export type PreparedState =
  | { readonly status: "working" }
  | { readonly status: "ready"; readonly prepared: Prepared }
  | { readonly status: "failed"; readonly failure: PrepareFailure };

/** Until somebody has stopped typing. Unit: milliseconds. */
const QUIET_MS = 400;

/** @param file must stay the same object while nothing changes. @param wanted false where the tab can't prepare it. */
export function usePrepared(file: TaskFile, wanted: boolean): PreparedState {
  const worker = useRef<Worker>(undefined);
  const [state, setState] = useState<PreparedState>({ status: "working" });

  useEffect(() => {
    if (!wanted) return;
    const started = new Worker(new URL("./prepare.worker.ts", import.meta.url), { type: "module" });
    worker.current = started;
    return () => {
      started.terminate();
      worker.current = undefined;
    };
  }, [wanted]);

  useEffect(() => {
    if (!wanted) return;
    setState({ status: "working" });
    const id = ++lastId;
    const hear = ({ data }: MessageEvent<PrepareAnswer>) => {
      if (data.id !== id) return;
      if ("prepared" in data) setState({ status: "ready", prepared: data.prepared });
      else setState({ status: "failed", failure: data.failure });
    };
    const fail = (event: ErrorEvent) =>
      setState({ status: "failed", failure: { key: undefined, code: undefined, message: event.message } });
    const target = worker.current;
    target?.addEventListener("message", hear);
    target?.addEventListener("error", fail);
    const timer = setTimeout(() => target?.postMessage({ id, file }), QUIET_MS);
    return () => {
      clearTimeout(timer);
      target?.removeEventListener("message", hear);
      target?.removeEventListener("error", fail);
    };
  }, [file, wanted]);

  return state;
}

let lastId = 0;
