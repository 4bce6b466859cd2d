"use client";
/** What a task pays, binds and may cost, in one list that also fits a narrow column. */
import type { ReactNode } from "react";
import { ModeBadge } from "../../components/chainBadges.tsx";
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
    <dl className="flex flex-col divide-y divide-line text-sm">
      <Row name={t.about.mode}>
        <ModeBadge mode={terms.mode} />
      </Row>
      <Row name={t.about.data}>{(dataset?.name ?? `${terms.datasetId}`).slice(0, 80)}</Row>
      <Row name={t.about.reward}>
        <Amount wei={terms.rewardPerUpdateWei} />
      </Row>
      <Row name={t.about.stake}>
        <Amount wei={terms.minStakeWei} />
      </Row>
      <Row name={t.about.risk} note={t.about.riskNote}>
        <Amount wei={terms.missedRevealSlashWei} />
      </Row>
      <Row name={t.about.places}>{t.about.placesOf(trainers.size, terms.maxTrainers)}</Row>
    </dl>
  );
}

interface RowProps {
  readonly name: string;
  readonly note?: string;
  readonly children: ReactNode;
}

function Row({ name, note, children }: RowProps) {
  return (
    <div className="flex flex-wrap justify-between gap-x-4 py-1.5 first:pt-0 last:pb-0">
      <dt className="text-muted">{name}</dt>
      <dd className="min-w-0 break-words text-right">{children}</dd>
      {note !== undefined && <dd className="w-full text-xs text-muted text-pretty">{note}</dd>}
    </div>
  );
}
