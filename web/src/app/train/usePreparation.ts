"use client";
/** Plan, data and speed, looked at before anything is signed. The engine that results is kept for the training. */
import { GLYPHS_ROOT } from "@cairn/trainer/data/glyphs";
import { useCallback, useEffect, useRef, useState } from "react";
import { useDocumentReader } from "../../documents/useDocument.ts";
import { useRuntime } from "../../runtime/RuntimeProvider.tsx";
import { connectSite } from "../../training/activeTrainer.ts";
import { type Engine, startEngine, threadsHere } from "../../training/engine.ts";
import { type FoundPlan, findPlan, type Readied, readyEngine } from "../../training/prepareTask.ts";
import type { DeviceWish } from "../../training/worker/deviceChoice.ts";
import type { DataSource } from "../../training/worker/trainCalls.ts";

export type Preparation =
  | { readonly status: "finding" }
  | { readonly status: "needsFiles"; readonly found: FoundPlan }
  | { readonly status: "opening"; readonly found: FoundPlan; readonly source: DataSource }
  | {
      readonly status: "ready";
      readonly found: FoundPlan;
      readonly source: DataSource;
      readonly engine: Engine;
      readonly readied: Readied;
    }
  | {
      readonly status: "failed";
      readonly found: FoundPlan | undefined;
      readonly source: DataSource | undefined;
      readonly error: unknown;
    };

export interface PreparationControl {
  readonly preparation: Preparation;
  /** Opens the data and measures; also again. */
  readonly open: (source: DataSource) => void;
  /** What to compute on. */
  readonly device: DeviceWish;
  /** Measures that, once there are data. */
  readonly setDevice: (device: DeviceWish) => void;
  readonly retry: () => void;
  /** The engine now belongs to a training, which ends it. @returns what takes it back when that did not begin. */
  readonly handOver: () => () => void;
}

/** Unit: milliseconds. */
const DEADLINE_MS = 120_000;

/** Nobody is taken off a card that was chosen without having allowed it. */
const FASTEST: DeviceWish = { choice: "auto", mayFallBack: false };

export function usePreparation(taskId: bigint): PreparationControl {
  const runtime = useRuntime();
  const reader = useDocumentReader();
  const [preparation, setPreparation] = useState<Preparation>({ status: "finding" });
  const [attempt, setAttempt] = useState(0);
  const [device, setDevice] = useState(FASTEST);
  const wish = useRef(FASTEST);
  const engine = useRef<Engine>(undefined);
  const opening = useRef<AbortController>(undefined);

  const openWith = useCallback((found: FoundPlan, source: DataSource): void => {
    opening.current?.abort();
    const asking = new AbortController();
    opening.current = asking;
    engine.current?.close();
    const own = startEngine();
    engine.current = own;
    setPreparation({ status: "opening", found, source });
    const signal = AbortSignal.any([asking.signal, AbortSignal.timeout(DEADLINE_MS)]);
    const { bytes: plan, mode } = found;
    const input = { plan, mode, data: source, threads: threadsHere(), device: wish.current };
    readyEngine(own, input, signal).then(
      (readied) => {
        if (!asking.signal.aborted) setPreparation({ status: "ready", found, source, engine: own, readied });
      },
      (error: unknown) => {
        if (!asking.signal.aborted) setPreparation({ status: "failed", found, source, error });
      },
    );
  }, []);

  // biome-ignore lint/correctness/useExhaustiveDependencies: another attempt looks again
  useEffect(() => {
    const gone = new AbortController();
    const { signal } = gone;
    setPreparation({ status: "finding" });
    const find = async (): Promise<void> => {
      const chain = await connectSite(runtime, signal);
      const found = await findPlan({ chain, fetchContent: (ref, options) => reader.read(ref, options) }, taskId, {
        signal,
      });
      if (signal.aborted) return;
      if (found.plan.data.recordsRoot === GLYPHS_ROOT) openWith(found, { kind: "glyphs" });
      else setPreparation({ status: "needsFiles", found });
    };
    find().catch((error: unknown) => {
      if (!signal.aborted) setPreparation({ status: "failed", found: undefined, source: undefined, error });
    });
    return () => {
      gone.abort();
      opening.current?.abort();
      engine.current?.close();
      engine.current = undefined;
    };
  }, [runtime, reader, taskId, openWith, attempt]);

  const found = "found" in preparation ? preparation.found : undefined;
  const source = "source" in preparation ? preparation.source : undefined;
  return {
    preparation,
    open: (chosen) => found !== undefined && openWith(found, chosen),
    device,
    setDevice(next) {
      wish.current = next;
      setDevice(next);
      if (found !== undefined && source !== undefined) openWith(found, source);
    },
    retry: () => setAttempt((count) => count + 1),
    handOver: () => {
      const own = engine.current;
      engine.current = undefined;
      return () => {
        engine.current = own;
      };
    },
  };
}
