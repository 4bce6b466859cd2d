"use client";
/** The newest versions of any model, and what made them. */
import { ButtonLink } from "../../components/Button.tsx";
import { Link } from "../../components/Link.tsx";
import { links } from "../../components/links.ts";
import { Panel } from "../../components/Panel.tsx";
import { type Column, Table } from "../../components/Table.tsx";
import { madeBy, mergedEpoch } from "../../index/select.ts";
import type { ChainState, ModelVersion } from "../../index/types.ts";
import { chain } from "../../messages/chain.ts";
import { home } from "../../messages/home.ts";
import { useTexts } from "../../messages/useTexts.ts";

const SHOWN = 8;

export function LatestVersions({ state }: { readonly state: ChainState }) {
  const t = useTexts(home);
  const c = useTexts(chain);
  const versions = [...state.models.values()].flatMap((model) => model.versions);
  const newest = versions.sort((a, b) => Number(b.published.blockNumber - a.published.blockNumber)).slice(0, SHOWN);
  const columns: readonly Column<ModelVersion>[] = [
    {
      key: "model",
      header: t.model,
      isName: true,
      cell: ({ modelId, version }) => (
        <Link href={links.model(modelId, version)} className="hover:underline">
          {state.models.get(modelId)?.name || `${modelId}`}
        </Link>
      ),
    },
    { key: "version", header: t.version, align: "end", cell: ({ version }) => version },
    {
      key: "from",
      header: t.from,
      cell: (version) => {
        const made = madeBy(state, version);
        const epoch = mergedEpoch(version);
        if (epoch !== undefined) return t.mergedIn(epoch);
        if (made === undefined) return t.byHand;
        return (
          <Link href={links.round(made.task.id, made.round.number)} className="hover:underline">
            {c.round(`${made.round.number}`)}
          </Link>
        );
      },
    },
    {
      key: "accepted",
      header: t.accepted,
      align: "end",
      cell: (version) => madeBy(state, version)?.round.participants.filter(({ accepted }) => accepted).length ?? "–",
    },
  ];
  return (
    <Panel
      title={t.latest}
      flush
      aside={
        <ButtonLink href={links.models()} size="small" kind="quiet">
          {t.allModels}
        </ButtonLink>
      }
    >
      <Table
        caption={t.latestCaption}
        columns={columns}
        rows={newest}
        rowKey={({ modelId, version }) => `${modelId}-${version}`}
      />
    </Panel>
  );
}
