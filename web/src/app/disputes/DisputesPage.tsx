"use client";
import { Address, Hash } from "../../components/Address.tsx";
/** Every dispute and how it stands, and results that could be disputed now. */
import { useAccountAddress } from "../../components/account.ts";
import { Link } from "../../components/Link.tsx";
import { links } from "../../components/links.ts";
import { PageHeading, Panel } from "../../components/Panel.tsx";
import { Stat, StatRow } from "../../components/Stat.tsx";
import { Empty, Loading } from "../../components/States.tsx";
import { type Column, Table } from "../../components/Table.tsx";
import { Countdown } from "../../components/Time.tsx";
import { Count } from "../../components/Value.tsx";
import { useChainState, useIndexStatus } from "../../index/hooks.ts";
import { openChallenges } from "../../index/select.ts";
import type { Dispute, Round } from "../../index/types.ts";
import { disputes as catalogue } from "../../messages/disputes.ts";
import { useTexts } from "../../messages/useTexts.ts";

export function DisputesPage() {
  const t = useTexts(catalogue);
  const state = useChainState();
  const { phase } = useIndexStatus();
  const open = openChallenges(state);
  const games = [...state.disputes.values()].reverse();
  const proven = games.filter(({ parentId, ended }) => {
    const isFalse = ended?.outcome === "Disproven" || ended?.outcome === "DefenderLate";
    return isFalse && parentId === undefined; // what is played in another's place strikes nothing
  });
  const ended = [...state.tasks.values()].flatMap(({ rounds }) => rounds.filter((round) => round.phase === "Final"));
  const refused = ended.flatMap(({ participants }) => participants).filter(({ accepted }) => accepted === false);
  return (
    <>
      <PageHeading title={t.title} lead={t.lead} />
      <StatRow>
        <Stat label={t.won}>
          <Count value={proven.length} />
        </Stat>
        <Stat label={t.openNow}>
          <Count value={open.length} />
        </Stat>
        <Stat label={t.passed}>
          <Count value={ended.length} />
        </Stat>
        <Stat label={t.refused} note={t.refusedNote}>
          <Count value={refused.length} />
        </Stat>
      </StatRow>
      <Panel title={t.games} note={t.gamesNote} flush>
        {games.length > 0 ? (
          <Games games={games} />
        ) : phase === "starting" || phase === "catchingUp" ? (
          <Loading lines={3} />
        ) : (
          <Empty icon="scale" title={t.noGames}>
            {t.noGamesText}
          </Empty>
        )}
      </Panel>
      <Panel title={t.windows} note={t.windowsNote} flush>
        {open.length > 0 ? (
          <Windows rounds={open} />
        ) : phase === "starting" || phase === "catchingUp" ? (
          <Loading lines={3} />
        ) : (
          <Empty icon="scale" title={t.none}>
            {t.noneText}
          </Empty>
        )}
      </Panel>
      <Panel title={t.how}>
        <ol className="flex max-w-3xl list-decimal flex-col gap-2 pl-5">
          {t.steps.map((step) => (
            <li key={step}>{step}</li>
          ))}
        </ol>
      </Panel>
      <Panel title={t.why}>
        <p className="max-w-3xl text-pretty">{t.whyText}</p>
      </Panel>
    </>
  );
}

function Games({ games }: { readonly games: readonly Dispute[] }) {
  const t = useTexts(catalogue);
  const me = useAccountAddress();
  const columns: readonly Column<Dispute>[] = [
    {
      key: "game",
      header: t.game,
      isName: true,
      sortBy: ({ opened }) => opened.blockNumber,
      cell: ({ name }) => (
        <Link href={links.dispute(name)} className="hover:underline">
          {t.gameNumber(name)}
        </Link>
      ),
    },
    { key: "about", header: t.about, cell: ({ kind }) => t.abouts[kind] },
    {
      key: "parent",
      header: t.inPlaceOf,
      cell: ({ parentId }) => (parentId === undefined ? "" : t.gameNumber(`${parentId}`)),
    },
    { key: "round", header: t.round, cell: ({ round, taskId }) => t.roundOf(round, `${taskId}`) },
    { key: "of", header: t.of, cell: ({ claimant }) => <Address address={claimant} mine={claimant === me} /> },
    { key: "by", header: t.by, cell: ({ challenger }) => <Address address={challenger} mine={challenger === me} /> },
    {
      key: "moves",
      header: t.moves,
      align: "end",
      sortBy: ({ moves }) => moves.length,
      cell: ({ moves }) => moves.length,
    },
    { key: "state", header: t.state, cell: ({ ended }) => (ended === undefined ? t.open : t.outcomes[ended.outcome]) },
  ];
  return <Table caption={t.games} columns={columns} rows={games} rowKey={({ name }) => name} />;
}

function Windows({ rounds }: { readonly rounds: readonly Round[] }) {
  const t = useTexts(catalogue);
  const columns: readonly Column<Round>[] = [
    {
      key: "round",
      header: t.round,
      isName: true,
      cell: ({ taskId, number }) => (
        <Link href={links.round(taskId, number)} className="hover:underline">
          {t.roundOf(number, `${taskId}`)}
        </Link>
      ),
    },
    { key: "digest", header: t.result, cell: ({ agreed }) => agreed && <Hash hash={agreed.weights.digest} /> },
    { key: "attested", header: t.attested, cell: (round) => t.seats(attestedSeats(round), round.seats) },
    {
      key: "closes",
      header: t.closes,
      align: "end",
      sortBy: ({ deadline }) => deadline,
      cell: ({ deadline }) => <Countdown until={deadline} />,
    },
  ];
  return (
    <Table caption={t.windows} columns={columns} rows={rounds} rowKey={({ taskId, number }) => `${taskId}-${number}`} />
  );
}

function attestedSeats({ committee, agreed }: Round): number {
  return committee
    .filter(({ attested }) => attested?.weights.digest === agreed?.weights.digest)
    .reduce((sum, { seats }) => sum + seats, 0);
}
