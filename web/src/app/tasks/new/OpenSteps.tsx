"use client";
/**
 * The steps from a plan to an open task. Which are done is read from the chain, not remembered: so a reload, or a second try
 * after a failure, goes on where it stopped.
 */
import type { TaskParametersTerms } from "@cairn/trainer/cli/taskTerms";
import { TASK_MODES } from "@cairn/trainer/protocol/contractEnums";
import type { ReactNode } from "react";
import { Button, ButtonLink } from "../../../components/Button.tsx";
import { formatAmount } from "../../../components/format.ts";
import { Icon } from "../../../components/Icon.tsx";
import { links } from "../../../components/links.ts";
import { Failure, Notice } from "../../../components/States.tsx";
import { useChainState } from "../../../index/hooks.ts";
import { create as catalogue } from "../../../messages/create.ts";
import { useLanguage, useTexts } from "../../../messages/useTexts.ts";
import { useRuntime } from "../../../runtime/RuntimeProvider.tsx";
import type { Permit, WriteSpec } from "../../../transactions/runWrite.ts";
import { TxButton } from "../../../transactions/TxButton.tsx";
import { useWallet } from "../../../wallet/useWallet.ts";
import type { Prepared } from "./prepared.ts";
import { progressOf } from "./progress.ts";
import { type References, usePlace } from "./usePlace.ts";

export interface OpenStepsProps {
  readonly prepared: Prepared;
  readonly parameters: TaskParametersTerms;
  readonly escrowWei: bigint;
}

export function OpenSteps({ prepared, parameters, escrowWei }: OpenStepsProps) {
  const t = useTexts(catalogue);
  const { address } = useWallet();
  const { contracts } = useRuntime();
  const state = useChainState();
  const placing = usePlace();
  const placed =
    placing.state.status === "placed" && placing.state.of === prepared ? placing.state.references : undefined;
  const progress = progressOf(state, { prepared, placed, owner: address, publisher: contracts.flContract });
  if (!placing.possible) return <Notice tone="info">{t.noUpload}</Notice>;
  if (progress.task !== undefined) {
    return (
      <Notice tone="success">
        {t.opened(`${progress.task.id}`)}{" "}
        <ButtonLink size="small" href={links.task(progress.task.id)}>
          {t.toTask}
        </ButtonLink>
      </Notice>
    );
  }
  return (
    <ol className="flex flex-col gap-4">
      <Step number={1} title={t.step.place} note={t.step.placeNote} done={placed !== undefined}>
        <Button
          kind="primary"
          className="self-start"
          busy={placing.state.status === "placing"}
          onClick={() => placing.place(prepared)}
        >
          {t.step.placeButton}
        </Button>
        {placing.state.status === "failed" && (
          <Failure details={placing.state.message} onRetry={() => placing.place(prepared)}>
            {t.step.placeFailed}
          </Failure>
        )}
      </Step>
      <ChainSteps {...{ prepared, parameters, escrowWei, placed, progress }} />
    </ol>
  );
}

interface ChainStepsProps extends OpenStepsProps {
  readonly placed: References | undefined;
  readonly progress: ReturnType<typeof progressOf>;
}

