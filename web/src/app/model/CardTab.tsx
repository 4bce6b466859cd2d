"use client";
/** What the model is, in its owner's words and in its layers, and what it was trained on. */
import type { Layer } from "@cairn/trainer/engine/architecture";
import { Link } from "../../components/Link.tsx";
import { links } from "../../components/links.ts";
import { Panel } from "../../components/Panel.tsx";
import { Properties } from "../../components/Stat.tsx";
import { Loading } from "../../components/States.tsx";
import { type Column, Table } from "../../components/Table.tsx";
import { Count } from "../../components/Value.tsx";
import { DocumentFailure } from "../../documents/DocumentFailure.tsx";
import type { ModelDocument } from "../../documents/kinds.ts";
import type { DocumentState } from "../../documents/useDocument.ts";
import { useChainState } from "../../index/hooks.ts";
import { tasksOfModel } from "../../index/select.ts";
import type { Model } from "../../index/types.ts";
import { models as catalogue } from "../../messages/models.ts";
import { useTexts } from "../../messages/useTexts.ts";
import { describeLayers, type LayerRow } from "./layers.ts";
import { ModelName } from "./ModelName.tsx";

export interface CardTabProps {
  readonly model: Model;
  readonly document: DocumentState<ModelDocument>;
}

export function CardTab({ model, document }: CardTabProps) {
  const t = useTexts(catalogue);
  const state = useChainState();
  const tasks = tasksOfModel(state, model.id);
  const datasets = [...new Set(tasks.map(({ terms }) => terms.datasetId))];
  const described = document.status === "ready" ? document.value : undefined;
  return (
    <div className="grid items-start gap-6 lg:grid-cols-[2fr_1fr]">
      <div className="flex min-w-0 flex-col gap-6">
        {described?.description !== undefined && (
          <Panel title={t.description} note={t.ownersWords}>
            <p className="whitespace-pre-wrap [overflow-wrap:anywhere]">{described.description}</p>
          </Panel>
        )}
        <Panel title={t.architecture} flush>
          {document.status === "loading" && <Loading lines={4} />}
          {document.status === "failed" && (
            <div className="px-4 pb-3 sm:px-5">
              <DocumentFailure error={document.error} onRetry={document.retry} />
            </div>
          )}
          {described !== undefined && <Layers document={described} />}
        </Panel>
      </div>
      <Panel title={t.facts}>
        <Properties
          rows={[
            [t.licence, described?.licence ?? t.noLicence],
            [t.trainedOn, <Datasets key="data" ids={datasets} />],
            [t.tasks, <Tasks key="tasks" ids={tasks.map(({ id }) => id)} />],
            [t.versions, <Count key="count" value={model.versions.length} />],
            [t.basedOn, <Parent key="parent" model={model} />],
          ]}
        />
      </Panel>
    </div>
  );
}

function Datasets({ ids }: { readonly ids: readonly bigint[] }) {
  const t = useTexts(catalogue);
  const { datasets } = useChainState();
  if (ids.length === 0) return <span className="text-muted">{t.noData}</span>;
  return (
    <ul>
      {ids.map((id) => (
        <li key={`${id}`}>
          <Link href={links.dataset(id)} className="underline">
            <ModelName name={datasets.get(id)?.name ?? `${id}`} />
          </Link>
        </li>
      ))}
    </ul>
  );
}

function Tasks({ ids }: { readonly ids: readonly bigint[] }) {
  const t = useTexts(catalogue);
  if (ids.length === 0) return <span className="text-muted">{t.noTasks}</span>;
  return (
    <span className="flex flex-wrap gap-2">
      {ids.map((id) => (
        <Link key={`${id}`} href={links.task(id)} className="underline">
          {t.taskNumber(`${id}`)}
        </Link>
      ))}
    </span>
  );
}

function Parent({ model }: { readonly model: Model }) {
  const t = useTexts(catalogue);
  const parent = useChainState().models.get(model.parentModelId);
  if (model.parentModelId === 0n) return <span className="text-muted">{t.noParent}</span>;
  return (
    <Link href={links.model(model.parentModelId, model.parentVersion)} className="underline">
      <ModelName name={parent?.name ?? t.modelNumber(`${model.parentModelId}`)} />
    </Link>
  );
}

function Layers({ document: { architecture } }: { readonly document: ModelDocument }) {
  const t = useTexts(catalogue);
  const rows = describeLayers(architecture);
  const total = rows.reduce((sum, { parameters }) => sum + parameters, 0);
  const columns: readonly Column<LayerRow>[] = [
    { key: "layer", header: t.layer, isName: true, cell: ({ name, depth }) => <Name name={name} depth={depth} /> },
    { key: "settings", header: t.settings, cell: ({ settings }) => <span className="text-muted">{settings}</span> },
    { key: "parameters", header: t.parameters, align: "end", cell: (row) => <Count value={row.parameters} /> },
  ];
  return (
    <>
      <p className="px-4 pb-2 text-sm text-muted sm:px-5">
        {t.input} {architecture.input.join(" × ")} · {t.loss} {t.losses[architecture.loss]} ·{" "}
        <strong className="font-medium text-ink">
          <Count value={total} /> {t.parametersInAll}
        </strong>
      </p>
      <Table caption={t.architecture} columns={columns} rows={rows} rowKey={({ path }) => path} />
    </>
  );
}

function Name({ name, depth }: { readonly name: Layer["type"]; readonly depth: number }) {
  return (
    <span className="font-mono text-[0.92em]" style={{ paddingInlineStart: `${depth}rem` }}>
      {name}
    </span>
  );
}
