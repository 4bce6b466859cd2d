/**
 * Entry of `npm start`: arguments in, live view on stderr, report on stdout, and nothing left running.
 *
 * The only file of the demo that touches the process: streams, signals, exit code.
 */
import { mkdirSync, writeFileSync } from "node:fs";
import { rm } from "node:fs/promises";
import { join, resolve } from "node:path";
import { type DemoResult, runDemo } from "./demo.ts";
import { describeError } from "./errorText.ts";
import { createInterruption, Interrupted, type Interruption } from "./interruption.ts";
import { keepText } from "./keepText.ts";
import { parseOptions, type StartOptions, USAGE } from "./options.ts";
import { createSupervisor } from "./process/supervisor.ts";
import { reportText } from "./report/reportText.ts";
import { verdictOn } from "./report/verdict.ts";
import type { Session } from "./session.ts";
import { createRunStore, type RunStore } from "./state/runStore.ts";
import { PROJECT } from "./steps/localChain.ts";
import { type Display, openDisplay, wantsColour } from "./view/display.ts";

/** Where a relative path of the user's starts: npm moves to the project's root and tells where it was called. */
const CALLED_FROM = process.env.INIT_CWD ?? process.cwd();

process.exitCode = await main(process.argv.slice(2));
process.stdout.write("", () => process.stderr.write("", () => process.exit())); // a socket left open must not keep us

async function main(args: readonly string[]): Promise<number> {
  try {
    const options = parseOptions(args);
    if (options !== "help") return await demonstrate(withAbsolutePaths(options));
    process.stdout.write(USAGE);
    return 0;
  } catch (error) {
    return showError(error);
  }
}

async function demonstrate(options: StartOptions): Promise<number> {
  const supervisor = createSupervisor();
  const closing: (() => Promise<unknown>)[] = [];
  let display: Display | undefined;
  const run = createRunStore({
    clockMs: () => performance.now(),
    onChange: (state, event) => display?.show(state, event),
  });
  const interruption = createInterruption({
    timeoutSeconds: options.timeoutSeconds,
    doing: () => doingNow(run),
    onImpatience: () => void supervisor.stop({ graceMs: 0 }),
  });
  const ended = new AbortController();
  const signal = AbortSignal.any([interruption.signal, ended.signal]);
  const directory = makeDirectory();
  const session: Session = { options, run, supervisor, directory, signal, defer: (close) => closing.push(close) };
  display = openDisplay(process.stderr, { nowMs: run.nowMs, env: process.env });
  try {
    const result = await untilOver(runDemo(session), { interruption, failure: supervisor.failure });
    display.close();
    return await present(result, session, interruption);
  } finally {
    display.close();
    ended.abort(new Error("the run is over"));
    await Promise.all([supervisor.stop(), ...closing.map((close) => close().catch(() => {}))]);
    interruption.close();
    await tidyUp(session);
  }
}

/** Whichever comes first: the work's end, a process's failure, the deadline, Ctrl-C. */
async function untilOver<T>(
  work: Promise<T>,
  { interruption, failure }: { readonly interruption: Interruption; readonly failure: Promise<never> },
): Promise<T> {
  work.catch(() => {}); // what it says after somebody else was first is of no interest
  const { signal } = interruption;
  const stopped = new Promise<never>((_, reject) => {
    if (signal.aborted) reject(signal.reason);
    signal.addEventListener("abort", () => reject(signal.reason), { once: true });
  });
  return Promise.race([work, failure, stopped]);
}

async function present({ report, network }: DemoResult, session: Session, interruption: Interruption): Promise<number> {
  const { options, supervisor } = session;
  const colour = wantsColour(process.stdout, process.env);
  const json = `${JSON.stringify(report, null, 2)}\n`;
  if (options.report !== undefined) writeFileSync(options.report, json);
  process.stdout.write(options.json ? json : `${reportText(report, { colour }).join("\n")}\n`);
  const broken = verdictOn(report);
  if (broken !== undefined) throw broken;
  if (!options.keep) return 0;
  interruption.liftDeadline();
  process.stderr.write(
    `\n${keepText(network, { from: process.cwd(), siteUrl: session.run.state().siteUrl }).join("\n")}\n`,
  );
  return untilOver(new Promise<never>(() => {}), { interruption, failure: supervisor.failure });
}

function showError(error: unknown): number {
  if (error instanceof Interrupted) {
    process.stderr.write("Stopped. Nothing is left running.\n");
    return error.exitCode;
  }
  const { lines, exitCode } = describeError(error, { colour: wantsColour(process.stderr, process.env) });
  process.stderr.write(`${lines.join("\n")}\n`);
  return exitCode;
}

function doingNow(run: RunStore): string {
  const { stage, rounds } = run.state();
  const round = rounds.at(-1);
  return stage === "rounds" && round !== undefined ? `round ${round.round}, ${round.phase}` : stage;
}

function makeDirectory(): string {
  const id = new Date().toISOString().replace(/[-:]/g, "").slice(0, 15);
  const directory = join(PROJECT, ".cairn", `run-${id}-${process.pid}`);
  mkdirSync(directory, { recursive: true, mode: 0o700 });
  return directory;
}

/** Keys and the nodes' data are of no use without the chain; logs and the model stay. */
async function tidyUp({ directory, options }: Session): Promise<void> {
  const parts = (role: string, count: number): string[] => Array.from({ length: count }, (_, i) => `${role}-${i + 1}`);
  const names = [...parts("trainer", options.trainers), ...parts("auditor", options.auditors), "owner"];
  await Promise.all(names.map((name) => rm(join(directory, name), { recursive: true, force: true })));
}

function withAbsolutePaths(options: StartOptions): StartOptions {
  const [, kind, folder] = /^([a-z-]+):(.+)$/.exec(options.data) ?? [];
  const data = kind === undefined || folder === undefined ? options.data : `${kind}:${resolve(CALLED_FROM, folder)}`;
  return { ...options, data, report: options.report && resolve(CALLED_FROM, options.report) };
}
