/**
 * Tells of a training while it runs: a view or lines on stderr, events with `--json`, the run's log, TensorBoard.
 *
 * Decides when something is told; what happens is the training's own. Times come from the host's clock.
 */
import { setImmediate } from "node:timers/promises";
import type { Evaluation } from "../../learning/evaluate.ts";
import type { SoloProgress } from "../../learning/soloTraining.ts";
import type { Context } from "../command.ts";
import { durationText } from "../timeText.ts";
import { countText, lossText, shareText, speedText } from "./figures.ts";
import type { RunFolder } from "./runFolder.ts";
import type { SavedState } from "./runRecord.ts";
import { createTrainTracker, type TrainFacts } from "./trainState.ts";
import { trainView } from "./trainView.ts";

/** Takes curves, as TensorBoard does. */
export type ScalarSink = (step: number, scalars: Readonly<Record<string, number>>, nowMs: number) => Promise<void>;

export interface ReporterOptions {
  readonly facts: TrainFacts;
  readonly run: RunFolder;
  /** A loss is reported as the mean over so many steps. */
  readonly reportEvery: number;
  readonly scalars: ScalarSink | undefined;
}

export interface Reporter {
  begun(): Promise<void>;
  stepped(step: number, loss: number): Promise<void>;
  evaluated(step: number, evaluation: Evaluation, progress: SoloProgress): Promise<void>;
  saved(state: SavedState, isBest: boolean): Promise<void>;
  /** Draws the last frame and lets go of the terminal. */
  close(): void;
}

/** Unit: milliseconds. */
const FRAME_MS = 100;
/** Between two lines where there is no terminal. Unit: milliseconds. */
const LINE_MS = 10_000;
/** Evaluations may come thick and fast. Unit: milliseconds. */
const EVALUATION_LINE_MS = 1_000;

/** What binary32 holds; more would be noise. */
const RATE_DIGITS = 7;

export function createReporter(context: Context, { facts, run, reportEvery, scalars }: ReporterOptions): Reporter {
  const { host, output, finish } = context;
  const tracker = createTrainTracker(facts, host.nowMs());
  const view = output.openView();
  let shownMs = 0;
  let window = { loss: 0, steps: 0 };

  const tell = async (event: string, details: object): Promise<void> => {
    const line = { time: new Date(host.nowMs()).toISOString(), event, ...details };
    await run.log(line);
    output.event(line, () => "");
  };
  const draw = (): void => {
    if (view === undefined) return;
    const { columns, rows, paint } = view;
    view.draw(trainView(tracker.state(), { columns, rows, paint, stopping: finish.aborted }));
  };
  /** Shows the state when the last time is long enough ago, and gives signals their turn. */
  const show = async (nowMs: number, line: () => string, everyMs: number): Promise<void> => {
    if (nowMs - shownMs < (view === undefined ? everyMs : FRAME_MS)) return;
    shownMs = nowMs;
    if (view === undefined && !output.json) output.say(line());
    draw();
  };
  const progressLine = (): string => {
    const { step, loss, samplesPerSecond, secondsLeft } = tracker.state();
    const speed = samplesPerSecond === undefined ? "" : ` · ${speedText(samplesPerSecond)} samples/s`;
    const left = secondsLeft === undefined ? "" : ` · ${durationText(secondsLeft)} left`;
    return `${stepText(step, facts.steps)} · loss ${lossText(loss ?? Number.NaN)}${speed}${left}`;
  };
  const giveTurn = createTurns(host.nowMs);

  return {
    async begun() {
      const { data, architecture, parameterCount, batchSize, steps, from, engine } = facts;
      await tell("begun", { step: from, steps, data, architecture, parameters: parameterCount, batchSize, engine });
      if (view === undefined && !output.json) output.say(`${data} · ${architecture} · ${engine}`);
      shownMs = host.nowMs();
      draw();
    },
    async stepped(step, loss) {
      const nowMs = host.nowMs();
      tracker.stepped(step, loss, nowMs);
      window = { loss: window.loss + loss, steps: window.steps + 1 };
      if (step % reportEvery === 0) {
        const mean = window.loss / window.steps;
        const learningRate = Number(facts.learningRateAt(step - 1).toPrecision(RATE_DIGITS));
        const { samplesPerSecond = 0 } = tracker.state();
        window = { loss: 0, steps: 0 };
        await tell("trained", { step, loss: mean, learningRate, samplesPerSecond: Math.round(samplesPerSecond) });
        await scalars?.(step, { "train/loss": mean, learningRate, samplesPerSecond }, nowMs);
      }
      await show(nowMs, progressLine, LINE_MS);
      await giveTurn();
    },
    async evaluated(step, evaluation, progress) {
      const nowMs = host.nowMs();
      tracker.evaluated(step, evaluation, progress, nowMs);
      const { loss, accuracy = null } = evaluation;
      const isBest = progress.best?.step === step;
      await tell("evaluated", { step, loss, accuracy, isBest, waited: progress.waited });
      const scores: Record<string, number> = accuracy === null ? {} : { "validation/accuracy": accuracy };
      await scalars?.(step, { "validation/loss": loss, ...scores }, nowMs);
      const right = accuracy === null ? "" : ` · accuracy ${shareText(accuracy)}`;
      const isLast = step === facts.steps;
      await show(
        nowMs,
        () =>
          `${stepText(step, facts.steps)} · validation loss ${lossText(loss)}${right}${isBest ? " · best so far" : ""}`,
        isLast ? 0 : EVALUATION_LINE_MS,
      );
    },
    async saved({ step, file, digest }, isBest) {
      tracker.saved(step, host.nowMs());
      await tell("saved", { step, file, digest, isBest });
    },
    close() {
      draw();
      view?.close();
    },
  };
}

/** Longest time that the event loop waits for its turn, as long as a step takes no longer. Unit: milliseconds. */
const TURN_MS = 20;

/** @returns a function that lets signals and files go ahead now and then, and costs nothing otherwise. */
function createTurns(nowMs: () => number): () => Promise<void> | undefined {
  let lastMs = nowMs();
  return () => {
    if (nowMs() - lastMs < TURN_MS) return undefined;
    return setImmediate().then(() => {
      lastMs = nowMs();
    });
  };
}

function stepText(step: number, steps: number): string {
  return `step ${countText(step)} of ${countText(steps)}`;
}
