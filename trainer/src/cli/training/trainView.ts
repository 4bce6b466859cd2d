/** A training on one screen: what, how far, two curves, and the figures. Pure. */
import type { Paint } from "../output.ts";
import { bar } from "../table.ts";
import { cutLine, widthOf } from "../terminalView.ts";
import { durationText } from "../timeText.ts";
import { curve, type Series } from "./curve.ts";
import { countText, lossText, rateText, shareText, speedText } from "./figures.ts";
import type { TrainState } from "./trainState.ts";

/** Whether it goes on, was told to finish, or is over. */
export type Phase = "training" | "finishing" | "over";

export interface Frame {
  readonly columns: number;
  readonly rows: number;
  readonly paint: Paint;
  readonly phase: Phase;
}

/** Lines beside the plots: title, engine, progress, blank, heading, axis, blank, two of figures, and the cursor's. */
const OTHER_ROWS = 10;
const MIN_PLOT_ROWS = 4;
/** A taller curve says no more. */
const MAX_PLOT_ROWS = 15;
/** Narrower than this there is one curve. */
const TWO_PLOTS_COLUMNS = 70;
const GAP = 2;
const MAX_COLUMNS = 140;

/** @returns lines that fit the frame. */
export function trainView(state: TrainState, frame: Frame): string[] {
  const columns = Math.min(frame.columns - 1, MAX_COLUMNS);
  const lines = [
    ...heading(state, frame.paint),
    progressLine(state, { ...frame, columns }),
    ...(frame.rows < OTHER_ROWS + MIN_PLOT_ROWS ? [] : ["", ...plots(state, { ...frame, columns }), ""]),
    ...figures(state, { ...frame, columns }),
  ];
  return lines.map((line) => cutLine(line, columns));
}

function heading({ facts }: TrainState, paint: Paint): string[] {
  const { data, architecture, parameterCount, optimiser, engine, batchSize } = facts;
  const rest = ` · ${architecture} · ${countText(parameterCount)} parameters · ${optimiser} · batches of ${batchSize}`;
  return [paint("bold", data) + rest, paint("dim", engine)];
}

const PHASE_TEXT: Readonly<Record<Phase, string>> = {
  training: "Ctrl-C stops and keeps it",
  finishing: "finishing this step …",
  over: "",
};

function progressLine(state: TrainState, { columns, paint, phase }: Frame): string {
  const { facts, step } = state;
  const { steps, epochSteps } = facts;
  const share = step / steps;
  const left = `step ${countText(step).padStart(countText(steps).length)} of ${countText(steps)}`;
  const right = `${Math.floor(100 * share)} % · epoch ${(step / epochSteps).toFixed(1)} · ${timeText(state, phase)}`;
  const room = Math.max(4, columns - left.length - right.length - 4);
  return `${left}  ${paint("green", bar(share, room, "·"))}  ${right}`;
}

function timeText({ facts, step, secondsLeft, evaluatedShare }: TrainState, phase: Phase): string {
  if (phase === "over") return step >= facts.steps ? "done" : "stopped";
  if (evaluatedShare !== undefined) return `validating ${Math.floor(100 * evaluatedShare)} %`;
  if (step >= facts.steps) return "done";
  return secondsLeft === undefined ? "…" : `${durationText(secondsLeft)} left`;
}

function plots(state: TrainState, { columns, rows, paint }: Frame): string[] {
  const { step, facts, accuracies } = state;
  const plotRows = Math.min(MAX_PLOT_ROWS, rows - OTHER_ROWS);
  const isDouble = columns >= TWO_PLOTS_COLUMNS && facts.hasAccuracy;
  const width = isDouble ? Math.floor((columns - GAP) / 2) : columns;
  const size = { width, rows: plotRows, paint, xMax: scaleOf(step, facts.steps) };
  const losses: Series[] = [
    { points: state.losses, format: "cyan" },
    { points: state.validationLosses, format: "yellow", mark: "○" },
  ];
  const legend = `${paint("bold", "loss")}  ${paint("cyan", "⣀⣀")} training  ${paint("yellow", "○")} validation`;
  const left = [legend, ...curve(losses, { ...size, yText: lossText })];
  if (!isDouble) return left;
  const right = [
    paint("bold", "validation accuracy"),
    ...curve([{ points: accuracies, format: "green" }], { ...size, yText: (y) => `${(100 * y).toFixed(1)} %` }),
  ];
  return left.map((line, i) => `${line}${" ".repeat(Math.max(0, width + GAP - widthOf(line)))}${right[i]}`);
}

/** The right end of the axis: as far as the run has come, in steps that don't jump at every frame. */
function scaleOf(step: number, steps: number): number {
  const power = 10 ** Math.floor(Math.log10(Math.max(10, step)));
  const next = [1, 1.5, 2, 3, 4, 5, 6, 8, 10].map((n) => n * power).find((end) => end >= step) ?? steps;
  return Math.min(steps, next);
}

function figures(state: TrainState, { columns, paint, phase }: Frame): string[] {
  const { facts, step, loss, validationLosses, accuracies, progress, samplesPerSecond, savedStep } = state;
  const { best, waited } = progress;
  const now = [
    loss === undefined ? "" : `loss ${paint("bold", lossText(loss))}`,
    last(validationLosses, (y) => `validation ${paint("bold", lossText(y))}`),
    last(accuracies, (y) => `accuracy ${paint("bold", shareText(y))}`),
    best === undefined ? "" : `best ${lossText(best.loss)} at ${countText(best.step)}`,
    facts.patience === undefined || best === undefined ? "" : `waited ${waited} of ${facts.patience}`,
  ];
  const rest = [
    samplesPerSecond === undefined ? "" : `${speedText(samplesPerSecond)} samples/s`,
    `learning rate ${rateText(facts.learningRateAt(Math.max(0, step - 1)))}`,
    PHASE_TEXT[phase],
    savedStep === undefined ? "" : `checkpoint at ${countText(savedStep)}`,
  ];
  return [joined(now, columns), paint("dim", joined(rest, columns))];
}

function last(points: readonly { readonly y: number }[], text: (y: number) => string): string {
  const point = points.at(-1);
  return point === undefined ? "" : text(point.y);
}

/** @returns the parts in a row, as many as there is room for: the first say the most. */
function joined(parts: readonly string[], columns: number): string {
  return parts
    .filter((part) => part !== "")
    .reduce((row, part) => {
      const longer = row === "" ? part : `${row} · ${part}`;
      return widthOf(longer) <= columns ? longer : row;
    }, "");
}
