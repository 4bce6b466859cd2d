/** What people see of a training: a view on a terminal, lines elsewhere, nothing beside `--json`. Decides how often. */
import { setImmediate } from "node:timers/promises";
import type { Context } from "../command.ts";
import type { TrainTracker } from "./trainState.ts";
import { type Phase, trainView } from "./trainView.ts";

export interface TrainScreen {
  /** A line for when there is no terminal, unless one was shown within `everyMs`; else a frame of the view. */
  show(line: () => string, everyMs: number): void;
  /** Lets signals and files go ahead now and then, and costs nothing otherwise. */
  giveTurn(): Promise<void> | undefined;
  /** Draws the last frame and lets go of the terminal. */
  close(): void;
}

/** Unit: milliseconds. */
const FRAME_MS = 100;
/** Longest time that the event loop waits for its turn, as long as a step takes no longer. Unit: milliseconds. */
const TURN_MS = 20;

export function createTrainScreen({ host, output, finish }: Context, tracker: TrainTracker): TrainScreen {
  const view = output.openView();
  let shownMs = Number.NEGATIVE_INFINITY;
  let turnMs = host.nowMs();
  const draw = (phase: Phase = finish.aborted ? "finishing" : "training"): void => {
    if (view === undefined) return;
    const { columns, rows, paint } = view;
    view.draw(trainView(tracker.state(), { columns, rows, paint, phase }));
  };
  return {
    show(line, everyMs) {
      const nowMs = host.nowMs();
      if (nowMs - shownMs < (view === undefined ? everyMs : FRAME_MS)) return;
      shownMs = nowMs;
      if (view === undefined && !output.json) output.say(line());
      draw();
    },
    giveTurn() {
      if (host.nowMs() - turnMs < TURN_MS) return undefined;
      return setImmediate().then(() => {
        turnMs = host.nowMs();
      });
    },
    close() {
      draw("over");
      view?.close();
    },
  };
}