function ChainSteps({ prepared, parameters, escrowWei, placed, progress }: ChainStepsProps) {
  const t = useTexts(catalogue);
  const [language] = useLanguage();
  const { contracts } = useRuntime();
  const { dataset, model, isPublisher } = progress;
  const before = placed === undefined ? t.step.first : undefined;
  return (
    <>
      <Step number={2} title={t.step.dataset} note={t.step.datasetNote} done={dataset !== undefined}>
        <TxButton blocked={before} spec={placed && datasetSpec(prepared, placed)}>
          {t.step.datasetButton}
        </TxButton>
      </Step>
      <Step number={3} title={t.step.model} note={t.step.modelNote} done={model !== undefined}>
        <TxButton
          blocked={before ?? (dataset === undefined ? t.step.first : undefined)}
          spec={placed && modelSpec(prepared, placed)}
        >
          {t.step.modelButton(prepared.modelName)}
        </TxButton>
      </Step>
      <Step number={4} title={t.step.publisher} note={t.step.publisherNote} done={isPublisher}>
        <TxButton
          blocked={model === undefined ? t.step.first : undefined}
          spec={
            model && {
              kind: "setPublisher",
              subject: { name: model.name },
              call: {
                contract: "modelRegistry",
                functionName: "setPublisher",
                args: [model.id, contracts.flContract, true],
              },
            }
          }
        >
          {t.step.publisherButton}
        </TxButton>
      </Step>
      <Step number={5} title={t.step.task} note={t.step.taskNote(formatAmount(escrowWei, language))} done={false}>
        <TxButton
          blocked={isPublisher && dataset !== undefined && placed !== undefined ? undefined : t.step.first}
          spec={
            model && dataset && placed
              ? taskSpec({ modelId: model.id, datasetId: dataset.id, placed, parameters, escrowWei })
              : undefined
          }
        >
          {t.step.taskButton(formatAmount(escrowWei, language))}
        </TxButton>
      </Step>
    </>
  );
}

interface StepProps {
  readonly number: number;
  readonly title: string;
  readonly note: string;
  readonly done: boolean;
  readonly children: ReactNode;
}

function Step({ number, title, note, done, children }: StepProps) {
  const t = useTexts(catalogue);
  return (
    <li className="flex gap-3">
      <span
        className={`mt-0.5 inline-flex size-6 shrink-0 items-center justify-center rounded-full text-sm font-medium ${done ? "bg-success-soft text-success" : "bg-sunken text-muted"}`}
      >
        {done ? <Icon name="check" /> : number}
      </span>
      <div className="flex min-w-0 flex-1 flex-col gap-2">
        <div>
          <p className="font-medium">
            {title} {done && <span className="text-sm font-normal text-success">{t.step.done}</span>}
          </p>
          {!done && <p className="text-sm text-muted text-pretty">{note}</p>}
        </div>
        {!done && children}
      </div>
    </li>
  );
}

function datasetSpec({ dataset }: Prepared, { manifest }: References): WriteSpec {
  const { name, recordsRoot, recordCount } = dataset;
  const args = [name, manifest.digest, manifest.byteLength, recordsRoot, BigInt(recordCount), true];
  return {
    kind: "registerDataset",
    subject: { name },
    call: { contract: "dataRegistry", functionName: "registerDataset", args },
  };
}

function modelSpec({ modelName }: Prepared, { model, weights }: References): WriteSpec {
  const args = [modelName, model.digest, model.byteLength, weights.digest, weights.byteLength, 0n, 0n];
  return {
    kind: "registerModel",
    subject: { name: modelName },
    call: { contract: "modelRegistry", functionName: "registerModel", args },
  };
}

interface TaskSpecParts {
  readonly modelId: bigint;
  readonly datasetId: bigint;
  readonly placed: References;
  readonly parameters: TaskParametersTerms;
  readonly escrowWei: bigint;
}

function taskSpec({ modelId, datasetId, placed, parameters, escrowWei }: TaskSpecParts): WriteSpec {
  const task = {
    modelId,
    datasetId,
    mode: TASK_MODES.indexOf("Replayable"),
    planDigest: placed.plan.digest,
    planByteLength: placed.plan.byteLength,
    maxUpdateBytes: placed.weights.byteLength,
    ...parameters,
  };
  return {
    kind: "createTask",
    subject: { amountWei: `${escrowWei}` },
    call: { contract: "flContract", functionName: "createTask", args: [task] },
    spends: {
      amountWei: escrowWei,
      withPermit: ({ deadline, v, r, s }: Permit) => ({
        contract: "flContract",
        functionName: "createTaskWithPermit",
        args: [task, deadline, v, r, s],
      }),
    },
  };
}
