/** A curve as inline SVG, readable in light and dark: axes with a few round numbers, one line. Pure. */

export interface Point {
  readonly x: number;
  readonly y: number;
}

export interface CurveOptions {
  /** Values are shares of 1 and are shown in per cent. */
  readonly isShare: boolean;
}

const WIDTH = 720;
const HEIGHT = 220;
const MARGIN = { left: 56, right: 12, top: 10, bottom: 26 };
const TICKS = 4;

/** @param points at least one, finite, x rising. */
export function curveSvg(points: readonly Point[], { isShare }: CurveOptions): string {
  const [lowest, highest] = extent(points.map(({ y }) => y));
  const [first, last] = extent(points.map(({ x }) => x));
  const across = (x: number): number => scaled(x, first, last, MARGIN.left, WIDTH - MARGIN.right);
  const up = (y: number): number => scaled(y, lowest, highest, HEIGHT - MARGIN.bottom, MARGIN.top);
  const text = (y: number): string => (isShare ? `${(100 * y).toFixed(1)} %` : shortNumber(y));
  const levels = Array.from({ length: TICKS + 1 }, (_, i) => lowest + ((highest - lowest) * i) / TICKS);
  const grid = levels.map((y) => {
    const at = up(y).toFixed(1);
    const line = `<line x1="${MARGIN.left}" x2="${WIDTH - MARGIN.right}" y1="${at}" y2="${at}" stroke="#8884"/>`;
    return `${line}<text x="${MARGIN.left - 6}" y="${at}" text-anchor="end" dominant-baseline="middle">${text(y)}</text>`;
  });
  const ends = [first, last].map((x, i) => {
    const anchor = i === 0 ? "start" : "end";
    return `<text x="${across(x).toFixed(1)}" y="${HEIGHT - 8}" text-anchor="${anchor}">round ${x}</text>`;
  });
  const steps = points.map(({ x, y }, i) => `${i === 0 ? "M" : "L"}${across(x).toFixed(1)} ${up(y).toFixed(1)}`);
  const path = `<path d="${steps.join("")}" fill="none" stroke-width="2" stroke-linejoin="round" stroke-linecap="round"/>`;
  const summary = `from ${text(points[0]!.y)} to ${text(points.at(-1)!.y)}`;
  return `<svg viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img" aria-label="${summary}">${grid.join("")}${ends.join("")}${path}</svg>`;
}

function extent(values: readonly number[]): [number, number] {
  const lowest = values.reduce((least, value) => Math.min(least, value), Number.POSITIVE_INFINITY);
  const highest = values.reduce((most, value) => Math.max(most, value), Number.NEGATIVE_INFINITY);
  return [lowest, highest];
}

/** A curve of one value stands in the middle. */
function scaled(value: number, from: number, to: number, start: number, end: number): number {
  return to === from ? (start + end) / 2 : start + ((value - from) / (to - from)) * (end - start);
}

function shortNumber(value: number): string {
  return Math.abs(value) >= 1_000 || (value !== 0 && Math.abs(value) < 0.001)
    ? value.toExponential(1)
    : value.toPrecision(3);
}
