"use client";
/** Every version with what made it, and how good it is where this browser has measured it. */
import { useSearchParams } from "next/navigation";
import { Hash } from "../../components/Address.tsx";
import { Button } from "../../components/Button.tsx";
import { Chart } from "../../components/Chart.tsx";
import { formatPercent } from "../../components/format.ts";
import { Link } from "../../components/Link.tsx";
import { links } from "../../components/links.ts";
import { Panel } from "../../components/Panel.tsx";
import { Failure } from "../../components/States.tsx";
import { type Column, Table } from "../../components/Table.tsx";
import { Percent } from "../../components/Value.tsx";
import { useChainState } from "../../index/hooks.ts";
import { madeBy, mergedEpoch, tasksOfModel } from "../../index/select.ts";
import type { ModelVersion } from "../../index/types.ts";
import { models as catalogue } from "../../messages/models.ts";
import { useLanguage, useTexts } from "../../messages/useTexts.ts";
import { AttestedBadge } from "./AttestedBadge.tsx";
import type { CardTabProps } from "./CardTab.tsx";
import { ConfusionMatrix } from "./ConfusionMatrix.tsx";
import { type Measure, useMeasure } from "./useMeasure.ts";

export function VersionsTab({ model, document }: CardTabProps) {
  const t = useTexts(catalogue);
  const state = useChainState();
  const asked = useSearchParams().get("version");
  const described = document.status === "ready" ? document.value : undefined;
  const dataset = state.datasets.get(tasksOfModel(state, model.id)[0]?.terms.datasetId ?? 0n);
  const measure = useMeasure(described, dataset?.recordsRoot);
  const newest = model.versions.at(-1);
  const shown = model.versions[Number(asked ?? Number.NaN)] ?? newest;
  const found = shown === undefined ? undefined : measure.measured[shown.weights.digest];
  return (
    <>
      <Panel title={t.accuracy} note={t.accuracyNote}>
        <MeasureBar
          versions={model.versions}
          measure={measure}
          ready={described !== undefined && dataset !== undefined}
        />
        <Curve versions={model.versions} measure={measure} name={`cairn-model-${model.id}`} />
      </Panel>
      {found?.confusion !== undefined && shown !== undefined && (
        <Panel title={t.confusion(shown.version)} note={t.confusionNote(found.count)}>
          <ConfusionMatrix confusion={found.confusion} />
        </Panel>
      )}
      <Panel title={t.versions} flush>
        <VersionTable versions={model.versions} measure={measure} />
      </Panel>
    </>
  );
}

interface MeasureBarProps {
  readonly versions: readonly ModelVersion[];
  readonly measure: Measure;
  readonly ready: boolean;
}

function MeasureBar({ versions, measure, ready }: MeasureBarProps) {
  const t = useTexts(catalogue);
  const { measuring, failure, measured, start, stop } = measure;
  const missing = versions.filter(({ weights }) => !Object.hasOwn(measured, weights.digest)).reverse();
  return (
    <div className="mb-4 flex flex-col gap-3">
      <div className="flex flex-wrap items-center gap-3">
        {measuring !== undefined ? (
          <Button size="small" icon="pause" onClick={stop}>
            {t.stopMeasuring}
          </Button>
        ) : (
          missing.length > 0 && (
            <Button size="small" icon="play" inactive={!ready} onClick={() => start(missing)}>
              {t.measure(missing.length)}
            </Button>
          )
        )}
        {measuring !== undefined && (
          <span className="flex items-center gap-2 text-sm text-muted">
            <span>{t.measuring(measuring.version)}</span>
            <progress
              aria-label={t.measuring(measuring.version)}
              value={measuring.share}
              className="w-28 accent-accent"
            />
          </span>
        )}
      </div>
      {failure !== undefined && (
        <Failure code={failure.code} details={failure.message}>
          {failure.code === "INFER_NO_TEST_DATA" ? t.noTestData : t.measureFailed}
        </Failure>
      )}
    </div>
  );
}

