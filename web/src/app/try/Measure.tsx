"use client";
/** A version measured on the built-in test records, in the worker that answers; it can be stopped. */
import { useEffect, useRef, useState } from "react";
import { useAnnounce } from "../../components/Announcer.tsx";
import { Button } from "../../components/Button.tsx";
import { formatNumber, formatPercent } from "../../components/format.ts";
import { Panel } from "../../components/Panel.tsx";
import { Stat, StatRow } from "../../components/Stat.tsx";
import { Failure, Notice } from "../../components/States.tsx";
import { ConfusionTable } from "../../inference/ConfusionTable.tsx";
import type { ModelEngine } from "../../inference/modelEngine.ts";
import type { EvaluationProgress, VersionEvaluation } from "../../inference/worker/inferCalls.ts";
import type { Language } from "../../messages/catalogue.ts";
import { tryModel as catalogue } from "../../messages/try.ts";
import { useLanguage, useTexts } from "../../messages/useTexts.ts";
import { failureText } from "./failureText.ts";
import type { VersionProps } from "./TryVersion.tsx";
import { useDatasetOf } from "./useClassNames.ts";

export interface MeasureProps extends VersionProps {
  readonly engine: ModelEngine;
  readonly names: readonly string[];
}

function secondsText(seconds: number, language: Language): string {
  return formatNumber(seconds, language, { style: "unit", unit: "second", maximumFractionDigits: 1 });
}

/** Name of the built-in set; the worker compares the root, so another set of that name is refused. */
const BUILT_IN = "glyphs";

export function Measure({ model, version, engine, names }: MeasureProps) {
  const t = useTexts(catalogue);
  const [language] = useLanguage();
  const announce = useAnnounce();
  const dataset = useDatasetOf(version, model);
  const [progress, setProgress] = useState<EvaluationProgress>();
  const [result, setResult] = useState<VersionEvaluation>();
  const [error, setError] = useState<unknown>();
  const running = useRef<AbortController>(undefined);
  useEffect(() => () => running.current?.abort(), []);

  const start = (recordsRoot: string): void => {
    const asking = new AbortController();
    running.current = asking;
    setError(undefined);
    setProgress({ done: 0, count: 0 });
    engine
      .evaluate(recordsRoot, setProgress, asking.signal)
      .then(
        (found) => {
          setResult(found);
          const accuracy = formatPercent(found.accuracy ?? 0, language, 2);
          announce(t.measure.result(accuracy, formatNumber(found.count, language)));
        },
        (problem: unknown) => !asking.signal.aborted && setError(problem),
      )
      .finally(() => setProgress(undefined));
  };

  if (dataset === undefined || dataset.name !== BUILT_IN) {
    return (
      <Panel title={t.measure.title}>
        <Notice>{t.measure.notHere}</Notice>
      </Panel>
    );
  }
  return (
    <Panel title={t.measure.title} note={t.measure.lead}>
      <div className="flex flex-wrap items-center gap-3">
        <Button busy={progress !== undefined} onClick={() => start(dataset.recordsRoot)}>
          {progress === undefined ? t.measure.start : t.measure.running(progress.done, progress.count)}
        </Button>
        {progress !== undefined && (
          <Button kind="quiet" onClick={() => running.current?.abort()}>
            {t.measure.stop}
          </Button>
        )}
      </div>
      {error !== undefined && (
        <div className="mt-3">
          <Failure details={failureText(t.errors, error).details}>{failureText(t.errors, error).text}</Failure>
        </div>
      )}
      {result !== undefined && (
        <div className="mt-4 flex flex-col gap-4">
          <StatRow>
            <Stat label={t.measure.accuracy}>{formatPercent(result.accuracy ?? 0, language, 2)}</Stat>
            <Stat label={t.measure.loss}>{formatNumber(result.loss, language, { maximumFractionDigits: 4 })}</Stat>
            <Stat label={t.measure.records}>{formatNumber(result.count, language)}</Stat>
            <Stat label={t.measure.seconds}>{secondsText(result.seconds, language)}</Stat>
          </StatRow>
          {result.confusion !== undefined && <ConfusionTable confusion={result.confusion} names={names} />}
        </div>
      )}
    </Panel>
  );
}
