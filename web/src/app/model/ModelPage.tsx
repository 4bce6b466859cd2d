"use client";
/** One model: its card, its versions, where it comes from, its files. The address names model, version and tab. */
import dynamic from "next/dynamic";
import { useSearchParams } from "next/navigation";
import { Address } from "../../components/Address.tsx";
import { useAccountAddress } from "../../components/account.ts";
import { ButtonLink } from "../../components/Button.tsx";
import { ModeBadge } from "../../components/chainBadges.tsx";
import { links } from "../../components/links.ts";
import { PageHeading } from "../../components/Panel.tsx";
import { Empty, Loading } from "../../components/States.tsx";
import { Tabs, useTab } from "../../components/Tabs.tsx";
import { MODEL_DOCUMENT } from "../../documents/kinds.ts";
import { useDocument } from "../../documents/useDocument.ts";
import { useChainState, useIndexStatus, useModel } from "../../index/hooks.ts";
import { tasksOfModel } from "../../index/select.ts";
import type { Model, ModelVersion } from "../../index/types.ts";
import { models as catalogue } from "../../messages/models.ts";
import { useTexts } from "../../messages/useTexts.ts";
import { AttestedBadge } from "./AttestedBadge.tsx";
import { idOf } from "./idOf.ts";
import { ModelName } from "./ModelName.tsx";

const loading = () => <Loading lines={6} />;
const CardTab = dynamic(async () => (await import("./CardTab.tsx")).CardTab, { ssr: false, loading });
const VersionsTab = dynamic(async () => (await import("./VersionsTab.tsx")).VersionsTab, { ssr: false, loading });
const LineageTab = dynamic(async () => (await import("./LineageTab.tsx")).LineageTab, { ssr: false, loading });
const FilesTab = dynamic(async () => (await import("./FilesTab.tsx")).FilesTab, { ssr: false, loading });

const TABS = ["card", "versions", "lineage", "files"] as const;

export function ModelPage() {
  const t = useTexts(catalogue);
  const query = useSearchParams();
  const id = idOf(query.get("id"));
  const model = useModel(id);
  const { phase } = useIndexStatus();
  if (model !== undefined) return <Found model={model} wanted={query.get("version")} />;
  if (phase === "starting" || phase === "catchingUp") return <Loading lines={8} wholePage />;
  return (
    <section className="rounded-lg border border-line bg-surface">
      <Empty
        wholePage
        icon="box"
        title={t.noSuch(query.get("id") ?? "")}
        action={<ButtonLink href={links.models()}>{t.title}</ButtonLink>}
      >
        {t.noSuchText}
      </Empty>
    </section>
  );
}

function Found({ model, wanted }: { readonly model: Model; readonly wanted: string | null }) {
  const t = useTexts(catalogue);
  const state = useChainState();
  const me = useAccountAddress();
  const tab = useTab(TABS);
  const document = useDocument(model.metadata, MODEL_DOCUMENT);
  const version = chosenVersion(model, wanted);
  const modes = [...new Set(tasksOfModel(state, model.id).map(({ terms }) => terms.mode))];
  return (
    <>
      <PageHeading
        over={t.modelNumber(`${model.id}`)}
        title={<ModelName name={model.name} />}
        lead={
          <span className="flex flex-wrap items-center gap-x-4 gap-y-2 text-sm">
            <span>{version !== undefined && t.versionNumber(version.version, version === model.versions.at(-1))}</span>
            <AttestedBadge version={version} />
            {modes.map((mode) => (
              <ModeBadge key={mode} mode={mode} />
            ))}
            <span className="inline-flex items-center gap-1.5">
              {t.by} <Address address={model.owner} mine={model.owner === me} />
            </span>
          </span>
        }
        actions={
          <ButtonLink kind="primary" icon="play" href={links.tryModel(model.id)}>
            {t.tryIt}
          </ButtonLink>
        }
      />
      <Tabs label={t.parts} tabs={TABS.map((name) => [name, t.tabs[name]] as const)} current={tab} />
      {tab === "card" && <CardTab model={model} document={document} />}
      {tab === "versions" && <VersionsTab model={model} document={document} />}
      {tab === "lineage" && <LineageTab model={model} />}
      {tab === "files" && version !== undefined && <FilesTab model={model} version={version} />}
    </>
  );
}

function chosenVersion({ versions }: Model, wanted: string | null): ModelVersion | undefined {
  const asked = wanted !== null && /^\d{1,9}$/.test(wanted) ? versions[Number(wanted)] : undefined;
  return asked ?? versions.at(-1);
}
