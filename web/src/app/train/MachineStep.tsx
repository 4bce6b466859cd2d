"use client";
/** Step 2: what to compute on, how fast that is, and whether it is enough for the task's commit phase. */
import { Badge } from "../../components/Badge.tsx";
import { Button } from "../../components/Button.tsx";
import { formatDuration, formatNumber } from "../../components/format.ts";
import { Panel } from "../../components/Panel.tsx";
import { Stat, StatRow } from "../../components/Stat.tsx";
import { Failure, Notice } from "../../components/States.tsx";
import type { Task } from "../../index/types.ts";
import { train as catalogue } from "../../messages/train.ts";
import { useLanguage, useTexts } from "../../messages/useTexts.ts";
import { neededSeconds } from "../../training/loop/estimate.ts";
import { DeviceField } from "./DeviceField.tsx";
import { codeOf, isCardFailure, textOf, trainFailure } from "./failure.ts";
import type { Preparation, PreparationControl } from "./usePreparation.ts";

interface MachineStepProps {
  readonly control: PreparationControl;
  readonly task: Task;
}

export function MachineStep({ control, task }: MachineStepProps) {
  const t = useTexts(catalogue);
  const { preparation, device, setDevice } = control;
  const { status } = preparation;
  const found = "found" in preparation ? preparation.found : undefined;
  const fits = status === "ready" ? isFastEnough(preparation, task) : undefined;
  const failure =
    status === "failed" && isCardFailure(codeOf(preparation.error), device.choice) ? preparation.error : undefined;
  return (
    <Panel
      title={t.steps.machine}
      aside={
        fits !== undefined && (
          <Badge tone={fits ? "success" : "danger"} icon={fits ? "check" : "ban"}>
            {fits ? t.machine.fits : t.machine.tight}
          </Badge>
        )
      }
    >
      <div className="flex flex-col gap-4 text-sm">
        {found !== undefined && <DeviceField control={control} found={found} />}
        {status === "ready" ? (
          <Measured ready={preparation} control={control} task={task} />
        ) : failure !== undefined ? (
          <Failure title={t.machine.noCard} details={trainFailure(t.errors, failure).details}>
            <p>{trainFailure(t.errors, failure).text}</p>
            <Button size="small" className="mt-2" onClick={() => setDevice({ ...device, choice: "wasm" })}>
              {t.machine.useProcessor}
            </Button>
          </Failure>
        ) : (
          <p className="text-muted" aria-busy={status === "opening"}>
            {status === "opening" ? t.machine.measuring : t.machine.waiting}
          </p>
        )}
      </div>
    </Panel>
  );
}

type Ready = Extract<Preparation, { readonly status: "ready" }>;

function Measured({ ready, control, task }: MachineStepProps & { readonly ready: Ready }) {
  const t = useTexts(catalogue);
  const [language] = useLanguage();
  const { opened, speed } = ready.readied;
  const { device, notice, samplesPerSecond, otherSamplesPerSecond } = speed;
  const samples = (perSecond: number): string => t.machine.samples(formatNumber(Math.round(perSecond), language));
  const needed = formatDuration(neededSeconds(workOf(ready)), language);
  const window = formatDuration(task.terms.commitSeconds, language);
  return (
    <>
      <StatRow>
        <Stat
          label={t.machine.computesOn}
          note={
            device.kind === "gpu"
              ? t.machine.cardNote(device.name, device.isSoftware)
              : t.machine.threadsNote(device.threads, crossOriginIsolated)
          }
        >
          {t.machine.kinds[device.kind]}
        </Stat>
        <Stat
          label={t.machine.speed}
          note={
            otherSamplesPerSecond !== undefined &&
            t.machine.other(device.kind === "gpu", samples(otherSamplesPerSecond))
          }
        >
          {samples(samplesPerSecond)}
        </Stat>
        <Stat
          label={t.machine.needed}
          note={t.machine.steps(formatNumber(opened.localSteps, language), opened.batchSize)}
        >
          {needed}
        </Stat>
        <Stat label={t.machine.window}>{window}</Stat>
      </StatRow>
      {notice !== undefined && ready.found.cardRefusal === undefined && (
        <Notice tone={control.device.choice === "gpu" ? "warning" : "info"}>
          <p>
            {t.machine.notOnCard} {textOf(t.errors, notice.code)}
          </p>
          <p className="mt-1 text-xs text-muted">
            {notice.code}: {notice.message}
          </p>
        </Notice>
      )}
      {isFastEnough(ready, task) ? (
        <p className="text-muted">{t.machine.fitsText}</p>
      ) : (
        <Notice tone="danger">{t.machine.tightText(needed, window)}</Notice>
      )}
      <Button size="small" icon="refresh" className="self-start" onClick={() => control.open(ready.source)}>
        {t.machine.again}
      </Button>
    </>
  );
}

export function workOf({ readied }: Ready) {
  return { localSteps: readied.opened.localSteps, stepsPerSecond: readied.speed.stepsPerSecond };
}

/** What cannot be over in a whole commit phase is not begun. */
export function isFastEnough(ready: Ready, { terms }: Task): boolean {
  return neededSeconds(workOf(ready)) <= terms.commitSeconds;
}
