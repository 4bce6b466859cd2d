/**
 * The only place that prints. The result goes to stdout and nothing else does; talk goes to stderr.
 *
 * With `--json` stdout carries one envelope, or one line an event for the commands that stream.
 */
import { styleText } from "node:util";
import type { Host, OutputStream } from "./host.ts";
import { toJsonText } from "./jsonText.ts";
import { openTerminalView, type TerminalView } from "./terminalView.ts";
import { wrap } from "./wrap.ts";

export type Format = Parameters<typeof styleText>[0];

/** Colours text, or leaves it alone where the stream is no terminal. Meaning never hangs on colour alone. */
export type Paint = (format: Format, text: string) => string;

/** What a command gives back: for machines, and for people. */
export interface Result {
  readonly data: unknown;
  /** Lines for stdout; an empty text prints nothing. */
  readonly text: (paint: Paint) => string;
}

/** An error as it is shown. */
export interface Report {
  readonly code: string;
  readonly message: string;
  readonly next: readonly string[];
  readonly exitCode: number;
  /** Shown for bugs under `-v`, for everything under `-vv`. */
  readonly stack?: string | undefined;
}

export interface OutputOptions {
  readonly json: boolean;
  readonly quiet: boolean;
  /** Number of `-v`. */
  readonly verbosity: number;
  readonly color: boolean;
}

/** A view that knows how much room it has at the moment. */
export interface SizedView extends TerminalView {
  readonly columns: number;
  readonly rows: number;
  readonly paint: Paint;
}

export interface Output {
  readonly json: boolean;
  readonly verbosity: number;
  /** Whether stdout is a terminal that people look at, so that a view may be drawn over itself. */
  readonly live: boolean;
  readonly columns: number;
  readonly paint: Paint;
  /** The result of a one-shot command. */
  result(command: string, result: Result): void;
  /** One line of a stream: NDJSON with `--json`, else `text` (nothing when it is empty). */
  event(event: object, text: (paint: Paint) => string): void;
  /** Replaces what the last call drew. Only where {@link live}. */
  redraw(text: string): void;
  /**
   * A view on stderr, for a command whose stdout is a result; `undefined` where stderr is no terminal that people look at.
   * What is said meanwhile goes above it.
   */
  openView(): SizedView | undefined;
  /** Prose for people, on stderr. */
  say(text: string): void;
  done(text: string): void;
  warn(text: string): void;
  /** Only with `-v`. */
  detail(text: string): void;
  /** A line on stderr that the next call overwrites, an empty text clears it; nothing where stderr is no terminal. */
  progress(text: string): void;
  error(command: string, report: Report, streaming: boolean): void;
  /** Help and version, which are results in themselves. */
  raw(text: string): void;
}

/** @returns whether `stream` wants colours: `FORCE_COLOR` wins, then `--no-color` and `NO_COLOR`, then `TERM`, then the TTY. */
export function wantsColor(stream: OutputStream, env: Host["env"], allowed: boolean): boolean {
  const forced = env.FORCE_COLOR;
  if (forced !== undefined && forced !== "") return forced !== "0" && forced !== "false";
  if (!allowed || (env.NO_COLOR ?? "") !== "" || env.TERM === "dumb") return false;
  return stream.isTTY === true;
}

export function createOutput(host: Host, options: OutputOptions): Output {
  const { stdout, stderr, env } = host;
  const paint = painter(wantsColor(stdout, env, options.color));
  const paintTalk = painter(wantsColor(stderr, env, options.color));
  const live = stdout.isTTY === true && env.TERM !== "dumb" && !options.json;
  let drawnLines = 0;
  let progressShown = false;
  let view: TerminalView | undefined;

  const clearProgress = (): void => {
    view?.wipe();
    if (progressShown) stderr.write("\r\u001b[2K");
    progressShown = false;
  };
  const talk = (text: string): void => {
    clearProgress();
    if (!options.quiet) stderr.write(`${text}\n`);
  };
  const print = (text: string): void => {
    clearProgress();
    if (text !== "") stdout.write(text.endsWith("\n") ? text : `${text}\n`);
  };

  return {
    json: options.json,
    verbosity: options.verbosity,
    live,
    columns: Math.max(40, Math.min(stdout.columns ?? 80, 120)),
    paint,
    result(command, { data, text }) {
      print(options.json ? toJsonText({ schema: "cairn/v1", ok: true, command, data }) : text(paint));
    },
    event(event, text) {
      const line = options.json ? toJsonText(event) : text(paint);
      if (line !== "") print(line); // an event without a line leaves a view as it is
    },
    redraw(text) {
      if (!live) return;
      clearProgress();
      stdout.write(`${drawnLines > 0 ? `\u001b[${drawnLines}A\u001b[J` : ""}${text}\n`);
      drawnLines = text.split("\n").length;
    },
    openView() {
      if (stderr.isTTY !== true || options.quiet || options.json || env.TERM === "dumb") return undefined;
      clearProgress();
      view = openTerminalView(stderr);
      return sized(view, stderr, paintTalk);
    },
    say: talk,
    done: (text) => talk(`${paintTalk("green", "✔")} ${text}`),
    warn: (text) => talk(`${paintTalk("yellow", "warning")} ${text}`),
    detail(text) {
      if (options.verbosity > 0) talk(paintTalk("dim", text));
    },
    progress(text) {
      if (stderr.isTTY !== true || options.quiet || options.json || env.TERM === "dumb") return;
      stderr.write(`\r\u001b[2K${text}`);
      progressShown = true;
    },
    error(command, report, streaming) {
      clearProgress();
      if (options.json) {
        const { code, message, next } = report;
        const error = { code, message, next };
        print(toJsonText(streaming ? { event: "error", ...error } : { schema: "cairn/v1", ok: false, command, error }));
      }
      stderr.write(describe(report, paintTalk, stderr.isTTY === true ? (stderr.columns ?? 80) : undefined));
    },
    raw: print,
  };
}

function sized(view: TerminalView, stream: OutputStream, paint: Paint): SizedView {
  return {
    ...view,
    paint,
    get columns() {
      return Math.max(40, stream.columns ?? 80);
    },
    get rows() {
      return stream.rows ?? 24;
    },
  };
}

/** Without a `width`, for files and pipes, each sentence keeps a line of its own, so that it can be searched for. */
function describe({ code, message, next, stack }: Report, paint: Paint, width = Number.POSITIVE_INFINITY): string {
  const label = `error[${code}]`;
  const [first = "", ...rest] = wrap(`${label} ${message}`, width);
  const steps = next.flatMap((step, i) => wrap(`${i === 0 ? "next:" : "     "} ${step}`, width, " ".repeat(6)));
  return [
    paint(["red", "bold"], label) + first.slice(label.length),
    ...rest,
    ...steps.map((line, i) => (i === 0 ? paint("cyan", "next:") + line.slice("next:".length) : line)),
    ...(stack === undefined ? [] : [paint("dim", stack)]),
    "",
  ].join("\n");
}

function painter(colored: boolean): Paint {
  return (format, text) => (colored ? styleText(format, text, { validateStream: false }) : text);
}