interface CurveProps {
  readonly versions: readonly ModelVersion[];
  readonly measure: Measure;
  readonly name: string;
}

function Curve({ versions, measure: { measured }, name }: CurveProps) {
  const t = useTexts(catalogue);
  const [language] = useLanguage();
  const points = versions.map(({ version, weights }) => ({ version, accuracy: measured[weights.digest]?.accuracy }));
  const known = points.filter(({ accuracy }) => accuracy !== undefined);
  if (known.length < 2) return known.length === 0 ? <p className="text-sm text-muted">{t.notMeasured}</p> : null;
  const best = known.reduce((a, b) => ((b.accuracy ?? 0) > (a.accuracy ?? 0) ? b : a));
  const percent = (share: number) => formatPercent(share, language);
  return (
    <Chart
      summary={t.curveSummary(
        percent(known[0]!.accuracy!),
        percent(known.at(-1)!.accuracy!),
        percent(best.accuracy!),
        best.version,
      )}
      xName={t.version}
      x={points.map(({ version }) => version)}
      series={[{ name: t.accuracy, values: points.map(({ accuracy }) => accuracy), format: percent }]}
      fileName={name}
    />
  );
}

function VersionTable({
  versions,
  measure,
}: {
  readonly versions: readonly ModelVersion[];
  readonly measure: Measure;
}) {
  const t = useTexts(catalogue);
  const columns: readonly Column<ModelVersion>[] = [
    {
      key: "version",
      header: t.version,
      isName: true,
      sortBy: ({ version }) => version,
      cell: ({ modelId, version }) => (
        <Link
          href={`${links.model(modelId, version)}&tab=versions`}
          scroll={false}
          className="font-medium hover:underline"
        >
          <span className="sm:sr-only">{t.version}</span> {version}
        </Link>
      ),
    },
    {
      key: "accuracy",
      header: t.measuredHere,
      align: "end",
      sortBy: ({ weights }) => measure.measured[weights.digest]?.accuracy,
      cell: ({ weights }) => <Accuracy share={measure.measured[weights.digest]?.accuracy} />,
    },
    { key: "attested", header: t.attested, cell: (version) => <AttestedBadge version={version} /> },
    { key: "round", header: t.madeIn, cell: (version) => <MadeIn version={version} /> },
    { key: "updates", header: t.updates, align: "end", cell: (version) => <Updates version={version} /> },
    { key: "weights", header: t.weights, cell: ({ weights }) => <Hash hash={weights.digest} /> },
    { key: "tx", header: t.transaction, cell: ({ published }) => <Hash hash={published.transactionHash} kind="tx" /> },
  ];
  return (
    <Table
      caption={t.versions}
      columns={columns}
      rows={[...versions].reverse()}
      rowKey={({ version }) => `${version}`}
      pageRows={25}
    />
  );
}

function Accuracy({ share }: { readonly share: number | undefined }) {
  return share === undefined ? <span className="text-muted">–</span> : <Percent share={share} />;
}

function MadeIn({ version }: { readonly version: ModelVersion }) {
  const t = useTexts(catalogue);
  const epoch = mergedEpoch(version);
  if (epoch !== undefined) return <span className="text-muted">{t.mergedIn(epoch)}</span>;
  if (version.taskId === 0n) return <span className="text-muted">{t.byHand}</span>;
  return (
    <Link href={links.round(version.taskId, version.round)} className="hover:underline">
      {t.roundOf(version.round, `${version.taskId}`)}
    </Link>
  );
}

function Updates({ version }: { readonly version: ModelVersion }) {
  const made = madeBy(useChainState(), version);
  if (made === undefined) return <span className="text-muted">–</span>;
  const { participants } = made.round;
  return (
    <>
      {participants.filter(({ accepted }) => accepted).length} / {participants.length}
    </>
  );
}
