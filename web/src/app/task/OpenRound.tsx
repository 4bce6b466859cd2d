"use client";
/** Between two rounds: what the next one waits for, and who may open it (anybody). */
import { taskState } from "../../components/round/taskState.ts";
import type { Task } from "../../index/types.ts";
import { tasks as catalogue } from "../../messages/tasks.ts";
import { useTexts } from "../../messages/useTexts.ts";
import { TxButton } from "../../transactions/TxButton.tsx";

export function OpenRound({ task }: { readonly task: Task }) {
  const t = useTexts(catalogue);
  const state = taskState(task);
  if (state === "running") return null;
  if (state === "over") return <p className="text-sm text-muted">{t.overText}</p>;
  const isEnough = task.trainers.size >= task.terms.minTrainers;
  const least = t.noRound(`${task.terms.minTrainers}`);
  return (
    <div className="flex flex-wrap items-center justify-between gap-3 text-sm">
      <p className="text-muted">{task.rounds.length === 0 ? least : t.between}</p>
      <TxButton
        size="small"
        kind="secondary"
        blocked={isEnough ? undefined : least}
        spec={{
          kind: "openRound",
          subject: { task: `${task.id}` },
          call: { contract: "flContract", functionName: "openRound", args: [task.id] },
        }}
      >
        {t.open}
      </TxButton>
    </div>
  );
}
