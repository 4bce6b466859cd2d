"use client";
/** Measures versions in this tab, one after the other, in a worker that only exists meanwhile. */
import { useCallback, useEffect, useRef, useState, useSyncExternalStore } from "react";
import type { ModelDocument } from "../../documents/parse.ts";
import { useDocumentReader } from "../../documents/useDocument.ts";
import type { ModelVersion } from "../../index/types.ts";
import { keepMeasured, readMeasured, subscribeMeasured } from "./measured.ts";

export interface Measuring {
  readonly version: number;
  /** Of 1. */
  readonly share: number;
}

export interface Measure {
  readonly measured: ReturnType<typeof readMeasured>;
  readonly measuring: Measuring | undefined;
  readonly failure: { readonly code: string | undefined; readonly message: string } | undefined;
  readonly start: (versions: readonly ModelVersion[]) => void;
  readonly stop: () => void;
}

/** Larger ones are not fetched by a press on a button. Unit: bytes. */
const MAX_WEIGHTS_BYTES = 64 * 2 ** 20;

const NOTHING: ReturnType<typeof readMeasured> = {};

export function useMeasure(document: ModelDocument | undefined, recordsRoot: string | undefined): Measure {
  const reader = useDocumentReader();
  const measured = useSyncExternalStore(subscribeMeasured, readMeasured, () => NOTHING);
  const [measuring, setMeasuring] = useState<Measuring>();
  const [failure, setFailure] = useState<Measure["failure"]>();
  const running = useRef<AbortController>(undefined);
  const stop = useCallback(() => running.current?.abort(), []);
  useEffect(() => stop, [stop]);

  const start = useCallback(
    (versions: readonly ModelVersion[]) => {
      if (document === undefined || recordsRoot === undefined) return;
      running.current?.abort();
      const control = new AbortController();
      running.current = control;
      setFailure(undefined);
      const run = async () => {
        const { evaluateVersion } = await import("../../inference/modelEngine.ts");
        for (const { version, weights } of versions) {
          if (control.signal.aborted) return;
          if (Object.hasOwn(readMeasured(), weights.digest)) continue;
          setMeasuring({ version, share: 0 });
          const bytes = await reader.read(weights, { maxBytes: MAX_WEIGHTS_BYTES, signal: control.signal });
          const { architecture } = document;
          const { accuracy, loss, confusion, count } = await evaluateVersion(
            { architecture, weights: bytes, recordsRoot },
            (progress) => setMeasuring({ version, share: progress.done / progress.count }),
            control.signal,
          );
          keepMeasured(weights.digest, { accuracy, loss, confusion, count });
        }
      };
      run()
        .catch((error: unknown) => {
          if (control.signal.aborted) return;
          const code = (error as { readonly code?: unknown }).code;
          const message = error instanceof Error ? error.message : String(error);
          setFailure({ code: typeof code === "string" ? code : undefined, message });
        })
        .finally(() => running.current === control && setMeasuring(undefined));
    },
    [document, recordsRoot, reader],
  );
  return { measured, measuring, failure, start, stop };
}
