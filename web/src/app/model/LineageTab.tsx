"use client";
/** Which version was made from which, drawn and as a table; and which models descend from this one. */
import { Hash } from "../../components/Address.tsx";
import { Link } from "../../components/Link.tsx";
import { links } from "../../components/links.ts";
import { Panel } from "../../components/Panel.tsx";
import { type Column, Table } from "../../components/Table.tsx";
import { useChainState } from "../../index/hooks.ts";
import { childrenOf } from "../../index/select.ts";
import type { Model, ModelVersion } from "../../index/types.ts";
import { models as catalogue } from "../../messages/models.ts";
import { useTexts } from "../../messages/useTexts.ts";
import { type Placed, placeVersions } from "./lineage.ts";
import { ModelName } from "./ModelName.tsx";

/** More are in the table. Unit: versions. */
const DRAWN = 40;

/** Unit: SVG units, which are CSS pixels here. */
const STEP = { column: 76, lane: 56, radius: 17, margin: 30 } as const;

export function LineageTab({ model }: { readonly model: Model }) {
  const t = useTexts(catalogue);
  const drawn = model.versions.slice(-DRAWN);
  return (
    <>
      <Panel title={t.lineage} note={t.lineageNote}>
        <Drawing model={model} placed={placeVersions(drawn)} />
        {drawn.length < model.versions.length && <p className="mt-2 text-sm text-muted">{t.olderInTable}</p>}
      </Panel>
      <Descendants model={model} />
      <Panel title={t.lineageTable} flush>
        <LineageTable versions={model.versions} />
      </Panel>
    </>
  );
}

function Drawing({ model, placed }: { readonly model: Model; readonly placed: readonly Placed[] }) {
  const t = useTexts(catalogue);
  const lanes = Math.max(0, ...placed.map(({ lane }) => lane)) + 1;
  const hasParent = model.parentModelId !== 0n && placed[0]?.version.version === 0;
  const shift = hasParent ? 1 : 0;
  const width = (placed.length - 1 + shift) * STEP.column + 2 * STEP.margin;
  const height = (lanes - 1) * STEP.lane + 2 * STEP.margin;
  const x = (column: number) => STEP.margin + (column + shift) * STEP.column;
  const y = (lane: number) => STEP.margin + lane * STEP.lane;
  const at = new Map(placed.map((it) => [it.version.version, it]));
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard (WCAG 2.1.1)
    <section aria-label={t.lineageSummary(placed.length, lanes)} tabIndex={0} className="max-w-full overflow-x-auto">
      {/* biome-ignore lint/a11y/noSvgWithoutTitle: the section around it has the label, and its links their own */}
      <svg width={width} height={height} viewBox={`0 0 ${width} ${height}`}>
        {hasParent && (
          <>
            <line x1={x(-1)} y1={y(0)} x2={x(0)} y2={y(0)} className="stroke-strong" strokeDasharray="4 4" />
            <Dot
              x={x(-1)}
              y={y(0)}
              text="⋯"
              label={t.basedOn}
              href={links.model(model.parentModelId, model.parentVersion)}
            />
          </>
        )}
        {placed.map(({ version, column, lane }) => {
          const parent = version.version === 0 ? undefined : at.get(version.parentVersion);
          return (
            parent && (
              <path
                key={version.version}
                d={curve(x(parent.column), y(parent.lane), x(column), y(lane))}
                fill="none"
                className="stroke-strong"
                strokeWidth="1.5"
              />
            )
          );
        })}
        {placed.map(({ version, column, lane }) => (
          <Dot
            key={version.version}
            x={x(column)}
            y={y(lane)}
            text={`${version.version}`}
            label={t.versionNumber(version.version, version === model.versions.at(-1))}
            href={`${links.model(model.id, version.version)}&tab=files`}
            isByHand={version.taskId === 0n && version.round === 0}
          />
        ))}
      </svg>
    </section>
  );
}

function curve(fromX: number, fromY: number, toX: number, toY: number): string {
  const middle = (fromX + toX) / 2;
  return `M${fromX} ${fromY} C${middle} ${fromY} ${middle} ${toY} ${toX} ${toY}`;
}

interface DotProps {
  readonly x: number;
  readonly y: number;
  readonly text: string;
  readonly label: string;
  readonly href: string;
  readonly isByHand?: boolean;
}

/** Round when a round or a merge made it, square when its owner did. */
function Dot({ x, y, text, label, href, isByHand = false }: DotProps) {
  const { radius } = STEP;
  return (
    <Link href={href} aria-label={label}>
      <rect
        x={x - radius}
        y={y - radius}
        width={2 * radius}
        height={2 * radius}
        rx={isByHand ? 5 : radius}
        className="fill-surface stroke-accent hover:fill-accent-soft"
        strokeWidth="2"
      />
      <text x={x} y={y} dy="0.35em" textAnchor="middle" className="fill-ink text-[13px] tabular-nums">
        {text}
      </text>
    </Link>
  );
}

function Descendants({ model }: { readonly model: Model }) {
  const t = useTexts(catalogue);
  const children = childrenOf(useChainState(), model.id);
  if (children.length === 0) return null;
  return (
    <Panel title={t.descendants}>
      <ul className="flex flex-col gap-1">
        {children.map(({ id, name, parentVersion }) => (
          <li key={`${id}`}>
            <Link href={links.model(id)} className="underline">
              <ModelName name={name} />
            </Link>{" "}
            <span className="text-sm text-muted">{t.fromVersion(parentVersion)}</span>
          </li>
        ))}
      </ul>
    </Panel>
  );
}

function LineageTable({ versions }: { readonly versions: readonly ModelVersion[] }) {
  const t = useTexts(catalogue);
  const columns: readonly Column<ModelVersion>[] = [
    { key: "version", header: t.version, isName: true, cell: ({ version }) => version },
    { key: "parent", header: t.madeFrom, cell: ({ version, parentVersion }) => (version === 0 ? "–" : parentVersion) },
    {
      key: "by",
      header: t.madeIn,
      cell: ({ taskId, round }) =>
        taskId === 0n ? (
          <span className="text-muted">{round > 0 ? t.mergedIn(round) : t.byHand}</span>
        ) : (
          <Link href={links.round(taskId, round)} className="hover:underline">
            {t.roundOf(round, `${taskId}`)}
          </Link>
        ),
    },
    {
      key: "provenance",
      header: t.provenance,
      cell: ({ provenanceDigest, round }) => (round > 0 ? <Hash hash={provenanceDigest} /> : "–"),
    },
  ];
  return (
    <Table
      caption={t.lineageTable}
      columns={columns}
      rows={[...versions].reverse()}
      rowKey={({ version }) => `${version}`}
      pageRows={25}
    />
  );
}
