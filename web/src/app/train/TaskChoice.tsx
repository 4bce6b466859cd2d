"use client";
/** The tasks that a tab can train in, each with what it pays, what it binds and what can be lost. */
import { ButtonLink } from "../../components/Button.tsx";
import { links } from "../../components/links.ts";
import { Panel } from "../../components/Panel.tsx";
import { useChainState } from "../../index/hooks.ts";
import type { Task } from "../../index/types.ts";
import { train as catalogue } from "../../messages/train.ts";
import { useTexts } from "../../messages/useTexts.ts";
import { TaskTerms } from "./TaskTerms.tsx";

export function TaskChoice({ tasks }: { readonly tasks: readonly Task[] }) {
  const t = useTexts(catalogue);
  const { models } = useChainState();
  return (
    <section aria-label={t.choose} className="flex flex-col gap-4">
      <p className="text-muted">{t.chooseLead}</p>
      <ul className="grid grid-cols-1 gap-4 lg:grid-cols-2">
        {tasks.map((task) => {
          const name = (models.get(task.terms.modelId)?.name ?? "").slice(0, 80);
          return (
            <li key={`${task.id}`}>
              <Panel title={t.about.task(`${task.id}`, name)} aside={roundText(task, t)}>
                <div className="flex flex-col gap-4">
                  <TaskTerms task={task} />
                  <ButtonLink kind="primary" icon="play" href={links.train(task.id)} className="self-start">
                    {t.about.trainIn}
                  </ButtonLink>
                </div>
              </Panel>
            </li>
          );
        })}
      </ul>
    </section>
  );
}

function roundText({ rounds, terms }: Task, t: (typeof catalogue)["en"]): string {
  return rounds.length === 0 ? t.about.notYet(terms.rounds) : t.about.round(rounds.length, terms.rounds);
}
