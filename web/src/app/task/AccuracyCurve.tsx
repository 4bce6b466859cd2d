"use client";
/**
 * How good the attested versions of a task are, round by round. The chain attests bytes and no figures, so this tab computes
 * them from those bytes: at once when that is little, on demand when it is much.
 */
import { useEffect, useMemo } from "react";
import { Button } from "../../components/Button.tsx";
import { Chart } from "../../components/Chart.tsx";
import { formatPercent } from "../../components/format.ts";
import { Link } from "../../components/Link.tsx";
import { links } from "../../components/links.ts";
import { Panel } from "../../components/Panel.tsx";
import { MODEL_DOCUMENT } from "../../documents/kinds.ts";
import { useDocument } from "../../documents/useDocument.ts";
import { useChainState, useModel } from "../../index/hooks.ts";
import type { Model, ModelVersion, Task } from "../../index/types.ts";
import { models as modelTexts } from "../../messages/models.ts";
import { tasks as catalogue } from "../../messages/tasks.ts";
import { useLanguage, useTexts } from "../../messages/useTexts.ts";
import { useMeasure } from "../model/useMeasure.ts";

/** Weights that are fetched without being asked for. Unit: bytes. */
const UNASKED_BYTES = 8 * 2 ** 20;

/** The data set whose test records a tab has. */
const BUILT_IN = "glyphs";

export function AccuracyCurve({ task }: { readonly task: Task }) {
  const model = useModel(task.terms.modelId);
  const dataset = useChainState().datasets.get(task.terms.datasetId);
  if (model === undefined || dataset?.name !== BUILT_IN) return null; // the model's card says why and what to do instead
  return <Curve task={task} model={model} recordsRoot={dataset.recordsRoot} />;
}

interface CurveProps {
  readonly task: Task;
  readonly model: Model;
  readonly recordsRoot: string;
}

interface Point {
  /** Of the round that made the version; one less than the first for the version it began with. */
  readonly round: number;
  readonly version: ModelVersion;
}

function Curve({ task, model, recordsRoot }: CurveProps) {
  const t = useTexts(catalogue);
  const m = useTexts(modelTexts);
  const [language] = useLanguage();
  const document = useDocument(model.metadata, MODEL_DOCUMENT);
  const { measured, measuring, failure, start } = useMeasure(
    document.status === "ready" ? document.value : undefined,
    recordsRoot,
  );
  const points = useMemo(() => pointsOf(task, model), [task, model]);
  const missing = points.filter(({ version }) => !Object.hasOwn(measured, version.weights.digest));
  const missingBytes = missing.reduce((sum, { version }) => sum + version.weights.byteLength, 0);
  const ready = document.status === "ready" && missing.length > 0 && measuring === undefined;
  const unasked = ready && failure === undefined && missingBytes <= UNASKED_BYTES;
  const measure = () => start(missing.map(({ version }) => version));
  // biome-ignore lint/correctness/useExhaustiveDependencies: once for each time that something is missing
  useEffect(() => {
    if (unasked) measure();
  }, [unasked]);

  const { x, series } = useMemo(() => {
    const known = points.filter(({ version }) => measured[version.weights.digest]?.accuracy !== undefined);
    const values = known.map(({ version }) => measured[version.weights.digest]!.accuracy!);
    const format = (share: number): string => formatPercent(share, language);
    return { x: known.map(({ round }) => round), series: [{ name: m.accuracy, values, format }] as const };
  }, [points, measured, language, m]);
  if (points.length < 2) return null;
  const [{ values, format }] = series;
  return (
    <Panel
      title={t.accuracy.title}
      note={t.accuracy.note}
      aside={
        <Link href={links.model(model.id)} className="underline">
          {t.accuracy.toModel}
        </Link>
      }
    >
      {values.length >= 2 ? (
        <Chart
          summary={t.accuracy.summary(format(values[0]!), format(values.at(-1)!), `${x.at(-1)}`)}
          xName={t.chart.round}
          x={x}
          series={series}
          height={190}
          fileName={`cairn-task-${task.id}-accuracy`}
        />
      ) : (
        <p className="flex min-h-24 items-center text-sm text-muted">
          {measuring === undefined ? m.notMeasured : m.measuring(measuring.version)}
        </p>
      )}
      {ready && !unasked && (
        <Button size="small" icon="play" onClick={measure}>
          {failure === undefined ? m.measure(missing.length) : t.accuracy.again}
        </Button>
      )}
    </Panel>
  );
}

function pointsOf(task: Task, model: Model): Point[] {
  const at = (version: number): ModelVersion | undefined => model.versions.find((one) => one.version === version);
  const first = task.rounds[0];
  const base = first && at(first.baseVersion);
  const made = task.rounds.flatMap(({ number, publishedVersion }) => {
    const version = publishedVersion > 0 ? at(publishedVersion) : undefined;
    return version === undefined ? [] : [{ round: number, version }];
  });
  return base === undefined ? made : [{ round: first!.number - 1, version: base }, ...made];
}
