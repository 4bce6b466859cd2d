"use client";
/** The page: which task, then the desk at which a tab trains in it. The desk is a chunk of its own. */
import dynamic from "next/dynamic";
import { useSearchParams } from "next/navigation";
import { ButtonLink } from "../../components/Button.tsx";
import { links } from "../../components/links.ts";
import { PageHeading } from "../../components/Panel.tsx";
import { Empty, Failure, Loading } from "../../components/States.tsx";
import { useChainState, useIndexStatus } from "../../index/hooks.ts";
import type { Task } from "../../index/types.ts";
import { train as catalogue } from "../../messages/train.ts";
import { useTexts } from "../../messages/useTexts.ts";
import { TAB_MODES } from "../../training/worker/deviceChoice.ts";
import { TaskChoice } from "./TaskChoice.tsx";

const Desk = dynamic(() => import("./Desk.tsx").then(({ Desk: loaded }) => loaded), {
  ssr: false,
  loading: () => <Loading lines={8} />,
});

export function TrainPage() {
  const t = useTexts(catalogue);
  const asked = idOf(useSearchParams().get("task"));
  const { tasks } = useChainState();
  const { phase } = useIndexStatus();
  const isReading = phase === "starting" || phase === "catchingUp";
  const open = [...tasks.values()].filter(isOpen).reverse();
  const task = asked === undefined ? undefined : tasks.get(asked);
  return (
    <>
      <PageHeading title={t.title} lead={t.lead} />
      {task !== undefined ? (
        <Desk key={`${task.id}`} task={task} />
      ) : isReading ? (
        <Loading lines={8} />
      ) : (
        <>
          {asked !== undefined && <Failure title={t.none}>{t.unknownTask(`${asked}`)}</Failure>}
          {open.length > 0 ? (
            <TaskChoice tasks={open} />
          ) : (
            <Empty title={t.none} action={<ButtonLink href={links.createTask()}>{t.createTask}</ButtonLink>}>
              {t.noneWhy}
            </Empty>
          )}
        </>
      )}
    </>
  );
}

/** Whether a round is still to come, or is going on. */
function isOpen({ terms, closed, rounds }: Task): boolean {
  const isExhausted = rounds.length >= terms.rounds && rounds.at(-1)?.ended !== undefined;
  return (TAB_MODES as readonly string[]).includes(terms.mode) && closed === undefined && !isExhausted;
}

function idOf(text: string | null): bigint | undefined {
  return text !== null && /^\d{1,20}$/.test(text) ? BigInt(text) : undefined;
}
