"use client";
/** What a dispute comes down to: which number, of what, what was claimed and what the chain found. */
import { binary32Text } from "@cairn/trainer/audit/dispute/binary32Text";
import { Address } from "../../components/Address.tsx";
import { useAccountAddress } from "../../components/account.ts";
import { formatNumber } from "../../components/format.ts";
import { Panel } from "../../components/Panel.tsx";
import { Properties } from "../../components/Stat.tsx";
import type { Dispute } from "../../index/types.ts";
import { disputes as catalogue } from "../../messages/disputes.ts";
import { useLanguage, useTexts } from "../../messages/useTexts.ts";
import { useSettled } from "./useSettled.ts";

export function Verdict({ dispute }: { readonly dispute: Dispute }) {
  const t = useTexts(catalogue);
  const [language] = useLanguage();
  const settled = useSettled(dispute);
  const { updates, moves } = dispute;
  const place = moves.findLast((move) => move.place.claimed !== undefined)?.place;
  if (updates.length === 0 && place === undefined) return null;
  const count = (value: number): string => formatNumber(value, language);
  const { step, tensor, element = 0, claimed } = place ?? {};
  const where =
    tensor === undefined
      ? t.elementOfStep(count(element), count(step ?? 0))
      : t.elementOfTensor(count(element), count(tensor));
  return (
    <Panel title={t.comesDownTo} note={t.comesDownToNote}>
      <Properties
        rows={[
          updates.length > 0 ? [t.meanOf, <Weights key="mean" dispute={dispute} />] : undefined,
          place && [t.element, where],
          place && [t.claimed, <Figure key="claimed">{binary32Text(claimed ?? 0)}</Figure>],
          settled && [t.ran, <Figure key="ran">{settled.text}</Figure>],
          settled?.result === undefined
            ? undefined
            : [t.right, <Figure key="right">{binary32Text(settled.result)}</Figure>],
        ]}
      />
    </Panel>
  );
}

function Figure({ children }: { readonly children: string }) {
  return <span className="font-mono tabular-nums [overflow-wrap:anywhere]">{children}</span>;
}

function Weights({ dispute: { updates } }: { readonly dispute: Dispute }) {
  const t = useTexts(catalogue);
  const [language] = useLanguage();
  const me = useAccountAddress();
  return (
    <ol className="flex flex-col gap-1">
      {updates.map(({ trainer, sampleCount }) => (
        <li key={trainer} className="flex flex-wrap gap-x-3">
          <Address address={trainer} mine={trainer === me} />
          <span className="tabular-nums text-muted">{t.weight(formatNumber(sampleCount, language))}</span>
        </li>
      ))}
    </ol>
  );
}
