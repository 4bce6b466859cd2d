"use client";
/** One task: what it trains, where it is, what it pays, who takes part, and all it did. */
import dynamic from "next/dynamic";
import { useSearchParams } from "next/navigation";
import { Address } from "../../components/Address.tsx";
import { useAccountAddress } from "../../components/account.ts";
import { ButtonLink } from "../../components/Button.tsx";
import { ModeBadge } from "../../components/chainBadges.tsx";
import { Feed } from "../../components/Feed.tsx";
import { Link } from "../../components/Link.tsx";
import { links } from "../../components/links.ts";
import { PageHeading, Panel } from "../../components/Panel.tsx";
import { readId } from "../../components/query.ts";
import { PhaseStrip } from "../../components/round/PhaseStrip.tsx";
import { Scrubber } from "../../components/round/Scrubber.tsx";
import { taskState } from "../../components/round/taskState.ts";
import { Stat, StatRow } from "../../components/Stat.tsx";
import { Empty, Loading } from "../../components/States.tsx";
import { Amount } from "../../components/Value.tsx";
import { useChainState, useIndexStatus, useModel, useTask } from "../../index/hooks.ts";
import { feedOfTask } from "../../index/select.ts";
import type { Task } from "../../index/types.ts";
import { chain } from "../../messages/chain.ts";
import { rounds as roundTexts } from "../../messages/rounds.ts";
import { tasks as catalogue } from "../../messages/tasks.ts";
import { useTexts } from "../../messages/useTexts.ts";
import { DutyCard } from "../round/DutyCard.tsx";
import { State } from "../tasks/TasksPage.tsx";
import { History } from "./History.tsx";
import { OpenRound } from "./OpenRound.tsx";
import { TaskTrainers } from "./TaskTrainers.tsx";
import { Terms } from "./Terms.tsx";

/** After the rest: it brings along what reads and measures models. */
const AccuracyCurve = dynamic(async () => (await import("./AccuracyCurve.tsx")).AccuracyCurve, { ssr: false });

export function TaskPage() {
  const t = useTexts(catalogue);
  const id = readId(useSearchParams().get("id"));
  const task = useTask(id);
  const { phase } = useIndexStatus();
  if (task !== undefined) return <TaskView task={task} />;
  if (phase === "starting" || phase === "catchingUp") return <Loading lines={8} wholePage />;
  return (
    <Empty
      wholePage
      title={t.notFound(`${id ?? "?"}`)}
      action={<ButtonLink href={links.tasks()}>{t.toList}</ButtonLink>}
    >
      {t.notFoundNote}
    </Empty>
  );
}

function TaskView({ task }: { readonly task: Task }) {
  const t = useTexts(catalogue);
  const c = useTexts(chain);
  const r = useTexts(roundTexts);
  const me = useAccountAddress();
  const state = useChainState();
  const model = useModel(task.terms.modelId);
  const round = task.rounds.at(-1);
  const earned = [...task.earned.values()].reduce((sum, wei) => sum + wei, 0n);
  return (
    <>
      <PageHeading
        over={
          <span className="inline-flex flex-wrap items-center gap-x-1.5">
            <Link href={links.tasks()} className="hover:underline">
              {t.title}
            </Link>
            · {c.task(`${task.id}`)} {t.by} <Address address={task.owner} mine={task.owner === me} copyable={false} />
          </span>
        }
        title={model?.name || c.task(`${task.id}`)}
        lead={
          <span className="flex flex-wrap gap-1.5">
            <State task={task} />
            <ModeBadge mode={task.terms.mode} />
          </span>
        }
        actions={
          taskState(task) !== "over" && (
            <ButtonLink href={links.train(task.id)} kind="primary" icon="stones">
              {t.joinHere}
            </ButtonLink>
          )
        }
      />
      <StatRow>
        <Stat label={t.facts.rounds}>{t.facts.of(`${task.rounds.length}`, `${task.terms.rounds}`)}</Stat>
        <Stat label={t.facts.trainers} note={t.facts.places(`${task.terms.maxTrainers}`)}>
          {task.trainers.size}
        </Stat>
        <Stat label={t.facts.update}>
          <Amount wei={task.terms.rewardPerUpdateWei} />
        </Stat>
        <Stat label={t.facts.verdict}>
          <Amount wei={task.terms.rewardPerVerdictWei} />
        </Stat>
        <Stat label={t.facts.paid}>
          <Amount wei={earned} />
        </Stat>
        <Stat label={t.facts.escrow}>
          <Amount wei={task.escrowWei} />
        </Stat>
      </StatRow>
      <Panel
        title={round === undefined ? t.now : c.roundOf(`${round.number}`, `${task.terms.rounds}`)}
        aside={
          round && (
            <Link href={links.round(task.id, round.number)} className="underline">
              {t.toRound}
            </Link>
          )
        }
      >
        <div className="flex flex-col gap-4">
          {round !== undefined && <PhaseStrip round={round} terms={task.terms} />}
          <OpenRound task={task} />
          {task.rounds.length > 0 && <Scrubber task={task} />}
        </div>
      </Panel>
      <div className="grid gap-6 lg:grid-cols-[minmax(0,1fr)_22rem]">
        <div className="flex min-w-0 flex-col gap-6">
          <AccuracyCurve task={task} />
          <TaskTrainers task={task} me={me} />
          {task.rounds.length > 0 && <History task={task} />}
          <Panel title={r.feed.title} flush>
            <Feed entries={feedOfTask(state, task.id)} me={me} />
          </Panel>
        </div>
        <div className="flex min-w-0 flex-col gap-6">
          {round !== undefined && <DutyCard task={task} round={round} />}
          <Terms task={task} />
        </div>
      </div>
    </>
  );
}
