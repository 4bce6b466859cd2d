"use client";
/** Step 4: begins, or says the first thing that is in the way. */
import { useState } from "react";
import { Button } from "../../components/Button.tsx";
import { CheckField } from "../../components/Field.tsx";
import { Panel } from "../../components/Panel.tsx";
import { Failure } from "../../components/States.tsx";
import { useDocumentReader } from "../../documents/useDocument.ts";
import { useChainState } from "../../index/hooks.ts";
import type { Task } from "../../index/types.ts";
import { train as catalogue } from "../../messages/train.ts";
import { useTexts } from "../../messages/useTexts.ts";
import { useRuntime } from "../../runtime/RuntimeProvider.tsx";
import { startTrainer } from "../../training/activeTrainer.ts";
import { readinessOf } from "../../training/readiness.ts";
import { createSend } from "../../training/sendBridge.ts";
import { useWallet } from "../../wallet/useWallet.ts";
import { trainFailure } from "./failure.ts";
import { isFastEnough, workOf } from "./MachineStep.tsx";
import type { PreparationControl } from "./usePreparation.ts";
import { useNotifications } from "./useReminders.ts";

export function StartStep({ task, control }: { readonly task: Task; readonly control: PreparationControl }) {
  const t = useTexts(catalogue);
  const runtime = useRuntime();
  const reader = useDocumentReader();
  const wallet = useWallet();
  const state = useChainState();
  const notifications = useNotifications();
  const [isStarting, setStarting] = useState(false);
  const [error, setError] = useState<unknown>();
  const { preparation } = control;
  const ready = preparation.status === "ready" ? preparation : undefined;
  const account = wallet.address;

  const blocked = ((): string | undefined => {
    const why = t.start.blocked;
    if (runtime.content.upload === undefined) return why.upload;
    if (preparation.status === "finding" || preparation.status === "opening") return why.measuring;
    if (ready === undefined) return why.data;
    if (!isFastEnough(ready, task)) return why.machine;
    if (account === undefined) return why.wallet;
    if (!wallet.isRightChain) return why.chain;
    return readinessOf(state, task, account).isEnrolled ? undefined : why.place;
  })();

  const start = async (): Promise<void> => {
    if (ready === undefined || account === undefined) return;
    setStarting(true);
    setError(undefined);
    const takeBack = control.handOver();
    try {
      await startTrainer({
        ...{ runtime, account, reader, taskId: task.id, modelId: task.terms.modelId },
        engine: ready.engine,
        input: ready.readied.input,
        work: workOf(ready),
        speed: ready.readied.speed,
        send: createSend(account),
      });
    } catch (problem) {
      takeBack();
      setError(problem);
    } finally {
      setStarting(false);
    }
  };

  return (
    <Panel title={t.steps.start} note={t.start.lead}>
      <div className="flex flex-col gap-3">
        {notifications.isPossible && (
          <CheckField label={t.start.notify} checked={notifications.isOn} onChange={notifications.set} />
        )}
        {notifications.isDenied && <p className="text-sm text-muted">{t.start.notifyDenied}</p>}
        <Button
          kind="primary"
          icon="play"
          className="self-start"
          inactive={blocked !== undefined}
          busy={isStarting}
          onClick={() => void start()}
        >
          {isStarting ? t.start.starting : (blocked ?? t.start.button)}
        </Button>
        {error !== undefined && (
          <Failure details={trainFailure(t.errors, error).details}>{trainFailure(t.errors, error).text}</Failure>
        )}
      </div>
    </Panel>
  );
}
