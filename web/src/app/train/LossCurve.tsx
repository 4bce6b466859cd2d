"use client";
/** The loss of this round's training, with how far it is in a bar and in words. */
import { useCallback, useMemo } from "react";
import { Chart } from "../../components/Chart.tsx";
import { formatNumber } from "../../components/format.ts";
import { train as catalogue } from "../../messages/train.ts";
import { useLanguage, useTexts } from "../../messages/useTexts.ts";
import type { TrainingState } from "../../training/loop/trainingState.ts";

export function LossCurve({ state }: { readonly state: TrainingState }) {
  const t = useTexts(catalogue);
  const [language] = useLanguage();
  const { curve, localSteps, step } = state;
  const done = step === "training" ? (curve.at(-1)?.step ?? 0) : localSteps;
  const figure = useCallback(
    (value: number): string => formatNumber(value, language, { maximumFractionDigits: 4 }),
    [language],
  );
  const x = useMemo(() => curve.map((point) => point.step), [curve]);
  const series = useMemo(
    () => [{ name: t.live.loss, values: curve.map(({ loss }) => loss), format: figure }],
    [curve, t, figure],
  );
  const [first, last] = [curve[0], curve.at(-1)];
  return (
    <div className="flex flex-col gap-3">
      <div>
        <div className="mb-1 text-sm text-muted tabular-nums">
          {t.live.progress(formatNumber(done, language), formatNumber(localSteps, language))}
        </div>
        <div
          role="progressbar"
          aria-label={t.live.steps.training}
          aria-valuenow={done}
          aria-valuemin={0}
          aria-valuemax={localSteps}
          className="h-2 overflow-hidden rounded-full bg-sunken"
        >
          <div
            className="h-full rounded-full bg-accent"
            style={{ width: `${(100 * done) / Math.max(1, localSteps)}%` }}
          />
        </div>
      </div>
      {first !== undefined && last !== undefined && curve.length > 2 && (
        <Chart
          summary={t.live.curve(figure(first.loss), figure(last.loss))}
          xName={t.live.curveStep}
          x={x}
          series={series}
          height={160}
          fileName="cairn-loss"
        />
      )}
    </div>
  );
}
