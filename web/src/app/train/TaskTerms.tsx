"use client";
/** What a task pays, binds and may cost, in one list. */
import { Properties } from "../../components/Stat.tsx";
import { Amount } from "../../components/Value.tsx";
import { useDataset } from "../../index/hooks.ts";
import type { Task } from "../../index/types.ts";
import { train as catalogue } from "../../messages/train.ts";
import { useTexts } from "../../messages/useTexts.ts";

export function TaskTerms({ task }: { readonly task: Task }) {
  const t = useTexts(catalogue);
  const { terms, trainers } = task;
  const dataset = useDataset(terms.datasetId);
  return (
    <Properties
      rows={[
        [t.about.data, (dataset?.name ?? `${terms.datasetId}`).slice(0, 80)],
        [t.about.reward, <Amount key="reward" wei={terms.rewardPerUpdateWei} />],
        [t.about.stake, <Amount key="stake" wei={terms.minStakeWei} />],
        [
          t.about.risk,
          <span key="risk">
            <Amount wei={terms.missedRevealSlashWei} />
            <span className="block text-xs text-muted text-pretty">{t.about.riskNote}</span>
          </span>,
        ],
        [t.about.places, t.about.placesOf(trainers.size, terms.maxTrainers)],
      ]}
    />
  );
}
