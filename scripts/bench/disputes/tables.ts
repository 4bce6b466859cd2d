/** The figures as tables of Markdown. Pure. */
import type { DisputeFigures } from "./play.ts";
import type { TraceFigure } from "./trace.ts";

export function summaryTable(disputes: readonly DisputeFigures[]): string {
  return table(
    [
      "dispute over",
      "honest side won",
      "moves",
      "gas challenger",
      "gas defender",
      "leaf",
      "leaf, proven",
      "seconds",
      "challenger / replay",
    ],
    disputes.map((figures) => [
      figures.title,
      `${figures.honestWins} of ${figures.games}`,
      `${figures.moves}`,
      ...[figures.gas.challenger, figures.gas.defender, figures.leafGas, figures.provenLeafGas].map(grouped),
      figures.seconds.toFixed(1),
      figures.challengerPerReplay.toFixed(2),
    ]),
  );
}

export function gasTable(disputes: readonly DisputeFigures[]): string {
  const names = [...new Set(disputes.flatMap(({ gasByMove }) => Object.keys(gasByMove)))];
  return table(
    ["median gas of a move", ...disputes.map(({ title }) => title)],
    names.map((name) => [
      `\`${name}\``,
      ...disputes.map(({ gasByMove }) => (gasByMove[name] === undefined ? "–" : grouped(gasByMove[name]))),
    ]),
  );
}

export function traceTable(traces: readonly TraceFigure[]): string {
  return table(
    ["trace of", "leaves", "training, s", "hashing / training"],
    traces.map(({ title, leaves, trainSeconds, overhead }) => {
      return [title, `${leaves}`, trainSeconds.toFixed(2), `${(100 * overhead).toFixed(2)} %`];
    }),
  );
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string => `| ${cells.join(" | ")} |`;
  return [line(head), line(head.map(() => "---")), ...rows.map(line)].join("\n");
}

function grouped(gas: number): string {
  return gas.toLocaleString("en-GB");
}
