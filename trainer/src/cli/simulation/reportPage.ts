/** The report of a simulation as one HTML page without scripts or outside files. Pure. */
import type { RoundRecord } from "../../simulation/simulate.ts";
import { curveSvg } from "./curveSvg.ts";
import { numbersOf } from "./roundTable.ts";
import type { ContributionReport } from "./worth.ts";

export interface ReportContent {
  readonly title: string;
  /** What it was, in pairs of a name and a value. */
  readonly facts: readonly (readonly [string, string])[];
  readonly records: readonly RoundRecord[];
  readonly contribution?: ContributionReport | undefined;
  /** The plan as it stands on chain, for people who want to run it. */
  readonly plan: object;
}

const CURVES = {
  accuracy: "Accuracy on the test split",
  loss: "Loss on the test split",
  backdoorSuccess: "Images with the patch taken for the backdoor's class",
  trainingLoss: "Loss of the honest trainers' steps",
  medianNorm: "Median norm of the updates",
  modelledSeconds: "Seconds a round by the network model",
} as const;

const STYLE = `
:root { color-scheme: light dark; --line: #2563eb; --quiet: #6b7280; }
body { font: 16px/1.5 system-ui, sans-serif; max-width: 60rem; margin: 2rem auto; padding: 0 1rem; }
dl { display: grid; grid-template-columns: max-content 1fr; gap: .25rem 1rem; } dt { color: var(--quiet); } dd { margin: 0; }
figure { margin: 1.5rem 0; } figcaption { font-weight: 600; } svg { width: 100%; height: auto; }
svg text { fill: var(--quiet); font: 12px system-ui, sans-serif; } svg path { stroke: var(--line); }
table { border-collapse: collapse; width: 100%; font-variant-numeric: tabular-nums; }
th, td { text-align: right; padding: .2rem .6rem; border-bottom: 1px solid #8884; } th:first-child, td:first-child { text-align: left; }
pre { overflow-x: auto; background: #8881; padding: 1rem; border-radius: .5rem; }
`;

export function reportPage({ title, facts, records, contribution, plan }: ReportContent): string {
  const figures = Object.entries(CURVES).flatMap(([name, caption]) => {
    const points = records.flatMap((record) => {
      const value = numbersOf(record)[name] ?? null;
      return value === null ? [] : [{ x: record.round, y: value }];
    });
    if (points.length === 0) return [];
    return [
      `<figure><figcaption>${caption}</figcaption>${curveSvg(points, { isShare: SHARES.includes(name) })}</figure>`,
    ];
  });
  return [
    `<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">`,
    `<title>${escapeHtml(title)}</title><style>${STYLE}</style></head><body>`,
    `<h1>${escapeHtml(title)}</h1>`,
    `<dl>${facts.map(([name, value]) => `<dt>${escapeHtml(name)}</dt><dd>${escapeHtml(value)}</dd>`).join("")}</dl>`,
    ...figures,
    contribution === undefined ? "" : contributionTable(contribution),
    roundsTable(records),
    `<h2>Plan</h2><pre>${escapeHtml(JSON.stringify(plan, null, 2))}</pre>`,
    "</body></html>\n",
  ].join("\n");
}

const SHARES: readonly string[] = ["accuracy", "backdoorSuccess"];

function contributionTable({ method, metric, trainers, copies }: ContributionReport): string {
  const rows = trainers.map(
    ({ number, worth, isBad }) =>
      `<tr><td>${number}${isBad ? " (bad)" : ""}</td><td>${worth.toFixed(5)}</td><td>${copies[number] ?? ""}</td></tr>`,
  );
  const how = method === "leaveOneOut" ? "leaving each out once" : "sampled Shapley values";
  return [
    `<h2>What each trainer of the last round was worth</h2><p>In ${escapeHtml(metric)}, by ${how}.</p>`,
    "<table><thead><tr><th>trainer</th><th>worth</th><th>repeats</th></tr></thead>",
    `<tbody>${rows.join("")}</tbody></table>`,
  ].join("");
}

function roundsTable(records: readonly RoundRecord[]): string {
  const rows = records.map((record) => {
    const { evaluation, arrived, drawn, failed } = record;
    const accuracy = evaluation?.accuracy === undefined ? "" : `${(100 * evaluation.accuracy).toFixed(2)} %`;
    const loss = evaluation?.loss?.toFixed(4) ?? "";
    const cells = [
      record.round,
      accuracy,
      loss,
      `${arrived} of ${drawn}`,
      failed ?? "",
      record.weightsDigest.slice(0, 18),
    ];
    return `<tr>${cells.map((cell) => `<td>${escapeHtml(`${cell}`)}</td>`).join("")}</tr>`;
  });
  const head = ["round", "accuracy", "loss", "arrived", "failed", "weights"].map((name) => `<th>${name}</th>`).join("");
  return `<h2>Rounds</h2><table><thead><tr>${head}</tr></thead><tbody>${rows.join("")}</tbody></table>`;
}

function escapeHtml(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;").replaceAll('"', "&quot;");
}
