"use client";
/** Trainers × commitment, opening, verdict, reward. */
import type { Address as AccountAddress } from "viem";
import { Address, Hash } from "../../components/Address.tsx";
import { VerdictBadge } from "../../components/chainBadges.tsx";
import { Icon } from "../../components/Icon.tsx";
import { Panel } from "../../components/Panel.tsx";
import { verdictOf } from "../../components/round/verdictOf.ts";
import { Empty } from "../../components/States.tsx";
import { type Column, Table } from "../../components/Table.tsx";
import { Amount, Bytes, Count } from "../../components/Value.tsx";
import type { Participant, Round } from "../../index/types.ts";
import { rounds } from "../../messages/rounds.ts";
import { useTexts } from "../../messages/useTexts.ts";

export function Updates({ round, me }: { readonly round: Round; readonly me: AccountAddress | undefined }) {
  const { participants: t } = useTexts(rounds);
  const waiting = round.phase === "Commit" ? round.expected - round.participants.length : 0;
  const columns: readonly Column<Participant>[] = [
    {
      key: "trainer",
      header: t.trainer,
      isName: true,
      cell: ({ trainer }) => <Address address={trainer} mine={trainer === me} />,
    },
    { key: "committed", header: t.committed, cell: ({ committed }) => <Done hash={committed.transactionHash} /> },
    {
      key: "revealed",
      header: t.revealed,
      cell: ({ revealed }) =>
        revealed ? <Done hash={revealed.at.transactionHash} /> : <span className="text-muted">{t.notYet}</span>,
    },
    {
      key: "size",
      header: t.size,
      align: "end",
      sortBy: ({ revealed }) => revealed?.update.byteLength,
      cell: ({ revealed }) => (revealed ? <Bytes bytes={revealed.update.byteLength} /> : "–"),
    },
    {
      key: "samples",
      header: t.samples,
      align: "end",
      sortBy: ({ revealed }) => revealed?.sampleCount,
      cell: ({ revealed }) => (revealed ? <Count value={revealed.sampleCount} /> : "–"),
    },
    { key: "verdict", header: t.verdict, cell: (row) => <VerdictBadge verdict={verdictOf(round, row)} /> },
    {
      key: "reward",
      header: t.reward,
      align: "end",
      sortBy: ({ rewardWei }) => rewardWei,
      cell: ({ rewardWei, missedRevealWei }) =>
        missedRevealWei > 0n ? <Amount wei={-missedRevealWei} /> : <Amount wei={rewardWei} />,
    },
  ];
  return (
    <Panel title={t.title} aside={waiting > 0 ? t.waiting(`${waiting}`) : undefined} flush>
      {round.participants.length === 0 ? (
        <Empty icon="lock" title={t.none} />
      ) : (
        <Table
          caption={t.caption}
          columns={columns}
          rows={round.participants}
          rowKey={({ trainer }) => trainer}
          isMine={({ trainer }) => trainer === me}
        />
      )}
    </Panel>
  );
}

/** It happened, and where. */
export function Done({ hash }: { readonly hash: string }) {
  return (
    <span className="inline-flex items-center gap-1">
      <Icon name="check" className="size-4 text-success" />
      <Hash hash={hash} kind="tx" copyable={false} />
    </span>
  );
}
