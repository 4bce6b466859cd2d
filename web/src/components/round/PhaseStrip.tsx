"use client";
/** Where a round is, how long that still takes, and what comes after. A row on wide screens, a list on narrow ones. */
import type { Round, TaskTerms } from "../../index/types.ts";
import { chain } from "../../messages/chain.ts";
import { rounds } from "../../messages/rounds.ts";
import { useTexts } from "../../messages/useTexts.ts";
import { PHASE_MARKS } from "../chainBadges.tsx";
import { classes } from "../classes.ts";
import { useChainSeconds } from "../clock.ts";
import { Icon } from "../Icon.tsx";
import { Countdown } from "../Time.tsx";
import { phaseProgress, type Step, stepsOf } from "./phaseSteps.ts";

export interface PhaseStripProps {
  readonly round: Round;
  readonly terms: TaskTerms;
  /** Without names, for lists. */
  readonly compact?: boolean;
}

export function PhaseStrip({ round, terms, compact = false }: PhaseStripProps) {
  const t = useTexts(rounds);
  const steps = stepsOf(round);
  return (
    <ol
      aria-label={t.stripLabel}
      className={compact ? "flex gap-1" : "grid gap-x-1.5 gap-y-1 sm:grid-cols-4 xl:grid-cols-8"}
    >
      {steps.map((step) =>
        compact ? (
          <CompactStep key={step.name} step={step} round={round} terms={terms} />
        ) : (
          <FullStep key={step.name} step={step} round={round} terms={terms} />
        ),
      )}
    </ol>
  );
}

interface StepProps {
  readonly step: Step;
  readonly round: Round;
  readonly terms: TaskTerms;
}

const BARS: Readonly<Record<Step["state"], string>> = {
  done: "bg-success",
  current: "bg-line",
  ahead: "bg-line",
  broken: "bg-danger",
};

function Bar({ step, round, terms }: StepProps) {
  const now = useChainSeconds();
  const share = step.state === "current" ? phaseProgress(round, terms, now) : 0;
  return (
    <span aria-hidden="true" className={classes("block h-1.5 overflow-hidden rounded-full", BARS[step.state])}>
      {step.state === "current" && (
        <span
          className="block h-full min-w-2 rounded-full bg-info transition-[width] duration-1000 ease-linear"
          style={{ width: `${100 * share}%` }}
        />
      )}
    </span>
  );
}

function CompactStep(props: StepProps) {
  const { step } = props;
  const t = useTexts(chain);
  const r = useTexts(rounds);
  return (
    <li className="min-w-0 flex-1" aria-current={step.state === "current" ? "step" : undefined}>
      <Bar {...props} />
      <span className="sr-only">{`${t.phases[step.name]}: ${r.stepStates[step.state]}`}</span>
    </li>
  );
}

function FullStep(props: StepProps) {
  const { step, round } = props;
  const t = useTexts(chain);
  const r = useTexts(rounds);
  const isNow = step.state === "current";
  const icon = step.state === "done" ? "check" : step.state === "broken" ? "cross" : PHASE_MARKS[step.name][0];
  const colour = { done: "text-success", current: "text-info", ahead: "text-muted", broken: "text-danger" }[step.state];
  return (
    <li
      aria-current={isNow ? "step" : undefined}
      className={classes(
        "min-w-0 max-sm:grid max-sm:grid-cols-[1fr_5rem] max-sm:items-center max-sm:gap-3",
        !isNow && "max-sm:[&>:last-child]:hidden",
      )}
    >
      <span className="flex items-center justify-between gap-2 text-sm sm:pb-1">
        <span className={classes("flex min-w-0 items-center gap-1.5", colour, isNow && "font-semibold")}>
          <Icon name={icon} className="size-4" />
          <span className={classes("truncate", step.state === "done" && "text-ink")} title={t.phaseNotes[step.name]}>
            {t.phases[step.name]}
          </span>
          <span className="sr-only">{r.stepStates[step.state]}</span>
        </span>
        {isNow && round.deadline > 0 && <Remaining round={round} />}
      </span>
      <Bar {...props} />
    </li>
  );
}

function Remaining({ round }: { readonly round: Round }) {
  const t = useTexts(rounds);
  const c = useTexts(chain);
  const over = useChainSeconds() >= round.deadline;
  if (over) return <span className="text-xs text-warning">{t.timeUp}</span>;
  return (
    <Countdown
      until={round.deadline}
      announce={(left) => t.closesIn(c.phases[round.phase], left)}
      className="text-xs font-semibold text-info"
    />
  );
}
