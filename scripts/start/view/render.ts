/**
 * The live view: a run's state as lines of a terminal. Pure, so that every screen can be tested and drawn as a picture.
 *
 * State is always a word or a glyph; colour repeats it. Nobody is called a liar before the verdicts say so.
 */
import { styleText } from "node:util";
import type { Phase } from "../../../trainer/src/protocol/contractEnums.ts";
import type { RoundState, RunState } from "../state/runState.ts";
import { accuracyChart } from "./accuracyChart.ts";
import { participantTable } from "./participantTable.ts";
import { clock, cut, padEnd, widthOf, wrap } from "./text.ts";

export interface Screen {
  readonly columns: number;
  readonly rows: number;
  readonly colour: boolean;
  /** Since the demo began. Unit: milliseconds. */
  readonly nowMs: number;
}

export type Paint = (format: Parameters<typeof styleText>[0], text: string) => string;

/** Below this only the news is shown. Unit: columns, rows. The phase strip alone takes 76 columns. */
const LEAST = { columns: 78, rows: 16 } as const;

/** A wider view only spreads. Unit: columns. */
const MOST_COLUMNS = 110;

/** Rows of news that are worth more than further rows of the chart. */
const NEWS_ROWS = 4;

/** @returns at most `rows` lines of at most `columns` columns each. */
export function render(state: RunState, { columns, rows, colour, nowMs }: Screen): string[] {
  const paint = painter(colour);
  if (columns < LEAST.columns || rows < LEAST.rows) return renderSmall(state, { columns, rows, nowMs });
  const width = Math.min(columns, MOST_COLUMNS);
  const round = state.rounds.at(-1);
  const top = [...header(state, { width, nowMs, paint }), "", phaseStrip(round, { width, nowMs, paint }), ""];
  const table = participantTable(state, { width, rows: rows - top.length - 8, paint });
  const left = rows - top.length - table.length - 2;
  const chartRows = Math.max(2, Math.min(10, left - NEWS_ROWS - 2));
  const chart = state.rounds.length === 0 ? [] : ["", ...accuracyChart(state, { width, rows: chartRows, paint })];
  const newsRows = Math.max(0, rows - top.length - table.length - chart.length - 1);
  return [...top, ...table, ...chart, "", ...news(state, newsRows, width, paint)].slice(0, rows);
}

/** @returns a function that colours text, or leaves it alone. */
export function painter(colour: boolean): Paint {
  return (format, text) => (colour ? styleText(format, text, { validateStream: false }) : text);
}

function renderSmall(state: RunState, { columns, rows, nowMs }: Omit<Screen, "colour">): string[] {
  const round = state.rounds.at(-1);
  const where = round === undefined ? state.stage : `round ${round.round} ${round.phase}`;
  const lines = [`Cairn ${clock(nowMs)} ${where}`, ...state.notes.slice(2 - rows).map(({ text }) => text)];
  return lines.slice(0, Math.max(1, rows - 1)).map((line) => cut(line, columns));
}

interface Frame {
  readonly width: number;
  readonly nowMs: number;
  readonly paint: Paint;
}

function header({ task, chain, siteUrl, rounds, stage }: RunState, { width, nowMs, paint }: Frame): string[] {
  const onChain = chain === undefined ? "" : `chain ${chain.chainId} at ${chain.rpcUrl.replace("http://", "")}`;
  const right = siteUrl ?? onChain; // the dApp tells where the chain is
  const title = "Cairn · one model, trained by processes that don't trust each other";
  const round = rounds.at(-1)?.round ?? 0;
  const facts =
    task === undefined
      ? [stage]
      : [`task ${task.task}`, task.mode, `data ${task.data}`, `round ${round} of ${task.rounds}`];
  const all = [...facts, right].filter(Boolean).join(" · ");
  const second = widthOf(all) <= width - 7 ? all : cut(facts.join(" · "), width - 7);
  return [paint("bold", cut(title, width)), `${paint("dim", padEnd(second, width - 6))}${clock(nowMs).padStart(6)}`];
}

/** The two audit phases are shown as one: a reader wants to know that auditors are at work. */
const STEPS: readonly { readonly name: string; readonly phases: readonly Phase[] }[] = [
  { name: "Commit", phases: ["Commit"] },
  { name: "Reveal", phases: ["Reveal"] },
  { name: "Draw", phases: ["Draw"] },
  { name: "Audit", phases: ["AuditCommit", "AuditReveal"] },
  { name: "Aggregate", phases: ["Aggregate"] },
  { name: "Challenge", phases: ["Challenge"] },
  { name: "Final", phases: ["Final"] },
];

function phaseStrip(round: RoundState | undefined, { width, nowMs, paint }: Frame): string {
  const current = STEPS.findIndex(({ phases }) => round !== undefined && phases.includes(round.phase));
  const steps = STEPS.map(({ name }, i) => {
    if (round?.phase === "Failed" || current === -1) return paint("dim", name);
    if (i < current || round?.phase === "Final") return paint("green", `✔ ${name}`);
    return i === current ? paint(["bold", "cyan"], `[${name}]`) : paint("dim", name);
  });
  const strip = steps.join(paint("dim", " ▸ "));
  if (round?.phase === "Failed") return `${strip}  ${paint(["bold", "red"], "✖ failed")}`;
  if (round === undefined) return strip;
  const since = round.entered.at(-1)?.atMs ?? round.openedAtMs;
  const seconds = `${((nowMs - since) / 1000).toFixed(1)} s`;
  return widthOf(strip) + seconds.length + 2 > width ? strip : `${strip}  ${paint("dim", seconds)}`;
}

function news({ notes }: RunState, rows: number, width: number, paint: Paint): string[] {
  if (rows === 0) return []; // slice(-0) would give all
  const lines = notes.slice(-rows).flatMap(({ atMs, text }) => {
    const [first = "", ...more] = wrap(text, width - 7);
    const time = paint("dim", clock(atMs).padStart(5));
    return [`${time}  ${first}`, ...more.map((line) => `       ${line}`)];
  });
  return lines.slice(-rows);
}
