"use client";
/** Reputation, change by change. */
import { useMemo } from "react";
import { Chart, type Series } from "../../components/Chart.tsx";
import { formatPercent } from "../../components/format.ts";
import { Panel } from "../../components/Panel.tsx";
import type { Node } from "../../index/types.ts";
import { trainers as catalogue } from "../../messages/trainers.ts";
import { useLanguage, useTexts } from "../../messages/useTexts.ts";

export function ReputationCurve({ node }: { readonly node: Node }) {
  const t = useTexts(catalogue);
  const [language] = useLanguage();
  const { x, series } = useMemo(() => {
    const curve: Series = {
      name: t.columns.reputation,
      values: node.reputation.map(({ reputationNano }) => reputationNano / 1e9),
      format: (share) => formatPercent(share, language),
    };
    return { x: node.reputation.map((_, i) => i + 1), series: [curve] };
  }, [node, t, language]);
  return (
    <Panel title={t.reputationTitle} note={t.reputationHow}>
      {x.length === 0 ? (
        <p className="text-sm text-muted">{t.reputationNew}</p>
      ) : (
        <Chart
          summary={t.reputationSummary(`${x.length}`, formatPercent(node.reputationNano / 1e9, language))}
          xName={t.change}
          x={x}
          series={series}
          height={170}
          fileName={`cairn-reputation-${node.address}`}
        />
      )}
    </Panel>
  );
}
