/** Accuracy round by round as bars with their numbers under them. Pure. */
import type { RunState } from "../state/runState.ts";
import type { Paint } from "./render.ts";
import { padStart } from "./text.ts";

export interface ChartFrame {
  readonly width: number;
  /** Rows of the bars; one more line carries the numbers. */
  readonly rows: number;
  readonly paint: Paint;
}

/** Eighths of a cell. */
const BLOCKS = [" ", "▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"];

/** "100 % " in front of every row. Unit: columns. */
const SCALE_COLUMNS = 12;

/** A bar with room for "97.4" under it. Unit: columns. */
const WIDE_BAR = 6;

/**
 * @returns `rows + 1` lines: bars from 0 to 100 %, and under them each round's accuracy in per cent. Where all rounds of
 *   the task don't fit at that width the bars are one column wide, the latest rounds only, and the last number alone.
 */
export function accuracyChart({ rounds, task }: RunState, { width, rows, paint }: ChartFrame): string[] {
  const room = width - SCALE_COLUMNS;
  const planned = Math.max(task?.rounds ?? 0, rounds.length);
  const wide = planned * WIDE_BAR <= room;
  const bar = wide ? WIDE_BAR : planned * 2 <= room ? 2 : 1;
  const shown = rounds.slice(-Math.floor(room / bar)).map(({ accuracy }) => accuracy);
  const lines = Array.from({ length: rows }, (_, i) => {
    const label = i === 0 ? "accuracy 100" : i === rows - 1 ? "0" : "";
    const cells = shown.map((accuracy) => ` ${cell(accuracy, rows - 1 - i, rows).repeat(bar - 1)}`.slice(-bar));
    return `${paint("dim", padStart(label, SCALE_COLUMNS))}${paint("cyan", cells.join("").trimEnd())}`;
  });
  const known = shown.filter((accuracy) => accuracy !== undefined);
  const numbers = wide
    ? shown.map((accuracy) => padStart(accuracy === undefined ? "…" : percent(accuracy), WIDE_BAR)).join("")
    : ` now ${known.length === 0 ? "…" : `${percent(known.at(-1)!)} %`}`;
  return [...lines, `${paint("dim", padStart("%", SCALE_COLUMNS))}${numbers}`];
}

/** The part of a bar in the row that is `above` rows from the bottom. A round without a figure yet is a dot. */
function cell(accuracy: number | undefined, above: number, rows: number): string {
  if (accuracy === undefined) return above === 0 ? "·" : " ";
  const eighths = Math.round(accuracy * rows * 8) - above * 8;
  return BLOCKS[Math.max(0, Math.min(8, eighths))]!;
}

function percent(share: number): string {
  return (100 * share).toFixed(1);
}
