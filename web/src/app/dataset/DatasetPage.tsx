"use client";
/** One data set: what its manifest says, what stands on chain, who may use it and who did. */
import type { DatasetManifest } from "@cairn/trainer/data/dataset";
import { useSearchParams } from "next/navigation";
import { Address, Hash } from "../../components/Address.tsx";
import { useAccountAddress } from "../../components/account.ts";
import { ButtonLink } from "../../components/Button.tsx";
import { Copy } from "../../components/Copy.tsx";
import { useChainSeconds } from "../../components/clock.ts";
import { formatDateTime } from "../../components/format.ts";
import { Link } from "../../components/Link.tsx";
import { links } from "../../components/links.ts";
import { PageHeading, Panel } from "../../components/Panel.tsx";
import { Properties } from "../../components/Stat.tsx";
import { Empty, Loading } from "../../components/States.tsx";
import { type Column, Table } from "../../components/Table.tsx";
import { Count } from "../../components/Value.tsx";
import { DocumentFailure } from "../../documents/DocumentFailure.tsx";
import { MANIFEST } from "../../documents/kinds.ts";
import { useDocument } from "../../documents/useDocument.ts";
import { useChainState, useDataset, useIndexStatus } from "../../index/hooks.ts";
import type { Dataset, Task } from "../../index/types.ts";
import { datasets as catalogue } from "../../messages/datasets.ts";
import { useLanguage, useTexts } from "../../messages/useTexts.ts";
import { AccessBadge } from "../datasets/DatasetsPage.tsx";
import { idOf } from "../model/idOf.ts";
import { ModelName } from "../model/ModelName.tsx";

export function DatasetPage() {
  const t = useTexts(catalogue);
  const asked = useSearchParams().get("id");
  const dataset = useDataset(idOf(asked));
  const { phase } = useIndexStatus();
  if (dataset !== undefined) return <Found dataset={dataset} />;
  if (phase === "starting" || phase === "catchingUp") return <Loading lines={8} wholePage />;
  return (
    <section className="rounded-lg border border-line bg-surface">
      <Empty
        wholePage
        icon="database"
        title={t.noSuch(asked ?? "")}
        action={<ButtonLink href={links.datasets()}>{t.title}</ButtonLink>}
      >
        {t.noSuchText}
      </Empty>
    </section>
  );
}

function Found({ dataset }: { readonly dataset: Dataset }) {
  const t = useTexts(catalogue);
  const me = useAccountAddress();
  const state = useChainState();
  const tasks = [...state.tasks.values()].filter(({ terms }) => terms.datasetId === dataset.id);
  return (
    <>
      <PageHeading
        over={t.number(`${dataset.id}`)}
        title={<ModelName name={dataset.name} />}
        lead={
          <span className="flex flex-wrap items-center gap-x-4 gap-y-2 text-sm">
            <AccessBadge isPublic={dataset.isPublic} />
            <span>
              <Count value={dataset.recordCount} /> {t.recordsLower}
            </span>
            <span className="inline-flex items-center gap-1.5">
              {t.by} <Address address={dataset.owner} mine={dataset.owner === me} />
            </span>
          </span>
        }
      />
      <div className="grid items-start gap-6 lg:grid-cols-2">
        <Manifest dataset={dataset} />
        <Panel title={t.onChain} note={t.onChainNote}>
          <Properties
            rows={[
              [t.recordsRoot, <Long key="root" text={dataset.recordsRoot} what={t.recordsRoot} />],
              [t.manifestDigest, <Long key="digest" text={dataset.manifest.digest} what={t.manifestDigest} />],
              [t.registeredIn, <Hash key="tx" hash={dataset.registered.transactionHash} kind="tx" />],
              [t.usedBy, <Count key="uses" value={dataset.usageCount} />],
            ]}
          />
        </Panel>
      </div>
      {!dataset.isPublic && <Grants dataset={dataset} />}
      <Panel title={t.tasks} flush>
        {tasks.length === 0 ? <Empty icon="stones" title={t.noTasks} /> : <TaskTable tasks={tasks} />}
      </Panel>
    </>
  );
}

function Manifest({ dataset }: { readonly dataset: Dataset }) {
  const t = useTexts(catalogue);
  const document = useDocument(dataset.manifest, MANIFEST);
  return (
    <Panel title={t.manifest} note={t.manifestNote}>
      {document.status === "loading" && <Loading lines={5} />}
      {document.status === "failed" && <DocumentFailure error={document.error} onRetry={document.retry} />}
      {document.status === "ready" && <ManifestFacts manifest={document.value} dataset={dataset} />}
    </Panel>
  );
}

