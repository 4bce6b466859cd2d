"use client";
/** All rounds an account took part in, as trainer or as auditor. */
import { useMemo } from "react";
import type { Address as AccountAddress } from "viem";
import { PhaseBadge, VerdictBadge } from "../../components/chainBadges.tsx";
import { Link } from "../../components/Link.tsx";
import { links } from "../../components/links.ts";
import { Panel } from "../../components/Panel.tsx";
import { verdictOf } from "../../components/round/verdictOf.ts";
import { type Column, Table } from "../../components/Table.tsx";
import { Amount } from "../../components/Value.tsx";
import { useChainState } from "../../index/hooks.ts";
import type { ChainState, CommitteeMember, Participant, Round } from "../../index/types.ts";
import { chain } from "../../messages/chain.ts";
import { trainers as catalogue } from "../../messages/trainers.ts";
import { useTexts } from "../../messages/useTexts.ts";

interface Row {
  readonly key: string;
  readonly round: Round;
  readonly participant?: Participant;
  readonly member?: CommitteeMember;
}

export function RoundsOf({ account }: { readonly account: AccountAddress }) {
  const t = useTexts(catalogue);
  const c = useTexts(chain);
  const state = useChainState();
  const rows = useMemo(() => rowsOf(state, account), [state, account]);
  const columns: readonly Column<Row>[] = [
    {
      key: "round",
      header: t.roundColumns.round,
      isName: true,
      cell: ({ round }) => (
        <Link href={links.round(round.taskId, round.number)} className="hover:underline">
          {c.task(`${round.taskId}`)} · {c.round(`${round.number}`)}
        </Link>
      ),
    },
    { key: "role", header: t.roundColumns.role, cell: ({ member }) => (member ? t.asAuditor : t.asTrainer) },
    {
      key: "outcome",
      header: t.roundColumns.outcome,
      cell: ({ round, participant }) =>
        participant ? <VerdictBadge verdict={verdictOf(round, participant)} /> : <PhaseBadge phase={round.phase} />,
    },
    {
      key: "pay",
      header: t.roundColumns.pay,
      align: "end",
      cell: ({ participant, member }) => <Amount wei={participant?.rewardWei ?? member?.rewardWei ?? 0n} />,
    },
  ];
  return (
    <Panel title={t.roundsTitle} flush>
      {rows.length === 0 ? (
        <p className="px-4 pb-4 text-sm text-muted sm:px-5">{t.noRounds}</p>
      ) : (
        <Table caption={t.roundsCaption} columns={columns} rows={rows} rowKey={({ key }) => key} pageRows={20} />
      )}
    </Panel>
  );
}

function rowsOf({ tasks }: ChainState, account: AccountAddress): Row[] {
  const rounds = [...tasks.values()].flatMap((task) => task.rounds);
  const rows = rounds.flatMap((round): Row[] => {
    const key = `${round.taskId}-${round.number}`;
    const participant = round.participants.find(({ trainer }) => trainer === account);
    const member = round.committee.find(({ auditor }) => auditor === account);
    return [
      ...(participant ? [{ key: `${key}-t`, round, participant }] : []),
      ...(member ? [{ key: `${key}-a`, round, member }] : []),
    ];
  });
  return rows.sort((a, b) => Number(b.round.opened.blockNumber - a.round.opened.blockNumber));
}
