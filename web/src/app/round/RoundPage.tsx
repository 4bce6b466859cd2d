"use client";
/** One round, live or past: where it is, what is yours to do, who did what, what it pays, what the chain said. */
import { useSearchParams } from "next/navigation";
import { useAccountAddress } from "../../components/account.ts";
import { ButtonLink } from "../../components/Button.tsx";
import { ModeBadge, PhaseBadge } from "../../components/chainBadges.tsx";
import { Feed } from "../../components/Feed.tsx";
import { Link } from "../../components/Link.tsx";
import { links } from "../../components/links.ts";
import { PageHeading, Panel } from "../../components/Panel.tsx";
import { readId, readNumber } from "../../components/query.ts";
import { PhaseStrip } from "../../components/round/PhaseStrip.tsx";
import { Scrubber } from "../../components/round/Scrubber.tsx";
import { Empty, Loading } from "../../components/States.tsx";
import { useChainState, useIndexStatus, useModel, useTask } from "../../index/hooks.ts";
import { feedOfTask } from "../../index/select.ts";
import type { Round, Task } from "../../index/types.ts";
import { chain } from "../../messages/chain.ts";
import { rounds } from "../../messages/rounds.ts";
import { useTexts } from "../../messages/useTexts.ts";
import { AdvanceRound } from "./AdvanceRound.tsx";
import { Committee } from "./Committee.tsx";
import { DutyCard } from "./DutyCard.tsx";
import { Facts } from "./Facts.tsx";
import { Money, Outcome } from "./Money.tsx";
import { Updates } from "./Updates.tsx";

export function RoundPage() {
  const t = useTexts(rounds);
  const query = useSearchParams();
  const id = readId(query.get("task"));
  const number = readNumber(query.get("round"));
  const task = useTask(id);
  const { phase } = useIndexStatus();
  const round = number === undefined ? task?.rounds.at(-1) : task?.rounds[number - 1];
  if (task !== undefined && round !== undefined) return <RoundView task={task} round={round} />;
  if (phase === "starting" || phase === "catchingUp") return <Loading lines={8} wholePage />;
  return (
    <Empty
      wholePage
      title={t.notFound(`${number ?? "?"}`, `${id ?? "?"}`)}
      action={<ButtonLink href={id === undefined ? links.tasks() : links.task(id)}>{t.toTask}</ButtonLink>}
    >
      {t.notFoundNote}
    </Empty>
  );
}

function RoundView({ task, round }: { readonly task: Task; readonly round: Round }) {
  const t = useTexts(rounds);
  const c = useTexts(chain);
  const me = useAccountAddress();
  const state = useChainState();
  const model = useModel(task.terms.modelId);
  const last = task.rounds.length;
  return (
    <>
      <PageHeading
        over={
          <span className="inline-flex flex-wrap items-center gap-x-2 gap-y-1">
            <Link href={links.task(task.id)} className="hover:underline">
              {c.task(`${task.id}`)}
            </Link>
            · {model?.name}
          </span>
        }
        title={c.roundOf(`${round.number}`, `${task.terms.rounds}`)}
        lead={
          <span className="flex flex-wrap gap-1.5">
            <PhaseBadge phase={round.phase} />
            <ModeBadge mode={task.terms.mode} />
          </span>
        }
        actions={
          <>
            {round.number > 1 && (
              <ButtonLink size="small" icon="chevronLeft" href={links.round(task.id, round.number - 1)}>
                {t.previous}
              </ButtonLink>
            )}
            {round.number < last && (
              <ButtonLink size="small" icon="chevronRight" href={links.round(task.id, round.number + 1)}>
                {t.next}
              </ButtonLink>
            )}
          </>
        }
      />
      <section className="flex flex-col gap-3 rounded-lg border border-line bg-surface px-4 py-4 sm:px-5">
        <PhaseStrip round={round} terms={task.terms} />
        <p className="text-sm text-muted text-pretty">
          {round.phase === "Failed"
            ? `${c.phases.Failed}: ${c.failures[round.failure]}. ${c.phaseNotes.Failed}`
            : c.phaseNotes[round.phase]}
        </p>
        <AdvanceRound round={round} />
      </section>
      <Facts round={round} />
      <div className="grid gap-6 lg:grid-cols-[minmax(0,1fr)_22rem]">
        <div className="flex min-w-0 flex-col gap-6">
          <Updates round={round} me={me} />
          <Committee round={round} me={me} />
          <Panel title={t.feed.title} flush>
            <Feed entries={feedOfTask(state, task.id, round.number)} me={me} />
          </Panel>
        </div>
        <div className="flex min-w-0 flex-col gap-6 max-lg:order-first">
          <DutyCard task={task} round={round} />
          <Outcome task={task} round={round} />
          <Money terms={task.terms} round={round} />
          <Panel title={t.scrubber}>
            <Scrubber task={task} current={round.number} />
          </Panel>
        </div>
      </div>
    </>
  );
}
