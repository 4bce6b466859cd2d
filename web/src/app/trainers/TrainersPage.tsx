"use client";
/** All nodes, ranked by what they earned; the visitor's own is marked. */
import { useMemo } from "react";
import { Address } from "../../components/Address.tsx";
import { useAccountAddress } from "../../components/account.ts";
import { PageHeading, Panel } from "../../components/Panel.tsx";
import { Empty, Loading } from "../../components/States.tsx";
import { type Column, Table } from "../../components/Table.tsx";
import { Tabs, useTab } from "../../components/Tabs.tsx";
import { Amount, Percent } from "../../components/Value.tsx";
import { useChainState, useIndexStatus } from "../../index/hooks.ts";
import { type Standing, standings } from "../../index/select.ts";
import { common } from "../../messages/common.ts";
import { trainers as catalogue } from "../../messages/trainers.ts";
import { useTexts } from "../../messages/useTexts.ts";

const FILTERS = ["all", "trains", "audits", "slashed"] as const;

interface Row extends Standing {
  readonly rank: number;
}

export function TrainersPage() {
  const t = useTexts(catalogue);
  const { noMatches } = useTexts(common);
  const state = useChainState();
  const { phase } = useIndexStatus();
  const me = useAccountAddress();
  const filter = useTab(FILTERS, "show");
  const all = useMemo(() => standings(state).map((standing, i): Row => ({ ...standing, rank: i + 1 })), [state]);
  const rows = all.filter(
    ({ node }) => filter === "all" || (filter === "slashed" ? node.slashes.length > 0 : node[filter]),
  );
  return (
    <>
      <PageHeading title={t.title} lead={t.lead} />
      <Tabs label={t.filter} parameter="show" current={filter} tabs={FILTERS.map((name) => [name, t.filters[name]])} />
      <Panel title={t.filters[filter]} isTitleHidden flush>
        {rows.length > 0 ? (
          <Ranking rows={rows} me={me} />
        ) : all.length > 0 ? (
          <Empty icon="search" title={noMatches} />
        ) : phase === "starting" || phase === "catchingUp" ? (
          <Loading lines={5} />
        ) : (
          <Empty icon="users" title={t.none}>
            {t.noneText}
          </Empty>
        )}
      </Panel>
    </>
  );
}

function Ranking({ rows, me }: { readonly rows: readonly Row[]; readonly me: string | undefined }) {
  const { columns: t, roles, caption, reputationNew } = useTexts(catalogue);
  const figure = (key: "accepted" | "rejected" | "missed" | "verdicts"): Column<Row> => ({
    key,
    header: t[key],
    align: "end",
    sortBy: (row) => row[key],
    cell: (row) => row[key],
  });
  const columns: readonly Column<Row>[] = [
    { key: "rank", header: t.rank, align: "end", sortBy: ({ rank }) => -rank, cell: ({ rank }) => rank },
    {
      key: "node",
      header: t.node,
      isName: true,
      cell: ({ node }) => <Address address={node.address} mine={node.address === me} />,
    },
    {
      key: "roles",
      header: t.roles,
      cell: ({ node }) =>
        [node.trains && roles.trains, node.audits && roles.audits].filter(Boolean).join(", ") || roles.serves,
    },
    {
      key: "stake",
      header: t.stake,
      align: "end",
      sortBy: ({ node }) => node.stakeWei,
      cell: ({ node }) => <Amount wei={node.stakeWei} />,
    },
    {
      key: "reputation",
      header: t.reputation,
      align: "end",
      sortBy: ({ node }) => (node.reputation.length === 0 ? undefined : node.reputationNano),
      cell: ({ node }) =>
        node.reputation.length === 0 ? (
          <span className="text-muted">{reputationNew}</span>
        ) : (
          <Percent share={node.reputationNano / 1e9} />
        ),
    },
    figure("accepted"),
    figure("rejected"),
    figure("missed"),
    figure("verdicts"),
    {
      key: "earned",
      header: t.earned,
      align: "end",
      sortBy: ({ earnedWei }) => earnedWei,
      cell: ({ earnedWei }) => <Amount wei={earnedWei} />,
    },
  ];
  return (
    <Table
      caption={caption}
      columns={columns}
      rows={rows}
      rowKey={({ node }) => node.address}
      isMine={({ node }) => node.address === me}
    />
  );
}
