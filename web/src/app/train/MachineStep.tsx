"use client";
/** Step 2: how fast this machine is, and whether that is enough for the task's commit phase. */
import { Badge } from "../../components/Badge.tsx";
import { Button } from "../../components/Button.tsx";
import { formatDuration, formatNumber } from "../../components/format.ts";
import { Panel } from "../../components/Panel.tsx";
import { Stat, StatRow } from "../../components/Stat.tsx";
import { Notice } from "../../components/States.tsx";
import type { Task } from "../../index/types.ts";
import { train as catalogue } from "../../messages/train.ts";
import { useLanguage, useTexts } from "../../messages/useTexts.ts";
import { neededSeconds } from "../../training/loop/estimate.ts";
import type { Preparation, PreparationControl } from "./usePreparation.ts";

export function MachineStep({ control, task }: { readonly control: PreparationControl; readonly task: Task }) {
  const t = useTexts(catalogue);
  const [language] = useLanguage();
  const { preparation, open } = control;
  if (preparation.status !== "ready") {
    return (
      <Panel title={t.steps.machine}>
        <p className="text-sm text-muted" aria-busy={preparation.status === "opening"}>
          {preparation.status === "opening" ? t.machine.measuring : t.machine.waiting}
        </p>
      </Panel>
    );
  }
  const { opened, speed } = preparation.readied;
  const needed = formatDuration(neededSeconds(workOf(preparation)), language);
  const window = formatDuration(task.terms.commitSeconds, language);
  const fits = isFastEnough(preparation, task);
  return (
    <Panel
      title={t.steps.machine}
      aside={
        <Badge tone={fits ? "success" : "danger"} icon={fits ? "check" : "ban"}>
          {fits ? t.machine.fits : t.machine.tight}
        </Badge>
      }
    >
      <div className="flex flex-col gap-4 text-sm">
        <StatRow>
          <Stat label={t.machine.threads} note={t.machine.threadsNote(crossOriginIsolated)}>
            {opened.threads}
          </Stat>
          <Stat label={t.machine.speed}>
            {t.machine.samples(formatNumber(Math.round(speed.samplesPerSecond), language))}
          </Stat>
          <Stat
            label={t.machine.needed}
            note={t.machine.steps(formatNumber(opened.localSteps, language), opened.batchSize)}
          >
            {needed}
          </Stat>
          <Stat label={t.machine.window}>{window}</Stat>
        </StatRow>
        {fits ? (
          <p className="text-muted">{t.machine.fitsText}</p>
        ) : (
          <Notice tone="danger">{t.machine.tightText(needed, window)}</Notice>
        )}
        <Button size="small" icon="refresh" className="self-start" onClick={() => open(preparation.source)}>
          {t.machine.again}
        </Button>
      </div>
    </Panel>
  );
}

type Ready = Extract<Preparation, { readonly status: "ready" }>;

export function workOf({ readied }: Ready) {
  return { localSteps: readied.opened.localSteps, stepsPerSecond: readied.speed.stepsPerSecond };
}

/** What cannot be over in a whole commit phase is not begun. */
export function isFastEnough(ready: Ready, { terms }: Task): boolean {
  return neededSeconds(workOf(ready)) <= terms.commitSeconds;
}
