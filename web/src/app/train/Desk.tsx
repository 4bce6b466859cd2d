"use client";
/** Where a tab trains in one task: four steps before, then the training itself. */
import { ButtonLink } from "../../components/Button.tsx";
import { Link } from "../../components/Link.tsx";
import { links } from "../../components/links.ts";
import { Panel } from "../../components/Panel.tsx";
import { Notice } from "../../components/States.tsx";
import { useModel } from "../../index/hooks.ts";
import type { Task } from "../../index/types.ts";
import { train as catalogue } from "../../messages/train.ts";
import { useTexts } from "../../messages/useTexts.ts";
import { isTraining } from "../../training/loop/trainingState.ts";
import { DataStep } from "./DataStep.tsx";
import { KeptNotice } from "./KeptNotice.tsx";
import { LivePanel } from "./LivePanel.tsx";
import { MachineStep } from "./MachineStep.tsx";
import { PlaceStep } from "./PlaceStep.tsx";
import { StartStep } from "./StartStep.tsx";
import { TaskTerms } from "./TaskTerms.tsx";
import { usePreparation } from "./usePreparation.ts";
import { useReminders } from "./useReminders.ts";
import { useTrainer } from "./useTrainer.ts";

export function Desk({ task }: { readonly task: Task }) {
  const t = useTexts(catalogue);
  const trainer = useTrainer();
  useReminders();
  const isBusy = trainer !== undefined && isTraining(trainer.state);
  if (trainer !== undefined && trainer.taskId === task.id && (isBusy || trainer.state.stopped !== undefined)) {
    return (
      <>
        <LivePanel task={task} trainer={trainer} />
        {!isBusy && <Preparing task={task} />}
      </>
    );
  }
  if (isBusy) {
    return (
      <Notice>
        {t.start.busy}{" "}
        <Link href={links.train(trainer.taskId)} className="underline">
          {t.start.goTo(`${trainer.taskId}`)}
        </Link>
      </Notice>
    );
  }
  return <Preparing task={task} />;
}

function Preparing({ task }: { readonly task: Task }) {
  const t = useTexts(catalogue);
  const model = useModel(task.terms.modelId);
  const control = usePreparation(task.id);
  return (
    <>
      <KeptNotice task={task} />
      <div className="grid grid-cols-1 items-start gap-6 lg:grid-cols-[minmax(0,1fr)_23rem]">
        <div className="flex min-w-0 flex-col gap-6">
          <DataStep control={control} />
          <MachineStep control={control} task={task} />
          <PlaceStep task={task} />
          <StartStep task={task} control={control} />
        </div>
        <Panel
          title={t.about.task(`${task.id}`, (model?.name ?? "").slice(0, 80))}
          aside={
            <Link href={links.task(task.id)} className="underline">
              {t.start.goTo(`${task.id}`)}
            </Link>
          }
        >
          <div className="flex flex-col gap-4">
            <TaskTerms task={task} />
            <ButtonLink size="small" href={links.train()} className="self-start">
              {t.otherTask}
            </ButtonLink>
          </div>
        </Panel>
      </div>
    </>
  );
}
