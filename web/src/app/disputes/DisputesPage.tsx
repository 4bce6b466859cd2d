"use client";
/**
 * Results that could be disputed now, and what disputing will be. There is no dispute game on chain yet: nothing here acts
 * as if there were.
 */
import { Hash } from "../../components/Address.tsx";
import { Link } from "../../components/Link.tsx";
import { links } from "../../components/links.ts";
import { PageHeading, Panel } from "../../components/Panel.tsx";
import { Stat, StatRow } from "../../components/Stat.tsx";
import { Empty, Loading, Notice } from "../../components/States.tsx";
import { type Column, Table } from "../../components/Table.tsx";
import { Countdown } from "../../components/Time.tsx";
import { Count } from "../../components/Value.tsx";
import { useChainState, useIndexStatus } from "../../index/hooks.ts";
import { openChallenges } from "../../index/select.ts";
import type { Round } from "../../index/types.ts";
import { disputes as catalogue } from "../../messages/disputes.ts";
import { useTexts } from "../../messages/useTexts.ts";

export function DisputesPage() {
  const t = useTexts(catalogue);
  const state = useChainState();
  const { phase } = useIndexStatus();
  const open = openChallenges(state);
  const ended = [...state.tasks.values()].flatMap(({ rounds }) => rounds.filter((round) => round.phase === "Final"));
  const refused = ended.flatMap(({ participants }) => participants).filter(({ accepted }) => accepted === false);
  return (
    <>
      <PageHeading title={t.title} lead={t.lead} />
      <Notice tone="info">{t.notYet}</Notice>
      <StatRow>
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
      <Panel title={t.today}>
        <p className="max-w-3xl text-pretty">{t.todayText}</p>
      </Panel>
    </>
  );
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