function ManifestFacts({ manifest, dataset }: { readonly manifest: DatasetManifest; readonly dataset: Dataset }) {
  const t = useTexts(catalogue);
  const { splits } = manifest;
  return (
    <>
      {manifest.recordsRoot !== dataset.recordsRoot && <p className="mb-3 text-sm text-danger">{t.rootDiffers}</p>}
      <Properties
        rows={[
          [t.source, <Foreign key="source" text={manifest.source} />],
          [t.licence, <Foreign key="licence" text={manifest.licence} />],
          [t.shape, manifest.inputShape.join(" × ")],
          [
            t.splits,
            <span key="splits">
              <Count value={splits.train[1] - splits.train[0]} /> {t.toTrain},{" "}
              <Count value={splits.test[1] - splits.test[0]} /> {t.toTest}
            </span>,
          ],
          [t.classes, <Classes key="classes" manifest={manifest} />],
        ]}
      />
    </>
  );
}

/** Unit: class names. A vocabulary can have thousands. */
const SHOWN_CLASSES = 60;

function Classes({ manifest: { classes, classNames } }: { readonly manifest: DatasetManifest }) {
  const t = useTexts(catalogue);
  if (classes === 0) return <>{t.values}</>;
  if (classNames.length === 0) return <Count value={classes} />;
  return (
    <span className="flex flex-wrap gap-1">
      {classNames.slice(0, SHOWN_CLASSES).map((name, i) => (
        <span
          // biome-ignore lint/suspicious/noArrayIndexKey: names may repeat; the index is the class
          key={i}
          className="rounded bg-sunken px-1.5 text-xs leading-5"
        >
          <ModelName name={name} />
        </span>
      ))}
      {classNames.length > SHOWN_CLASSES && (
        <span className="text-muted">{t.more(classNames.length - SHOWN_CLASSES)}</span>
      )}
    </span>
  );
}

function Grants({ dataset }: { readonly dataset: Dataset }) {
  const t = useTexts(catalogue);
  const [language] = useLanguage();
  const now = useChainSeconds();
  const grants = [...dataset.grants].filter(([, until]) => until > now);
  return (
    <Panel title={t.grants} note={t.grantsNote}>
      {grants.length === 0 ? (
        <p className="text-sm text-muted">{t.noGrants}</p>
      ) : (
        <ul className="flex flex-col gap-1.5 text-sm">
          {grants.map(([grantee, until]) => (
            <li key={grantee} className="flex flex-wrap items-center justify-between gap-2">
              <Address address={grantee} />
              <span className="text-muted">
                {t.until} {formatDateTime(until, language)}
              </span>
            </li>
          ))}
        </ul>
      )}
    </Panel>
  );
}

function TaskTable({ tasks }: { readonly tasks: readonly Task[] }) {
  const t = useTexts(catalogue);
  const { models } = useChainState();
  const columns: readonly Column<Task>[] = [
    {
      key: "task",
      header: t.task,
      isName: true,
      cell: ({ id }) => (
        <Link href={links.task(id)} className="hover:underline">
          {t.taskNumber(`${id}`)}
        </Link>
      ),
    },
    {
      key: "model",
      header: t.model,
      cell: ({ terms }) => (
        <Link href={links.model(terms.modelId)} className="hover:underline">
          <ModelName name={models.get(terms.modelId)?.name ?? `${terms.modelId}`} />
        </Link>
      ),
    },
    { key: "rounds", header: t.rounds, align: "end", cell: ({ rounds }) => <Count value={rounds.length} /> },
  ];
  return <Table caption={t.tasks} columns={columns} rows={tasks} rowKey={({ id }) => `${id}`} />;
}

/** A stranger's text, of bearable length. */
function Foreign({ text }: { readonly text: string }) {
  const cut = text.length <= 500 ? text : `${text.slice(0, 500)}…`;
  return <span className="[overflow-wrap:anywhere]">{cut}</span>;
}

function Long({ text, what }: { readonly text: string; readonly what: string }) {
  return (
    <span className="flex items-start gap-1">
      <span className="min-w-0 font-mono text-[0.92em] break-all">{text}</span>
      <Copy text={text} what={what} />
    </span>
  );
}
