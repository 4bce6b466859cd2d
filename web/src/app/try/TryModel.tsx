"use client";
/** The page: which version, what is put before it, what it says. */
import { useRouter, useSearchParams } from "next/navigation";
import { ButtonLink } from "../../components/Button.tsx";
import { SelectField } from "../../components/Field.tsx";
import { links } from "../../components/links.ts";
import { PageHeading } from "../../components/Panel.tsx";
import { Empty, Failure, Loading } from "../../components/States.tsx";
import { useChainState, useIndexStatus } from "../../index/hooks.ts";
import type { Model, ModelVersion } from "../../index/types.ts";
import { tryModel as catalogue } from "../../messages/try.ts";
import { useTexts } from "../../messages/useTexts.ts";
import { TryVersion } from "./TryVersion.tsx";

export function TryModel() {
  const t = useTexts(catalogue);
  const parameters = useSearchParams();
  const { models } = useChainState();
  const { phase } = useIndexStatus();
  const heading = <PageHeading title={t.title} lead={t.lead} />;
  const asked = idOf(parameters.get("model") ?? parameters.get("id"));
  const model = asked === undefined ? newest(models) : models.get(asked);

  if (model === undefined) {
    const isReading = phase === "starting" || phase === "catchingUp";
    return (
      <>
        {heading}
        {isReading ? (
          <Loading lines={6} />
        ) : asked === undefined ? (
          <Empty title={t.noModels} action={<ButtonLink href={links.createTask()}>{t.openTask}</ButtonLink>}>
            {t.noModelsWhy}
          </Empty>
        ) : (
          <Failure title={t.noModels}>{t.unknownModel(`${asked}`)}</Failure>
        )}
      </>
    );
  }
  const version = versionOf(model, parameters.get("version"));
  return (
    <>
      {heading}
      <Chooser models={[...models.values()]} model={model} version={version} />
      <TryVersion key={`${model.id}/${version.version}`} model={model} version={version} />
    </>
  );
}

interface ChooserProps {
  readonly models: readonly Model[];
  readonly model: Model;
  readonly version: ModelVersion;
}

function Chooser({ models, model, version }: ChooserProps) {
  const t = useTexts(catalogue);
  const router = useRouter();
  const last = model.versions.length - 1;
  return (
    <div className="grid max-w-2xl grid-cols-1 gap-4 sm:grid-cols-2">
      <SelectField
        label={t.choose}
        value={`${model.id}`}
        choices={models.map(({ id, name }) => [`${id}`, `${name.slice(0, 60)} (${id})`])}
        onChange={(id) => router.replace(links.tryModel(id))}
      />
      <SelectField
        label={t.version}
        value={`${version.version}`}
        choices={model.versions
          .map((it) => [`${it.version}`, t.versionName(it.version, it.version === last)] as const)
          .reverse()}
        onChange={(number) => router.replace(`${links.tryModel(model.id)}&version=${number}`)}
      />
    </div>
  );
}

function idOf(text: string | null): bigint | undefined {
  return text !== null && /^\d{1,20}$/.test(text) ? BigInt(text) : undefined;
}

/** The one that was trained last, else the one that was registered last. */
function newest(models: ReadonlyMap<bigint, Model>): Model | undefined {
  const all = [...models.values()];
  const publishedAt = ({ versions }: Model): bigint => versions.at(-1)?.published.blockNumber ?? 0n;
  return all.sort((a, b) => (publishedAt(a) < publishedAt(b) ? 1 : -1))[0];
}

function versionOf({ versions }: Model, asked: string | null): ModelVersion {
  const number = asked !== null && /^\d{1,9}$/.test(asked) ? Number(asked) : versions.length - 1;
  return versions[number] ?? versions.at(-1)!;
}
