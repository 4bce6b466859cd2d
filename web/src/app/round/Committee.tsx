"use client";
/** Auditors × verdict, attestation, pay. What a single verdict says stays hidden until all are counted. */
import type { Address as AccountAddress } from "viem";
import { Address } from "../../components/Address.tsx";
import { Badge } from "../../components/Badge.tsx";
import { Panel } from "../../components/Panel.tsx";
import { countAccepted } from "../../components/round/verdictOf.ts";
import { Empty } from "../../components/States.tsx";
import { type Column, Table } from "../../components/Table.tsx";
import { Amount } from "../../components/Value.tsx";
import type { CommitteeMember, Round } from "../../index/types.ts";
import { rounds } from "../../messages/rounds.ts";
import { useTexts } from "../../messages/useTexts.ts";
import { Done } from "./Updates.tsx";

export function Committee({ round, me }: { readonly round: Round; readonly me: AccountAddress | undefined }) {
  const { committee: t } = useTexts(rounds);
  const columns: readonly Column<CommitteeMember>[] = [
    {
      key: "auditor",
      header: t.auditor,
      isName: true,
      cell: ({ auditor }) => <Address address={auditor} mine={auditor === me} />,
    },
    { key: "seats", header: t.seats, align: "end", sortBy: ({ seats }) => seats, cell: ({ seats }) => seats },
    { key: "verdict", header: t.verdict, cell: (member) => <Verdict round={round} member={member} /> },
    {
      key: "attested",
      header: t.attested,
      cell: ({ attested }) =>
        attested ? (
          <Done hash={attested.at.transactionHash} />
        ) : (
          <span className="text-muted">{round.agreed === undefined ? t.waiting : t.without}</span>
        ),
    },
    {
      key: "pay",
      header: t.pay,
      align: "end",
      sortBy: ({ rewardWei }) => rewardWei,
      cell: ({ rewardWei, slashedWei }) => <Amount wei={slashedWei > 0n ? -slashedWei : rewardWei} />,
    },
  ];
  return (
    <Panel title={t.title} note={round.attempt > 0 ? t.redrawn : undefined} flush>
      {round.committee.length === 0 ? (
        <Empty icon="users" title={t.none} />
      ) : (
        <Table
          caption={t.caption}
          columns={columns}
          rows={round.committee}
          rowKey={({ auditor }) => auditor}
          isMine={({ auditor }) => auditor === me}
        />
      )}
    </Panel>
  );
}

function Verdict({ round, member }: { readonly round: Round; readonly member: CommitteeMember }) {
  const { committee: t } = useTexts(rounds);
  if (member.verdictCommitted === undefined) return <Badge icon="dashed">{t.waiting}</Badge>;
  if (member.verdict === undefined) return <Badge icon="lock">{t.committed}</Badge>;
  if (round.acceptedBitmap === undefined) return <Badge icon="lock">{t.opened}</Badge>;
  const slots = round.participants.filter(({ revealed }) => revealed !== undefined).map(({ slot }) => slot);
  const accepted = countAccepted(member.verdict.acceptedBitmap, slots);
  return (
    <Badge icon="scale" tone={accepted === slots.length ? "success" : "warning"}>
      {t.accepts(`${accepted}`, `${slots.length}`)}
    </Badge>
  );
}
