/**
 * From a command's function to a commander action: context in, result or error out, exit code set.
 *
 * Commands give back their result and never print it, so each can be tested as a function and each obeys `--json`.
 */
import type { Command } from "commander";
import { type Config, loadConfig } from "./config.ts";
import { EXIT } from "./exitClass.ts";
import { type GlobalFlags, settingsOf } from "./flags.ts";
import type { Host } from "./host.ts";
import { createOutput, type Output, type Result } from "./output.ts";
import type { PasswordSource } from "./password.ts";
import { reportOf } from "./report.ts";

export interface Context {
  readonly host: Host;
  readonly output: Output;
  readonly flags: GlobalFlags;
  /** Fires on the first Ctrl-C or SIGTERM; for a command that is `finishing`, on the second. */
  readonly signal: AbortSignal;
  /** Fires on the first Ctrl-C or SIGTERM. Differs from {@link signal} only where the command is `finishing`. */
  readonly finish: AbortSignal;
  /** Exit code of a command that ends early since it was told to: 130 after Ctrl-C, 143 after SIGTERM. */
  stoppedCode(): number;
  config(): Promise<Config>;
  /** Where this command's password comes from. */
  passwordSource(config: Config): PasswordSource;
}

/** What a command may give back besides its result. */
export interface Outcome extends Result {
  /** @default 0; `doctor` gives the class of the first check that failed */
  readonly exitCode?: number;
  /** What goes on after the result is printed, until Ctrl-C: that is its normal end. */
  readonly afterwards?: () => Promise<void>;
}

export interface CommandTraits {
  /** Its events are its result; nothing more is printed at its end. */
  readonly streams?: boolean;
  /** The first Ctrl-C asks it to finish, and says this where it is not empty; the second stops it. @default the first stops */
  readonly finishing?: string;
}

/** A command's own part: positional arguments as commander gives them, then its options. */
export type Run<A extends readonly unknown[]> = (context: Context, ...args: A) => Promise<Outcome | undefined>;

/** What `runCli` shares with the actions of one run. */
export interface Session {
  readonly host: Host;
  exitCode: number;
}

/** How long a node that was told to stop is waited for; with the store's own 3 s that makes 5. Unit: milliseconds. */
export const STOP_TIMEOUT_MS = 2_000;

/** Waits for what was told to stop by `signal`, once it has fired no longer than a second Ctrl-C promises. */
export async function untilStopped(done: Promise<void>, signal: AbortSignal): Promise<void> {
  const late = new Promise<void>((resolve) => {
    signal.addEventListener("abort", () => setTimeout(resolve, STOP_TIMEOUT_MS).unref(), { once: true });
  });
  await Promise.race([done, late]);
}

/** @returns the commander action that runs `run` as `name` (for example `keys.new`). */
export function action<A extends readonly unknown[]>(
  session: Session,
  name: string,
  run: Run<A>,
  traits: CommandTraits = {},
): (...args: readonly unknown[]) => Promise<void> {
  return async (...args) => {
    const command = args.at(-1) as Command;
    const flags = command.optsWithGlobals() as GlobalFlags;
    const output = createOutput(session.host, outputOptions(flags));
    const stopping = watchSignals(session.host, output, traits.finishing);
    const context: Context = {
      host: session.host,
      output,
      flags,
      signal: stopping.stop,
      finish: stopping.finish,
      stoppedCode: () => EXIT[stopping.received() === "SIGTERM" ? "terminated" : "interrupted"],
      config: () => loadConfig(session.host, settingsOf(flags)),
      passwordSource: ({ settings }) => ({
        file: settings.passwordFile,
        stdin: flags.passwordStdin === true,
        noInput: !flags.input,
      }),
    };
    try {
      const outcome = await run(context, ...(args.slice(0, -1) as unknown as A));
      if (outcome !== undefined && traits.streams !== true) output.result(name, outcome);
      session.exitCode = outcome?.exitCode ?? EXIT.ok;
      await outcome?.afterwards?.();
    } catch (error) {
      const report = reportOf(error, { verbosity: output.verbosity, signal: stopping.received(), command: name });
      output.error(name, report, traits.streams === true);
      session.exitCode = report.exitCode;
    } finally {
      stopping.release();
    }
  };
}

export function outputOptions(flags: Partial<GlobalFlags>) {
  return {
    json: flags.json === true,
    quiet: flags.quiet === true,
    verbosity: flags.verbose ?? 0,
    color: flags.color !== false,
  };
}

function watchSignals(host: Host, output: Output, finishing: string | undefined) {
  const finish = new AbortController();
  const stop = new AbortController();
  let received: "SIGINT" | "SIGTERM" | undefined;
  const release = host.onSignal((signal) => {
    const again = finish.signal.aborted;
    received = signal;
    finish.abort();
    if (finishing === undefined || again) stop.abort();
    else if (finishing !== "") output.say(finishing);
  });
  return { finish: finish.signal, stop: stop.signal, received: () => received, release };
}
