"use client";
import { Hash } from "../../components/Address.tsx";
/** What a round pays and costs, and what came of it. */
import { ButtonLink } from "../../components/Button.tsx";
import { links } from "../../components/links.ts";
import { Panel } from "../../components/Panel.tsx";
import { FAULT_DIVISORS } from "../../components/round/duty.ts";
import { bookedWei } from "../../components/round/verdictOf.ts";
import { Properties } from "../../components/Stat.tsx";
import { Amount, Bytes } from "../../components/Value.tsx";
import type { Round, Task, TaskTerms } from "../../index/types.ts";
import { useSeatStake } from "../../index/useView.ts";
import { rounds } from "../../messages/rounds.ts";
import { useTexts } from "../../messages/useTexts.ts";

export function Money({ terms, round }: { readonly terms: TaskTerms; readonly round: Round }) {
  const { money: t } = useTexts(rounds);
  const seatStakeWei = useSeatStake();
  return (
    <Panel title={t.title}>
      <Properties
        rows={[
          [t.perUpdate, <Amount key="u" wei={terms.rewardPerUpdateWei} />],
          [t.perVerdict, <Amount key="v" wei={terms.rewardPerVerdictWei} />],
          [t.paid, <Amount key="p" wei={bookedWei(round)} />],
          [t.missedReveal, <Amount key="m" wei={terms.missedRevealSlashWei} />],
          [t.silence, <Amount key="s" wei={(seatStakeWei ?? 0n) / FAULT_DIVISORS.silence} />],
          [t.plant, <Amount key="f" wei={(seatStakeWei ?? 0n) / FAULT_DIVISORS.plant} />],
        ]}
      />
    </Panel>
  );
}

export function Outcome({ task, round }: { readonly task: Task; readonly round: Round }) {
  const { result: t } = useTexts(rounds);
  const { agreed, proposals, quorum, publishedVersion } = round;
  if (agreed === undefined && proposals.length === 0) return null;
  return (
    <Panel title={t.title}>
      {agreed !== undefined ? (
        <p className="flex flex-wrap items-center gap-x-2 text-sm">
          <span className="text-muted">{t.agreed}</span>
          <Hash hash={agreed.weights.digest} />
          <Bytes bytes={agreed.weights.byteLength} />
        </p>
      ) : (
        <ul className="flex flex-col gap-1 text-sm">
          {proposals.map(({ weights, attestations }) => (
            <li key={weights.digest} className="flex flex-wrap items-center gap-x-2">
              <span className="text-muted">{t.proposals}</span>
              <Hash hash={weights.digest} />
              <span>{t.attestations(`${attestations}`, `${quorum}`)}</span>
            </li>
          ))}
        </ul>
      )}
      {publishedVersion > 0 && (
        <ButtonLink
          href={`${links.tryModel(task.terms.modelId)}&version=${publishedVersion}`}
          size="small"
          icon="pen"
          className="mt-3"
        >
          {t.tryIt}
        </ButtonLink>
      )}
    </Panel>
  );
}
