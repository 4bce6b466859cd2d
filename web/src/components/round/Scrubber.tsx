"use client";
/** All rounds of a task at a glance: one mark a round, each a link. */
import type { Task } from "../../index/types.ts";
import { chain } from "../../messages/chain.ts";
import { rounds } from "../../messages/rounds.ts";
import { useTexts } from "../../messages/useTexts.ts";
import { PHASE_MARKS } from "../chainBadges.tsx";
import { classes } from "../classes.ts";
import { Icon } from "../Icon.tsx";
import { Link } from "../Link.tsx";
import { links } from "../links.ts";

const LOOKS = {
  success: "text-success bg-success-soft",
  danger: "text-danger bg-danger-soft",
  warning: "text-warning bg-warning-soft",
  info: "text-info bg-info-soft",
  neutral: "text-muted bg-sunken",
  accent: "text-accent bg-accent-soft",
} as const;

export function Scrubber({ task, current }: { readonly task: Task; readonly current?: number }) {
  const t = useTexts(rounds);
  const c = useTexts(chain);
  const held = task.rounds.length;
  const ahead = Array.from({ length: Math.min(40, Math.max(0, task.terms.rounds - held)) }, (_, i) => held + i + 1);
  return (
    <nav aria-label={t.scrubber} className="max-h-32 overflow-y-auto p-0.5">
      <ol className="flex flex-wrap gap-1">
        {task.rounds.map(({ number, phase }) => {
          const [icon, tone] = PHASE_MARKS[phase];
          const name = t.roundState(`${number}`, c.phases[phase]);
          return (
            <li key={number}>
              <Link
                href={links.round(task.id, number)}
                aria-label={name}
                title={name}
                aria-current={number === current ? "page" : undefined}
                className={classes(
                  "flex h-10 w-8 flex-col items-center justify-center rounded text-[0.65rem] leading-none tabular-nums",
                  LOOKS[tone],
                  number === current && "ring-2 ring-current",
                )}
              >
                <Icon name={icon} className="size-3.5" />
                {number}
              </Link>
            </li>
          );
        })}
        {ahead.map((number) => (
          <li
            key={number}
            aria-hidden="true"
            className="flex h-10 w-8 items-center justify-center rounded border border-dashed border-line text-[0.65rem] text-muted"
          >
            {number}
          </li>
        ))}
      </ol>
    </nav>
  );
}
