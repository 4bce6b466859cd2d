"use client";
/** All tasks, with the live ones first. */
import { useMemo } from "react";
import { Badge } from "../../components/Badge.tsx";
import { ButtonLink } from "../../components/Button.tsx";
import { ModeBadge, PhaseBadge } from "../../components/chainBadges.tsx";
import { Link } from "../../components/Link.tsx";
import { links } from "../../components/links.ts";
import { PageHeading, Panel } from "../../components/Panel.tsx";
import { type TaskState, taskState } from "../../components/round/taskState.ts";
import { Empty, Loading } from "../../components/States.tsx";
import { type Column, Table } from "../../components/Table.tsx";
import { Tabs, useTab } from "../../components/Tabs.tsx";
import { Amount } from "../../components/Value.tsx";
import { useChainState, useIndexStatus } from "../../index/hooks.ts";
import type { Task } from "../../index/types.ts";
import { chain } from "../../messages/chain.ts";
import { common } from "../../messages/common.ts";
import { tasks as catalogue } from "../../messages/tasks.ts";
import { useTexts } from "../../messages/useTexts.ts";

const FILTERS = ["all", "running", "waiting", "over"] as const;

const ORDER: readonly TaskState[] = ["running", "waiting", "over"];

export function TasksPage() {
  const t = useTexts(catalogue);
  const { noMatches } = useTexts(common);
  const { tasks } = useChainState();
  const { phase } = useIndexStatus();
  const filter = useTab(FILTERS, "show");
  const rows = useMemo(() => {
    const wanted = [...tasks.values()].filter((task) => filter === "all" || taskState(task) === filter);
    return wanted.sort((a, b) => ORDER.indexOf(taskState(a)) - ORDER.indexOf(taskState(b)) || Number(b.id - a.id));
  }, [tasks, filter]);
  const create = (
    <ButtonLink href={links.createTask()} icon="plus" kind="primary">
      {t.create}
    </ButtonLink>
  );
  return (
    <>
      <PageHeading title={t.title} lead={t.lead} actions={create} />
      <Tabs label={t.filter} parameter="show" current={filter} tabs={FILTERS.map((name) => [name, t.filters[name]])} />
      <Panel title={t.filters[filter]} isTitleHidden flush>
        {rows.length > 0 ? (
          <TaskTable rows={rows} />
        ) : tasks.size > 0 ? (
          <Empty icon="search" title={noMatches} />
        ) : phase === "starting" || phase === "catchingUp" ? (
          <Loading lines={4} />
        ) : (
          <Empty title={t.none} action={create}>
            {t.noneText}
          </Empty>
        )}
      </Panel>
    </>
  );
}

function TaskTable({ rows }: { readonly rows: readonly Task[] }) {
  const t = useTexts(catalogue);
  const c = useTexts(chain);
  const { models } = useChainState();
  const columns: readonly Column<Task>[] = [
    {
      key: "task",
      header: t.columns.task,
      isName: true,
      sortBy: ({ id }) => id,
      cell: ({ id, terms }) => (
        <Link href={links.task(id)} className="group block">
          <span className="block font-medium group-hover:underline">
            {models.get(terms.modelId)?.name || c.task(`${id}`)}
          </span>
          <span className="block text-xs text-muted">{c.task(`${id}`)}</span>
        </Link>
      ),
    },
    { key: "mode", header: t.columns.mode, cell: ({ terms }) => <ModeBadge mode={terms.mode} /> },
    { key: "state", header: t.columns.state, sortBy: taskState, cell: (task) => <State task={task} /> },
    {
      key: "round",
      header: t.columns.round,
      align: "end",
      sortBy: ({ rounds }) => rounds.length,
      cell: ({ rounds, terms }) => t.facts.of(`${rounds.length}`, `${terms.rounds}`),
    },
    {
      key: "trainers",
      header: t.columns.trainers,
      align: "end",
      sortBy: ({ trainers }) => trainers.size,
      cell: ({ trainers, terms }) => t.facts.of(`${trainers.size}`, `${terms.maxTrainers}`),
    },
    {
      key: "reward",
      header: t.columns.reward,
      align: "end",
      sortBy: ({ terms }) => terms.rewardPerUpdateWei,
      cell: ({ terms }) => <Amount wei={terms.rewardPerUpdateWei} />,
    },
    {
      key: "stake",
      header: t.columns.stake,
      align: "end",
      sortBy: ({ terms }) => terms.minStakeWei,
      cell: ({ terms }) => <Amount wei={terms.minStakeWei} />,
    },
    {
      key: "escrow",
      header: t.columns.escrow,
      align: "end",
      sortBy: ({ escrowWei }) => escrowWei,
      cell: ({ escrowWei }) => <Amount wei={escrowWei} />,
    },
  ];
  return <Table caption={t.caption} columns={columns} rows={rows} rowKey={({ id }) => `${id}`} />;
}

export function State({ task }: { readonly task: Task }) {
  const t = useTexts(catalogue);
  const state = taskState(task);
  const last = task.rounds.at(-1);
  if (state === "running" && last !== undefined) return <PhaseBadge phase={last.phase} />;
  return (
    <Badge icon={state === "over" ? "check" : "clock"} tone={state === "over" ? "neutral" : "info"}>
      {t.state[state]}
    </Badge>
  );
}
