/** Curves in a text: lines of braille dots, four high and two wide a cell, with marks over them. Pure. */
import type { Format, Paint } from "../output.ts";

export interface Point {
  readonly x: number;
  readonly y: number;
}

export interface Series {
  /** In rising order of x. */
  readonly points: readonly Point[];
  /** A character instead of dots, so that two series differ without colour. */
  readonly mark?: string;
  readonly format: Format;
}

export interface CurveFrame {
  /** Columns of the whole, labels included. */
  readonly width: number;
  /** Rows of the plot; one more line carries the labels of x. */
  readonly rows: number;
  readonly paint: Paint;
  readonly xMax: number;
  /** Label of a value of y. */
  readonly yText: (value: number) => string;
}

/** A braille character is U+2800 plus one bit a dot; rows from the top, columns from the left. */
const BRAILLE = 0x2800;
const DOT_BITS = [
  [0x01, 0x08],
  [0x02, 0x10],
  [0x04, 0x20],
  [0x40, 0x80],
] as const;

/** @returns `rows + 1` lines; the scale of y fits all points that are finite. Without any point an empty plot. */
export function curve(series: readonly Series[], frame: CurveFrame): string[] {
  const { width, rows, paint, xMax, yText } = frame;
  const { min, max } = rangeOf(series);
  const labels = axisLabels({ min, max, rows, yText });
  const label = Math.max(...labels.map(({ length }) => length));
  const columns = Math.max(4, width - label - 1);
  const cells = Array.from({ length: rows }, () => new Array<string>(columns).fill(" "));
  const place = { columns, rows, xMax: Math.max(1, xMax), min, max };
  for (const { points, mark, format } of series) {
    if (mark === undefined) drawDots(cells, points, place, (text) => paint(format, text));
    else for (const point of points) drawMark(cells, point, place, paint(format, mark));
  }
  const lines = cells.map((row, i) => {
    const tick = labels[i] === "" ? "│" : "┤";
    return paint("dim", `${labels[i]!.padStart(label)}${tick}`) + row.join("").trimEnd();
  });
  return [...lines, paint("dim", " ".repeat(label + 1) + spread("0", xMax.toLocaleString("en-US"), columns))];
}

interface Place {
  readonly columns: number;
  readonly rows: number;
  readonly xMax: number;
  readonly min: number;
  readonly max: number;
}

function rangeOf(series: readonly Series[]): { min: number; max: number } {
  const values = series.flatMap(({ points }) => points.map(({ y }) => y)).filter(Number.isFinite);
  if (values.length === 0) return { min: 0, max: 1 };
  const min = values.reduce((a, b) => Math.min(a, b));
  const max = values.reduce((a, b) => Math.max(a, b));
  return min === max ? { min: min - Math.abs(min || 1) / 10, max: max + Math.abs(max || 1) / 10 } : { min, max };
}

/** Top, bottom, and the middle where it has a row of its own. */
function axisLabels({ min, max, rows, yText }: Pick<CurveFrame, "rows" | "yText"> & { min: number; max: number }) {
  const middle = rows % 2 === 1 && rows >= 5 ? (rows - 1) / 2 : -1;
  return Array.from({ length: rows }, (_, row) => {
    if (row === 0) return yText(max);
    if (row === rows - 1) return yText(min);
    return row === middle ? yText((min + max) / 2) : "";
  });
}

/** Dots column by column: the mean of the points that fall there, joined to the column before. */
function drawDots(cells: string[][], points: readonly Point[], place: Place, color: (text: string) => string): void {
  const bits = cells.map((row) => new Uint8Array(row.length));
  const wide = 2 * place.columns;
  const sums = new Float64Array(wide);
  const counts = new Uint32Array(wide);
  for (const { x, y } of points) {
    const at = Math.min(wide - 1, Math.max(0, Math.round((x / place.xMax) * (wide - 1))));
    if (!Number.isFinite(y)) continue;
    sums[at]! += y;
    counts[at]!++;
  }
  const set = (x: number, y: number): void => {
    bits[y >> 2]![x >> 1]! |= DOT_BITS[y & 3]![x & 1]!;
  };
  let before: { readonly x: number; readonly y: number } | undefined;
  for (let x = 0; x < wide; x++) {
    if (counts[x] === 0) continue;
    const dot = { x, y: dotRow(sums[x]! / counts[x]!, place) };
    if (before === undefined) set(dot.x, dot.y);
    else join(before, dot, set);
    before = dot;
  }
  bits.forEach((row, y) => {
    row.forEach((byte, x) => {
      if (byte !== 0) cells[y]![x] = color(String.fromCharCode(BRAILLE + byte));
    });
  });
}

/** Sets the dots between two, without gaps in either direction. */
function join(from: Point, to: Point, set: (x: number, y: number) => void): void {
  const steps = Math.max(to.x - from.x, Math.abs(to.y - from.y), 1);
  for (let i = 0; i <= steps; i++) {
    set(Math.round(from.x + ((to.x - from.x) * i) / steps), Math.round(from.y + ((to.y - from.y) * i) / steps));
  }
}

function drawMark(cells: string[][], { x, y }: Point, place: Place, mark: string): void {
  if (!Number.isFinite(y)) return;
  const column = Math.min(place.columns - 1, Math.max(0, Math.round((x / place.xMax) * (place.columns - 1))));
  cells[dotRow(y, place) >> 2]![column] = mark;
}

/** Row of the dot for `y`, counted from the top. */
function dotRow(y: number, { rows, min, max }: Place): number {
  const dots = 4 * rows - 1;
  return Math.min(dots, Math.max(0, Math.round(((max - y) / (max - min)) * dots)));
}

function spread(left: string, right: string, width: number): string {
  return left + right.padStart(Math.max(0, width - left.length));
}
