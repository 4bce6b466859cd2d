"use client";
/** What the task costs at most, how long it can take, what it asks of trainers, and what can't be changed later. */
import type { TaskParametersTerms } from "@cairn/trainer/cli/taskTerms";
import { Panel } from "../../../components/Panel.tsx";
import { Properties } from "../../../components/Stat.tsx";
import { Duration } from "../../../components/Time.tsx";
import { Amount, Bytes, Count } from "../../../components/Value.tsx";
import { create as catalogue } from "../../../messages/create.ts";
import { useTexts } from "../../../messages/useTexts.ts";
import type { Prepared } from "./prepared.ts";

export interface SummaryProps {
  readonly parameters: TaskParametersTerms;
  readonly escrowWei: bigint;
  readonly prepared: Prepared | undefined;
}

export function Summary({ parameters: p, escrowWei, prepared }: SummaryProps) {
  const t = useTexts(catalogue);
  const phases = [p.commitSeconds, p.revealSeconds, p.drawSeconds, p.auditCommitSeconds, p.auditRevealSeconds];
  const longest = [...phases, p.aggregateSeconds, p.challengeSeconds].reduce((sum, seconds) => sum + seconds, 0);
  return (
    <Panel title={t.summary}>
      <p className="mb-3 text-2xl font-semibold">
        <Amount wei={escrowWei} />
        <span className="block text-sm font-normal text-muted">{t.escrowNote}</span>
      </p>
      <Properties
        rows={[
          [t.roundAtMost, <Duration key="round" seconds={longest} />],
          [t.allAtMost, <Duration key="all" seconds={longest * p.rounds} />],
          [t.stakeNeeded, <Amount key="stake" wei={p.minStakeWei} />],
          [t.missedCost, <Amount key="missed" wei={p.missedRevealSlashWei} />],
          [t.decides, t.quorumOf(p.quorum, p.committeeSize)],
          ...(prepared === undefined
            ? []
            : ([
                [t.learnt, <Count key="learnt" value={prepared.parameterCount} />],
                [t.update, <Bytes key="update" bytes={prepared.files.weights.length} />],
                [t.steps, <Count key="steps" value={prepared.localSteps} />],
              ] as const)),
        ]}
      />
      <p className="mt-3 border-t border-line pt-3 text-sm text-muted text-pretty">{t.fixed}</p>
    </Panel>
  );
}
