"use client";
/** Every round that is under way, breathing: phases that run down, updates that come in. */
import { ButtonLink } from "../../components/Button.tsx";
import { ModeBadge } from "../../components/chainBadges.tsx";
import { classes } from "../../components/classes.ts";
import { Link } from "../../components/Link.tsx";
import { links } from "../../components/links.ts";
import { Panel } from "../../components/Panel.tsx";
import { PhaseStrip } from "../../components/round/PhaseStrip.tsx";
import { verdictOf } from "../../components/round/verdictOf.ts";
import { Empty } from "../../components/States.tsx";
import { useChainState } from "../../index/hooks.ts";
import type { Participant, Round, Task } from "../../index/types.ts";
import { chain } from "../../messages/chain.ts";
import { home } from "../../messages/home.ts";
import { useTexts } from "../../messages/useTexts.ts";

/** More than these are on the page of tasks. */
const MOST = 3;

export function LiveRounds() {
  const t = useTexts(home);
  const { tasks } = useChainState();
  const live = [...tasks.values()].filter(({ rounds }) => rounds.at(-1)?.ended === undefined && rounds.length > 0);
  const last = [...tasks.values()].filter(({ rounds }) => rounds.length > 0).at(-1);
  const shown = live.length > 0 ? live.slice(-MOST).reverse() : last === undefined ? [] : [last];
  return (
    <Panel
      title={live.length > 0 ? t.live : t.noneLive}
      note={live.length > 0 ? undefined : t.noneLiveText}
      aside={
        <Link href={links.tasks()} className="underline">
          {t.allTasks}
        </Link>
      }
    >
      {shown.length === 0 ? (
        <Empty icon="bolt" title={t.noneLive}>
          {t.noneLiveText}
        </Empty>
      ) : (
        <ul className="flex flex-col gap-6 pt-1">
          {shown.map((task) => (
            <LiveRound key={`${task.id}`} task={task} round={task.rounds.at(-1)!} />
          ))}
        </ul>
      )}
    </Panel>
  );
}

function LiveRound({ task, round }: { readonly task: Task; readonly round: Round }) {
  const t = useTexts(home);
  const c = useTexts(chain);
  const { models, datasets } = useChainState();
  const name = models.get(task.terms.modelId)?.name || c.task(`${task.id}`);
  const data = datasets.get(task.terms.datasetId)?.name;
  return (
    <li className="flex flex-col gap-4">
      <div className="flex flex-wrap items-start justify-between gap-x-6 gap-y-3">
        <div className="min-w-0">
          <h3 className="text-lg font-semibold break-words">
            <Link href={links.task(task.id)} className="hover:underline">
              {round.ended === undefined ? t.learns(name) : name}
            </Link>
          </h3>
          <p className="flex flex-wrap items-center gap-x-2 gap-y-1 text-sm text-muted">
            <span>{c.roundOf(`${round.number}`, `${task.terms.rounds}`)}</span>
            {data && <span>{t.data(data)}</span>}
            <ModeBadge mode={task.terms.mode} />
          </p>
        </div>
        <ButtonLink href={links.round(task.id, round.number)} size="small" icon="eye">
          {t.watch}
        </ButtonLink>
      </div>
      <PhaseStrip round={round} terms={task.terms} />
      <Pebbles round={round} />
    </li>
  );
}

const PEBBLES = {
  hidden: "bg-info-soft border-info",
  pending: "bg-info border-info",
  accepted: "bg-success border-success",
  rejected: "bg-danger-soft border-danger border-dashed",
  duplicate: "bg-warning-soft border-warning border-dashed",
  missed: "bg-danger-soft border-danger border-dotted",
} as const;

/** A stone an update: outlined until it is open, filled once it is in. In words below, and on the round's page. */
function Pebbles({ round }: { readonly round: Round }) {
  const t = useTexts(home);
  const c = useTexts(chain);
  const words = round.participants.map((participant) => verdictOf(round, participant));
  const waiting = Math.max(0, round.expected - round.participants.length);
  const said = [...new Set(words)].map((word) => `${words.filter((it) => it === word).length} ${c.verdict[word]}`);
  return (
    <div className="flex flex-wrap items-center gap-x-3 gap-y-1.5 text-sm text-muted">
      <span aria-hidden="true" className="flex flex-wrap gap-1">
        {round.participants.map((participant: Participant, i) => (
          <span key={participant.trainer} className={classes("h-3.5 w-6 rounded-full border-2", PEBBLES[words[i]!])} />
        ))}
        {Array.from({ length: Math.min(waiting, 64) }, (_, i) => round.participants.length + i).map((place) => (
          <span key={place} className="h-3.5 w-6 rounded-full border-2 border-dashed border-strong" />
        ))}
      </span>
      <span>
        {t.updates(`${round.participants.length}`, `${round.expected}`)}
        {said.length > 0 && ` · ${said.join(" · ")}`}
      </span>
    </div>
  );
}
