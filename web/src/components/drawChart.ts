/** Draws curves with uPlot in the theme's own colours, again when the width or the theme changes. */
import uPlot from "uplot";
import "uplot/dist/uPlot.min.css";
import type { Language } from "../messages/catalogue.ts";
import type { Series } from "./Chart.tsx";
import { formatNumber } from "./format.ts";

export interface Drawing {
  readonly x: readonly number[];
  readonly xName: string;
  readonly series: readonly Series[];
  readonly height: number;
  readonly language: Language;
}

const DASHES: readonly (readonly number[])[] = [[], [6, 4], [2, 3], [10, 3, 2, 3], [1, 5]];

/** @returns what takes it away again. */
export function drawChart(element: HTMLElement, drawing: Drawing): { destroy(): void } {
  let plot: uPlot | undefined;
  const draw = (): void => {
    plot?.destroy();
    plot = new uPlot(optionsOf(drawing, element), dataOf(drawing), element);
    plot.setLegend({ idx: drawing.x.length - 1 });
  };
  draw();
  const resized = new ResizeObserver(() => plot?.setSize({ width: widthOf(element), height: drawing.height }));
  resized.observe(element);
  const dark = matchMedia("(prefers-color-scheme: dark)");
  dark.addEventListener("change", draw);
  const themed = new MutationObserver(draw);
  themed.observe(document.documentElement, { attributes: true, attributeFilter: ["data-theme"] });
  return {
    destroy() {
      resized.disconnect();
      themed.disconnect();
      dark.removeEventListener("change", draw);
      plot?.destroy();
    },
  };
}

function dataOf({ x, series }: Drawing): uPlot.AlignedData {
  return [[...x], ...series.map(({ values }) => values.map((value) => value ?? null))] as uPlot.AlignedData;
}

function optionsOf({ x, xName, series, height, language }: Drawing, element: HTMLElement): uPlot.Options {
  const colour = (name: string): string => resolveColour(element, `var(--color-${name})`);
  const [muted, line, page] = [colour("muted"), colour("line"), colour("surface")];
  const font = `12px ${getComputedStyle(element).fontFamily}`;
  const axis = { stroke: muted, font, ticks: { show: false }, grid: { stroke: line, width: 1 } };
  const whole = (_: uPlot, marks: number[]): string[] =>
    marks.map((mark) => (Number.isInteger(mark) ? formatNumber(mark, language) : ""));
  const scaleOf = (scale: Series["scale"]): string => scale ?? "start";
  const written = (scale: string) => {
    const format = series.find((one) => scaleOf(one.scale) === scale)?.format;
    return (_: uPlot, marks: number[]): string[] => marks.map((mark) => format?.(mark) ?? "");
  };
  const hasEnd = series.some(({ scale }) => scale === "end");
  return {
    width: widthOf(element),
    height,
    cursor: { y: false, points: { size: 8 } },
    legend: { live: true },
    // nobody points at a point: the legend tells the last one
    hooks: { setCursor: [(plot) => plot.cursor.idx == null && plot.setLegend({ idx: x.length - 1 })] },
    scales: { x: { time: false, ...(x.length === 1 ? { range: [x[0]! - 1, x[0]! + 1] } : {}) } },
    axes: [
      { ...axis, grid: { show: false }, values: whole },
      { ...axis, scale: "start", values: written("start"), size: 58 },
      ...(hasEnd ? [{ ...axis, scale: "end", side: 1, grid: { show: false }, values: written("end"), size: 58 }] : []),
    ],
    series: [
      { label: xName },
      ...series.map(({ name, format, scale }, i): uPlot.Series => {
        const stroke = colour(`series-${(i % 5) + 1}`);
        return {
          label: name,
          scale: scaleOf(scale),
          stroke,
          width: 2,
          dash: [...DASHES[i % DASHES.length]!],
          points: { show: x.length <= 60, size: 6, fill: i % 2 === 0 ? stroke : page, stroke },
          value: (_, value) => (value === null ? "–" : format(value)),
        };
      }),
    ],
  };
}

/** What a colour of the style sheet is in this theme: a canvas knows no variables. */
function resolveColour(element: HTMLElement, colour: string): string {
  const probe = element.appendChild(document.createElement("i"));
  probe.style.color = colour;
  const resolved = getComputedStyle(probe).color;
  probe.remove();
  return resolved;
}

function widthOf(element: HTMLElement): number {
  return Math.max(200, element.clientWidth);
}
