"use client";
/** One version: what is put before it, what it sees, what it says, and what it is. */
import { useEffect, useRef, useState } from "react";
import { useAnnounce } from "../../components/Announcer.tsx";
import { formatPercent } from "../../components/format.ts";
import { Panel } from "../../components/Panel.tsx";
import { Failure, Loading, Notice } from "../../components/States.tsx";
import type { Model, ModelVersion } from "../../index/types.ts";
import { takesDrawings, takesImages } from "../../inference/image/record.ts";
import type { Prediction } from "../../inference/worker/inferCalls.ts";
import { tryModel as catalogue } from "../../messages/try.ts";
import { useLanguage, useTexts } from "../../messages/useTexts.ts";
import { failureText } from "./failureText.ts";
import { Inputs } from "./Inputs.tsx";
import { Measure } from "./Measure.tsx";
import { Proof } from "./Proof.tsx";
import { Result } from "./Result.tsx";
import { useClassNames } from "./useClassNames.ts";
import { type OpenModelState, useOpenModel } from "./useOpenModel.ts";

export interface VersionProps {
  readonly model: Model;
  readonly version: ModelVersion;
}

export function TryVersion({ model, version }: VersionProps) {
  const t = useTexts(catalogue);
  const state = useOpenModel(model, version);
  if (state.status === "loading") {
    return (
      <Panel title={t.loading}>
        <Loading lines={5} />
      </Panel>
    );
  }
  if (state.status === "failed") {
    const { text, details } = failureText(t.errors, state.error);
    return (
      <Failure details={details} onRetry={state.retry}>
        {text}
      </Failure>
    );
  }
  return <OpenVersion model={model} version={version} state={state} />;
}

type Open = Extract<OpenModelState, { readonly status: "open" }>;

function OpenVersion({ model, version, state }: VersionProps & { readonly state: Open }) {
  const t = useTexts(catalogue);
  const { engine, opened } = state;
  const names = useClassNames(version, model, opened.classes);
  const { record, setRecord, prediction, error } = usePrediction(state, names);
  const shape = opened.inputShape;
  const isImageModel = takesImages(shape) && opened.classes > 0;
  return (
    <>
      {!isImageModel && <Notice>{t.errors.INFER_NOT_AN_IMAGE_MODEL}</Notice>}
      {error !== undefined && (
        <Failure details={failureText(t.errors, error).details}>{failureText(t.errors, error).text}</Failure>
      )}
      {isImageModel && (
        <div className="grid grid-cols-1 items-start gap-6 lg:grid-cols-[minmax(20rem,26rem)_1fr] lg:grid-rows-[auto_1fr]">
          <Inputs engine={engine} shape={shape} isDrawn={takesDrawings(shape)} names={names} onRecord={setRecord}>
            <div className="flex min-w-0 flex-col gap-6 lg:col-start-2 lg:row-span-2 lg:row-start-1">
              <Result prediction={prediction} names={names} record={record} shape={shape} />
              <Proof model={model} version={version} opened={opened} />
            </div>
          </Inputs>
        </div>
      )}
      <Measure model={model} version={version} engine={engine} names={names} />
      {!isImageModel && <Proof model={model} version={version} opened={opened} />}
    </>
  );
}

/** Asks the model whenever there is another record, and lets only the last answer through. */
function usePrediction({ engine }: Open, names: readonly string[]) {
  const t = useTexts(catalogue);
  const [language] = useLanguage();
  const announce = useAnnounce();
  const [record, setRecord] = useState<Float32Array>();
  const [prediction, setPrediction] = useState<Prediction>();
  const [error, setError] = useState<unknown>();
  const last = useRef<AbortController>(undefined);

  useEffect(() => {
    last.current?.abort();
    if (record === undefined) return setPrediction(undefined);
    const asking = new AbortController();
    last.current = asking;
    engine.predict(record, asking.signal).then(
      (answer) => {
        if (asking.signal.aborted) return;
        setPrediction(answer);
        setError(undefined);
        const best = bestOf(answer.probabilities);
        announce(t.result.says(names[best.index] ?? `${best.index}`, formatPercent(best.share, language)));
      },
      (problem: unknown) => !asking.signal.aborted && setError(problem),
    );
    return () => asking.abort();
  }, [engine, record, names, announce, t, language]);

  return { record, setRecord, prediction, error };
}

export function bestOf(probabilities: Float32Array): { readonly index: number; readonly share: number } {
  const share = probabilities.reduce((most, value) => Math.max(most, value), 0);
  return { index: Math.max(0, probabilities.indexOf(share)), share };
}
