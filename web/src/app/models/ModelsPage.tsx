"use client";
/** Every registered model, with what its newest version rests on. */
import { useState } from "react";
import { Address } from "../../components/Address.tsx";
import { useAccountAddress } from "../../components/account.ts";
import { Button, ButtonLink } from "../../components/Button.tsx";
import { ModeBadge } from "../../components/chainBadges.tsx";
import { TextField } from "../../components/Field.tsx";
import { Link } from "../../components/Link.tsx";
import { links } from "../../components/links.ts";
import { PageHeading, Panel } from "../../components/Panel.tsx";
import { Empty, Loading } from "../../components/States.tsx";
import { type Column, Table } from "../../components/Table.tsx";
import { TimeAgo } from "../../components/Time.tsx";
import { Bytes, Count } from "../../components/Value.tsx";
import { useBlockTime, useChainState, useIndexStatus } from "../../index/hooks.ts";
import { tasksOfModel } from "../../index/select.ts";
import type { ChainState, Model } from "../../index/types.ts";
import { models as catalogue } from "../../messages/models.ts";
import { useTexts } from "../../messages/useTexts.ts";
import { AttestedBadge } from "../model/AttestedBadge.tsx";
import { ModelName } from "../model/ModelName.tsx";

export function ModelsPage() {
  const t = useTexts(catalogue);
  const state = useChainState();
  const { phase } = useIndexStatus();
  const [wanted, setWanted] = useState("");
  const all = [...state.models.values()].reverse();
  const shown = all.filter(({ name }) => name.toLowerCase().includes(wanted.trim().toLowerCase()));
  return (
    <>
      <PageHeading
        title={t.title}
        lead={t.lead}
        actions={
          <ButtonLink href={links.createTask()} icon="plus">
            {t.openTask}
          </ButtonLink>
        }
      />
      {all.length > 3 && (
        <div className="max-w-sm">
          <TextField label={t.search} value={wanted} onChange={setWanted} type="search" />
        </div>
      )}
      <Panel title={t.registered} flush>
        {all.length === 0 && phase !== "following" ? (
          <Loading lines={4} />
        ) : all.length === 0 ? (
          <Empty icon="box" title={t.none} action={<ButtonLink href={links.createTask()}>{t.openTask}</ButtonLink>}>
            {t.noneText} <code className="rounded bg-sunken px-1">npx cairn task create</code>
          </Empty>
        ) : shown.length === 0 ? (
          <Empty
            icon="search"
            title={t.noMatch(wanted)}
            action={<Button onClick={() => setWanted("")}>{t.clear}</Button>}
          />
        ) : (
          <ModelTable models={shown} state={state} />
        )}
      </Panel>
    </>
  );
}

function ModelTable({ models, state }: { readonly models: readonly Model[]; readonly state: ChainState }) {
  const t = useTexts(catalogue);
  const me = useAccountAddress();
  const columns: readonly Column<Model>[] = [
    {
      key: "name",
      header: t.name,
      isName: true,
      sortBy: ({ name }) => name,
      cell: (model) => (
        <Link href={links.model(model.id)} className="font-medium hover:underline">
          <ModelName name={model.name} />
        </Link>
      ),
    },
    {
      key: "version",
      header: t.version,
      sortBy: ({ versions }) => versions.length,
      cell: ({ versions }) => <Count value={versions.length - 1} />,
      align: "end",
    },
    { key: "attested", header: t.attested, cell: (model) => <AttestedBadge version={model.versions.at(-1)} /> },
    { key: "mode", header: t.mode, cell: (model) => <Modes model={model} state={state} /> },
    {
      key: "size",
      header: t.size,
      align: "end",
      sortBy: ({ versions }) => versions.at(-1)?.weights.byteLength,
      cell: ({ versions }) => <Bytes bytes={versions.at(-1)?.weights.byteLength ?? 0} />,
    },
    {
      key: "updated",
      header: t.updated,
      sortBy: ({ versions }) => versions.at(-1)?.published.blockNumber,
      cell: (model) => <Updated model={model} />,
    },
    {
      key: "owner",
      header: t.owner,
      cell: ({ owner }) => <Address address={owner} mine={owner === me} copyable={false} />,
    },
  ];
  return (
    <Table
      caption={t.registered}
      columns={columns}
      rows={models}
      rowKey={({ id }) => `${id}`}
      isMine={({ owner }) => owner === me}
    />
  );
}

function Modes({ model, state }: { readonly model: Model; readonly state: ChainState }) {
  const t = useTexts(catalogue);
  const modes = [...new Set(tasksOfModel(state, model.id).map(({ terms }) => terms.mode))];
  if (modes.length === 0) return <span className="text-muted">{t.byHand}</span>;
  return (
    <span className="inline-flex flex-wrap gap-1">
      {modes.map((mode) => (
        <ModeBadge key={mode} mode={mode} />
      ))}
    </span>
  );
}

function Updated({ model }: { readonly model: Model }) {
  const at = useBlockTime(model.versions.at(-1)?.published.blockNumber);
  return at === undefined ? <>…</> : <TimeAgo at={at} />;
}
