/**
 * Tells of a training while it runs: on the screen, as events with `--json`, in the run's log, to TensorBoard.
 *
 * Decides what is told; what happens is the training's own. Times come from the host's clock.
 */
import type { SoloObserver } from "../../learning/soloTraining.ts";
import type { Context } from "../command.ts";
import { durationText } from "../timeText.ts";
import { countText, lossText, shareText, speedText } from "./figures.ts";
import type { RunFolder } from "./runFolder.ts";
import type { SavedState } from "./runRecord.ts";
import { createTrainScreen } from "./trainScreen.ts";
import { createTrainTracker, type TrainFacts, type TrainState } from "./trainState.ts";

/** Takes curves, as TensorBoard does. */
export type ScalarSink = (step: number, scalars: Readonly<Record<string, number>>, nowMs: number) => Promise<void>;

export interface ReporterOptions {
  readonly facts: TrainFacts;
  readonly run: RunFolder;
  /** A loss is reported as the mean over so many steps. */
  readonly reportEvery: number;
  readonly scalars: ScalarSink | undefined;
}

export interface Reporter extends Pick<SoloObserver, "step" | "evaluating" | "evaluated"> {
  begun(): Promise<void>;
  saved(state: SavedState, isBest: boolean): Promise<void>;
  /** Lets go of the terminal. */
  close(): void;
}

/** Between two lines where there is no terminal. Unit: milliseconds. */
const LINE_MS = 10_000;
/** Evaluations may come thick and fast. Unit: milliseconds. */
const EVALUATION_LINE_MS = 1_000;
/** What binary32 holds; more would be noise. */
const RATE_DIGITS = 7;

export function createReporter(context: Context, { facts, run, reportEvery, scalars }: ReporterOptions): Reporter {
  const { host, output } = context;
  const tracker = createTrainTracker(facts, host.nowMs());
  const screen = createTrainScreen(context, tracker);
  const tell = createTeller(context, run);
  const window = createMean();
  return {
    async begun() {
      const { data, architecture, parameterCount, batchSize, steps, from, engine } = facts;
      await tell("begun", { step: from, steps, data, architecture, parameters: parameterCount, batchSize, engine });
      screen.show(() => `${data} · ${architecture} · ${engine}`, 0);
    },
    async step(step, loss) {
      const nowMs = host.nowMs();
      tracker.stepped(step, loss, nowMs);
      window.add(loss);
      if (step % reportEvery === 0) {
        const mean = window.take();
        const learningRate = Number(facts.learningRateAt(step - 1).toPrecision(RATE_DIGITS));
        const samplesPerSecond = Math.round(tracker.state().samplesPerSecond ?? 0);
        await tell("trained", { step, loss: mean, learningRate, samplesPerSecond });
        await scalars?.(step, { "train/loss": mean, learningRate, samplesPerSecond }, nowMs);
      }
      screen.show(() => progressLine(tracker.state()), LINE_MS);
      await screen.giveTurn();
    },
    async evaluating(share) {
      tracker.evaluating(share);
      screen.show(() => progressLine(tracker.state()), LINE_MS);
      await screen.giveTurn();
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
      const line = `${stepText(step, facts.steps)} · validation loss ${lossText(loss)}${right}`;
      screen.show(() => line + (isBest ? " · best so far" : ""), step === facts.steps ? 0 : EVALUATION_LINE_MS);
    },
    async saved({ step, file, digest }, isBest) {
      tracker.saved(step, host.nowMs());
      await tell("saved", { step, file, digest, isBest });
      output.detail(`${file} ${digest}`);
    },
    close: screen.close,
  };
}

/** To the run's log, and to stdout with `--json`. */
function createTeller({ host, output }: Context, run: RunFolder) {
  return async (event: string, details: object): Promise<void> => {
    const line = { time: new Date(host.nowMs()).toISOString(), event, ...details };
    await run.log(line);
    output.event(line, () => "");
  };
}

function createMean() {
  let sum = 0;
  let count = 0;
  return {
    add(value: number): void {
      sum += value;
      count++;
    },
    /** @returns the mean of what was added, and begins again. */
    take(): number {
      const mean = sum / count;
      sum = 0;
      count = 0;
      return mean;
    },
  };
}

function progressLine({ facts, step, loss, samplesPerSecond, secondsLeft }: TrainState): string {
  const mean = loss === undefined ? "" : ` · loss ${lossText(loss)}`;
  const speed = samplesPerSecond === undefined ? "" : ` · ${speedText(samplesPerSecond)} samples/s`;
  const left = secondsLeft === undefined ? "" : ` · ${durationText(secondsLeft)} left`;
  return `${stepText(step, facts.steps)}${mean}${speed}${left}`;
}

function stepText(step: number, steps: number): string {
  return `step ${countText(step)} of ${countText(steps)}`;
}
