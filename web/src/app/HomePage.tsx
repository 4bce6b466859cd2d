"use client";
/** Ten seconds: what is being trained, by whom, how far it is, what one can do. */
import dynamic from "next/dynamic";
import { useAccountAddress } from "../components/account.ts";
import { ButtonLink } from "../components/Button.tsx";
import { Feed } from "../components/Feed.tsx";
import { links } from "../components/links.ts";
import { Panel } from "../components/Panel.tsx";
import { taskState } from "../components/round/taskState.ts";
import { Stat, StatRow } from "../components/Stat.tsx";
import { Empty, Loading } from "../components/States.tsx";
import { Amount, Count } from "../components/Value.tsx";
import { useChainState, useIndexStatus } from "../index/hooks.ts";
import { claimsOf } from "../index/select.ts";
import type { ChainState, FeedEntry, Task } from "../index/types.ts";
import { home } from "../messages/home.ts";
import { useTexts } from "../messages/useTexts.ts";
import { LatestVersions } from "./home/LatestVersions.tsx";
import { LiveRounds } from "./home/LiveRounds.tsx";

const AccuracyCurve = dynamic(async () => (await import("./task/AccuracyCurve.tsx")).AccuracyCurve, { ssr: false });

export function HomePage() {
  const t = useTexts(home);
  const state = useChainState();
  const { phase } = useIndexStatus();
  const me = useAccountAddress();
  const isReading = phase === "starting" || (phase === "catchingUp" && state.tasks.size === 0);
  return (
    <>
      <Opening />
      {isReading ? (
        <Loading lines={6} />
      ) : state.tasks.size === 0 ? (
        <Empty
          title={t.empty.title}
          action={
            <ButtonLink href={links.createTask()} kind="primary" icon="plus">
              {t.empty.action}
            </ButtonLink>
          }
        >
          {t.empty.text}
        </Empty>
      ) : (
        <>
          <LiveRounds />
          <ToClaim />
          <Learning state={state} />
          <Numbers state={state} />
          <div className="grid gap-6 lg:grid-cols-2">
            <LatestVersions state={state} />
            <Panel title={t.activity} flush>
              <Feed entries={worthTelling(state.feed)} limit={12} me={me} />
            </Panel>
          </div>
        </>
      )}
      <How />
    </>
  );
}

function Opening() {
  const t = useTexts(home);
  return (
    <div className="flex flex-col gap-4 pt-2 sm:pt-6">
      <h1 className="max-w-3xl text-3xl font-semibold tracking-tight text-balance sm:text-4xl">{t.title}</h1>
      <p className="max-w-2xl text-lg text-muted text-pretty">{t.lead}</p>
      <div className="flex flex-wrap gap-2.5">
        <ButtonLink href={links.train()} kind="primary" icon="stones">
          {t.train}
        </ButtonLink>
        <ButtonLink href={links.tryModel()} icon="pen">
          {t.tryIt}
        </ButtonLink>
      </div>
    </div>
  );
}

/** Moves of coins between accounts are the wallet's business. */
const DULL = new Set(["Transfer", "Approval", "StakeLocked", "StakeUnlocked"]);

function worthTelling(feed: readonly FeedEntry[]): FeedEntry[] {
  return feed
    .slice(-200)
    .filter(({ event }) => !DULL.has(event.name))
    .reverse();
}

/** The task that made a version last; drawn by code that comes after the page. */
function Learning({ state }: { readonly state: ChainState }) {
  const tasks = [...state.tasks.values()].filter(({ rounds }) => rounds.some((round) => round.publishedVersion > 0));
  const lastBlock = ({ rounds }: Task): number =>
    Number(rounds.findLast(({ ended }) => ended)?.ended?.blockNumber ?? 0n);
  const task = tasks.sort((a, b) => lastBlock(a) - lastBlock(b)).at(-1);
  return task && <AccuracyCurve key={`${task.id}`} task={task} />;
}

function Numbers({ state }: { readonly state: ChainState }) {
  const { numbers: t } = useTexts(home);
  const tasks = [...state.tasks.values()];
  const nodes = [...state.nodes.values()].filter(({ stakeWei }) => stakeWei > 0n);
  const sum = (values: readonly bigint[]): bigint => values.reduce((total, value) => total + value, 0n);
  const rounds = tasks.flatMap((task) => task.rounds);
  return (
    <StatRow>
      <Stat label={t.tasks}>
        <Count value={tasks.filter((task) => taskState(task) === "running").length} />
      </Stat>
      <Stat label={t.trainers}>
        <Count value={new Set(tasks.flatMap(({ trainers }) => [...trainers.keys()])).size} />
      </Stat>
      <Stat label={t.nodes}>
        <Count value={nodes.length} />
      </Stat>
      <Stat label={t.versions}>
        <Count value={rounds.filter(({ publishedVersion }) => publishedVersion > 0).length} />
      </Stat>
      <Stat label={t.staked}>
        <Amount wei={sum(nodes.map(({ stakeWei }) => stakeWei))} />
      </Stat>
      <Stat label={t.earned}>
        <Amount wei={sum(tasks.flatMap(({ earned }) => [...earned.values()]))} />
      </Stat>
    </StatRow>
  );
}

function ToClaim() {
  const t = useTexts(home);
  const me = useAccountAddress();
  const state = useChainState();
  if (me === undefined) return null;
  const wei = claimsOf(state, me).reduce((sum, claim) => sum + claim.wei, 0n);
  if (wei === 0n) return null;
  return (
    <Panel title={t.next} className="border-accent">
      <div className="flex flex-wrap items-center justify-between gap-3">
        <p>
          {t.claim}: <Amount wei={wei} />
        </p>
        <ButtonLink href={links.wallet()} kind="primary" size="small" icon="wallet">
          {t.toWallet}
        </ButtonLink>
      </div>
    </Panel>
  );
}

function How() {
  const t = useTexts(home);
  return (
    <section className="mt-4">
      <h2 className="mb-3 text-lg font-semibold">{t.howTitle}</h2>
      <ol className="grid gap-px overflow-hidden rounded-lg border border-line bg-line sm:grid-cols-2 lg:grid-cols-5">
        {t.how.map((text, i) => (
          <li key={text} className="bg-surface p-4 text-sm text-muted text-pretty">
            <span aria-hidden="true" className="mb-1 block text-2xl font-semibold text-accent">
              {i + 1}
            </span>
            {text}
          </li>
        ))}
      </ol>
    </section>
  );
}
