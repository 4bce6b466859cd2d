"use client";
/** One dispute: who against whom, where their runs part, whose turn it is, every move. */
import { useSearchParams } from "next/navigation";
import { Address, Hash } from "../../components/Address.tsx";
import { useAccountAddress } from "../../components/account.ts";
import { ButtonLink } from "../../components/Button.tsx";
import { Link } from "../../components/Link.tsx";
import { links } from "../../components/links.ts";
import { PageHeading, Panel } from "../../components/Panel.tsx";
import { readId } from "../../components/query.ts";
import { Properties } from "../../components/Stat.tsx";
import { Empty, Loading } from "../../components/States.tsx";
import { type Column, Table } from "../../components/Table.tsx";
import { Countdown } from "../../components/Time.tsx";
import { Amount } from "../../components/Value.tsx";
import { useChainState, useIndexStatus } from "../../index/hooks.ts";
import type { Dispute, DisputeMove } from "../../index/types.ts";
import { disputes as catalogue } from "../../messages/disputes.ts";
import { useTexts } from "../../messages/useTexts.ts";
import { Narrowing } from "./Narrowing.tsx";
import { usePlaceText } from "./placeText.ts";

export function DisputePage() {
  const t = useTexts(catalogue);
  const id = readId(useSearchParams().get("id"));
  const dispute = useChainState().disputes.get(id ?? 0n);
  const { phase } = useIndexStatus();
  if (dispute !== undefined) return <DisputeView dispute={dispute} />;
  if (phase === "starting" || phase === "catchingUp") return <Loading lines={8} wholePage />;
  return (
    <Empty
      wholePage
      title={t.notFound(`${id ?? "?"}`)}
      action={<ButtonLink href={links.disputes()}>{t.toAll}</ButtonLink>}
    >
      {t.notFoundNote}
    </Empty>
  );
}

function DisputeView({ dispute }: { readonly dispute: Dispute }) {
  const t = useTexts(catalogue);
  const me = useAccountAddress();
  const { id, taskId, round, trainer, challenger, defender, parentId, updateDigest, moves, ended } = dispute;
  const sisters = [...useChainState().disputes.values()].filter((other) => other.parentId === id);
  const last = moves.at(-1);
  return (
    <>
      <PageHeading
        over={
          <Link href={links.round(taskId, round)} className="hover:underline">
            {t.roundOf(round, `${taskId}`)}
          </Link>
        }
        title={t.gameNumber(`${id}`)}
        lead={ended === undefined ? last && t.toMove(t.sides[last.next]) : t.outcomes[ended.outcome]}
      />
      <Panel title={t.closingIn} note={t.closingInNote}>
        <Narrowing moves={moves} />
      </Panel>
      <Panel title={t.game}>
        <Properties
          rows={[
            [t.of, <Address key="trainer" address={trainer} mine={trainer === me} />],
            [t.by, <Address key="challenger" address={challenger} mine={challenger === me} />],
            parentId !== undefined
              ? [t.defender, <Address key="defender" address={defender} mine={defender === me} />]
              : undefined,
            parentId !== undefined ? [t.inPlaceOf, <DisputeLinks key="parent" ids={[parentId]} />] : undefined,
            sisters.length > 0
              ? [t.takenUpBy, <DisputeLinks key="sisters" ids={sisters.map((sister) => sister.id)} />]
              : undefined,
            [t.result, <Hash key="digest" hash={updateDigest} />],
            ended === undefined && last !== undefined
              ? [t.timeLeft, <Countdown key="deadline" until={last.deadline} />]
              : undefined,
            ended && [t.winner, <Address key="winner" address={ended.winner} mine={ended.winner === me} />],
            ended && [t.taken, <Amount key="taken" wei={ended.takenWei} />],
          ]}
        />
      </Panel>
      <Panel title={t.moves} note={t.movesNote} flush>
        <Moves moves={moves} />
      </Panel>
    </>
  );
}

function DisputeLinks({ ids }: { readonly ids: readonly bigint[] }) {
  const t = useTexts(catalogue);
  return (
    <span className="flex flex-wrap gap-x-3">
      {ids.map((id) => (
        <Link key={`${id}`} href={links.dispute(id)} className="hover:underline">
          {t.gameNumber(`${id}`)}
        </Link>
      ))}
    </span>
  );
}

type NumberedMove = DisputeMove & { readonly number: number };

function Moves({ moves }: { readonly moves: readonly DisputeMove[] }) {
  const t = useTexts(catalogue);
  const placeText = usePlaceText();
  const columns: readonly Column<NumberedMove>[] = [
    { key: "number", header: t.number, isName: true, sortBy: ({ number }) => number, cell: ({ number }) => number },
    { key: "who", header: t.who, cell: ({ by }) => t.sides[by] },
    { key: "left", header: t.left, cell: ({ place }) => placeText(place) },
    { key: "tx", header: t.tx, align: "end", cell: ({ at }) => <Hash hash={at.transactionHash} kind="tx" /> },
  ];
  const rows = moves.map((move, number) => ({ ...move, number }));
  return <Table caption={t.moves} columns={columns} rows={rows} rowKey={({ number }) => `${number}`} />;
}
