/** Shows the run while it goes: a view redrawn in place on a terminal, lines elsewhere. On stderr: stdout is the result's. */
import type { WriteStream } from "node:tty";
import type { RunEvent } from "../state/runEvent.ts";
import type { RunState } from "../state/runState.ts";
import { plainLine } from "./plainLog.ts";
import { render } from "./render.ts";
import { openScreen } from "./screen.ts";

export interface Display {
  show(state: RunState, event: RunEvent): void;
  /** Gives the terminal back. A second call does nothing. */
  close(): void;
}

export interface DisplayOptions {
  /** Since the run began. Unit: milliseconds. */
  readonly nowMs: () => number;
  readonly env: Readonly<Record<string, string | undefined>>;
}

/** Frames a second are at most 1000 / this. Unit: milliseconds. */
const FRAME_MS = 100;

export function openDisplay(stream: WriteStream, { nowMs, env }: DisplayOptions): Display {
  if (stream.isTTY !== true || env.TERM === "dumb") {
    let open = true;
    return {
      show(state, event) {
        const line = open ? plainLine(state, event) : undefined;
        if (line !== undefined) stream.write(`${line}\n`);
      },
      close() {
        open = false;
      },
    };
  }
  const colour = wantsColour(stream, env);
  const screen = openScreen(stream);
  let latest: RunState | undefined;
  const draw = (): void => {
    const { columns, rows } = stream;
    if (latest !== undefined) screen.draw(render(latest, { columns, rows, colour, nowMs: nowMs() }));
  };
  const timer = setInterval(draw, FRAME_MS);
  stream.on("resize", draw);
  return {
    show(state) {
      latest = state;
    },
    close() {
      clearInterval(timer);
      stream.off("resize", draw);
      screen.close();
    },
  };
}

/** @returns whether `stream` wants colours: `FORCE_COLOR` wins, then `NO_COLOR`, then `TERM`, then the terminal. */
export function wantsColour(stream: { readonly isTTY?: boolean }, env: DisplayOptions["env"]): boolean {
  const { FORCE_COLOR: forced, NO_COLOR: none, TERM: terminal } = env;
  if (forced !== undefined && forced !== "") return forced !== "0" && forced !== "false";
  return (none ?? "") === "" && terminal !== "dumb" && stream.isTTY === true;
}
