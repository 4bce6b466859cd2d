"use client";
/** One dispute: who against whom, where their runs part, whose turn it is, every move. */
import { gameName, parseGameName } from "@cairn/trainer/audit/dispute/gameName";
import { isBondLost } from "@cairn/trainer/audit/dispute/outline";
import { useSearchParams } from "next/navigation";
import { Address, Hash } from "../../components/Address.tsx";
import { useAccountAddress } from "../../components/account.ts";
import { ButtonLink } from "../../components/Button.tsx";
import { Link } from "../../components/Link.tsx";
import { links } from "../../components/links.ts";
import { PageHeading, Panel } from "../../components/Panel.tsx";
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
import { Verdict } from "./Verdict.tsx";

export function DisputePage() {
  const t = useTexts(catalogue);
  const asked = useSearchParams().get("id") ?? "";
  const game = parseGameName(asked);
  const dispute = useChainState().disputes.get(game === undefined ? "" : gameName(game));
  const { phase } = useIndexStatus();
  if (dispute !== undefined) return <DisputeView dispute={dispute} />;
  if (phase === "starting" || phase === "catchingUp") return <Loading lines={8} wholePage />;
  return (
    <Empty
      wholePage
      title={t.notFound(asked === "" ? "?" : asked)}
      action={<ButtonLink href={links.disputes()}>{t.toAll}</ButtonLink>}
    >
      {t.notFoundNote}
    </Empty>
  );
}

function DisputeView({ dispute }: { readonly dispute: Dispute }) {
  const t = useTexts(catalogue);
  const me = useAccountAddress();
  const { kind, id, name, taskId, round, claimant, challenger, defender, parentId, digest, moves, ended } = dispute;
  const games = [...useChainState().disputes.values()];
  const sisters = kind === "update" ? games.filter((other) => other.parentId === id) : [];
  const last = moves.at(-1);
  return (
    <>
      <PageHeading
        over={
          <Link href={links.round(taskId, round)} className="hover:underline">
            {t.roundOf(round, `${taskId}`)}
          </Link>
        }
        title={t.gameNumber(name)}
        lead={ended === undefined ? last && t.toMove(t.sides[last.next]) : t.outcomes[ended.outcome]}
      />
      <Panel title={t.closingIn} note={t.closingInNote}>
        <Narrowing moves={moves} />
      </Panel>
      <Verdict dispute={dispute} />
      <Panel title={t.game}>
        <Properties
          rows={[
            [t.claimants[kind], <Address key="claimant" address={claimant} mine={claimant === me} />],
            [t.by, <Address key="challenger" address={challenger} mine={challenger === me} />],
            parentId !== undefined
              ? [t.defender, <Address key="defender" address={defender} mine={defender === me} />]
              : undefined,
            parentId !== undefined ? [t.inPlaceOf, <DisputeLinks key="parent" names={[`${parentId}`]} />] : undefined,
            sisters.length > 0
              ? [t.takenUpBy, <DisputeLinks key="sisters" names={sisters.map((sister) => sister.name)} />]
              : undefined,
            [t.result, <Hash key="digest" hash={digest} />],
            ended === undefined && last !== undefined
              ? [t.timeLeft, <Countdown key="deadline" until={last.deadline} />]
              : undefined,
            ended && [
              isBondLost(ended.outcome, parentId !== undefined) ? t.getsHalf : t.getsBack,
              <Address key="winner" address={ended.winner} mine={ended.winner === me} />,
            ],
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

function DisputeLinks({ names }: { readonly names: readonly string[] }) {
  const t = useTexts(catalogue);
  return (
    <span className="flex flex-wrap gap-x-3">
      {names.map((name) => (
        <Link key={name} href={links.dispute(name)} className="hover:underline">
          {t.gameNumber(name)}
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
