"use client";
/** What became of this tab's rounds. */
import { Hash } from "../../components/Address.tsx";
import { Badge, type Tone } from "../../components/Badge.tsx";
import { formatNumber } from "../../components/format.ts";
import type { IconName } from "../../components/Icon.tsx";
import { type Column, Table } from "../../components/Table.tsx";
import { train as catalogue } from "../../messages/train.ts";
import { useLanguage, useTexts } from "../../messages/useTexts.ts";
import type { PastRound } from "../../training/loop/trainingState.ts";
import { deviceText } from "./deviceText.ts";

const LOOKS: Readonly<Record<PastRound["outcome"], readonly [Tone, IconName]>> = {
  accepted: ["success", "check"],
  rejected: ["danger", "cross"],
  failed: ["warning", "alert"],
  none: ["neutral", "minus"],
};

export function PastRounds({ past }: { readonly past: readonly PastRound[] }) {
  const t = useTexts(catalogue);
  const [language] = useLanguage();
  if (past.length === 0) return <p className="text-sm text-muted">{t.live.noPast}</p>;
  const columns: readonly Column<PastRound>[] = [
    { key: "round", header: t.live.round, cell: ({ round }) => round, sortBy: ({ round }) => round, isName: true },
    {
      key: "outcome",
      header: t.live.outcome,
      cell: ({ outcome }) => (
        <Badge tone={LOOKS[outcome][0]} icon={LOOKS[outcome][1]}>
          {t.live.outcomes[outcome]}
        </Badge>
      ),
    },
    {
      key: "loss",
      header: t.live.loss,
      align: "end",
      cell: ({ loss }) => (loss === undefined ? "–" : formatNumber(loss, language, { maximumFractionDigits: 4 })),
      sortBy: ({ loss }) => loss,
    },
    {
      key: "seconds",
      header: t.live.seconds,
      align: "end",
      cell: ({ seconds }) =>
        seconds === undefined
          ? "–"
          : formatNumber(seconds, language, { style: "unit", unit: "second", maximumFractionDigits: 1 }),
      sortBy: ({ seconds }) => seconds,
    },
    {
      key: "device",
      header: t.live.device,
      cell: ({ device }) => (device === undefined ? "–" : deviceText(t, device)),
    },
    {
      key: "update",
      header: t.live.update,
      cell: ({ digest }) => (digest === undefined ? "–" : <Hash hash={digest} />),
    },
  ];
  return <Table caption={t.live.pastCaption} columns={columns} rows={past} rowKey={({ round }) => `${round}`} />;
}
