"use client";
/** Accepted and other updates, round by round. */
import { useMemo } from "react";
import { Chart, type Series } from "../../components/Chart.tsx";
import { Panel } from "../../components/Panel.tsx";
import type { Task } from "../../index/types.ts";
import { tasks as catalogue } from "../../messages/tasks.ts";
import { useTexts } from "../../messages/useTexts.ts";

const whole = (value: number): string => (Number.isInteger(value) ? `${value}` : "");

export function History({ task }: { readonly task: Task }) {
  const t = useTexts(catalogue);
  const { x, series, accepted, updates } = useMemo(() => {
    const done = task.rounds.filter(({ ended }) => ended !== undefined);
    const counts = done.map(({ participants }) => participants.filter(({ accepted }) => accepted === true).length);
    const others = done.map(({ participants }, i) => participants.length - counts[i]!);
    const made: readonly Series[] = [
      { name: t.chart.accepted, values: counts, format: whole },
      { name: t.chart.rejected, values: others, format: whole },
    ];
    const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);
    return {
      x: done.map(({ number }) => number),
      series: made,
      accepted: sum(counts),
      updates: sum(counts) + sum(others),
    };
  }, [task, t]);
  if (x.length === 0) return null;
  return (
    <Panel title={t.history}>
      <Chart
        summary={t.historySummary(`${x.length}`, `${accepted}`, `${updates}`)}
        xName={t.chart.round}
        x={x}
        series={series}
        height={170}
        fileName={`cairn-task-${task.id}`}
      />
    </Panel>
  );
}
