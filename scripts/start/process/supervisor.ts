/**
 * Starts processes, keeps their logs, and stops them all: nothing it started outlives it.
 *
 * Every process leads its own group, so its children go with it. Must not print, and must not know what the processes do.
 */
import { type ChildProcess, spawn } from "node:child_process";
import { closeSync, openSync, writeSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { StartError } from "../startError.ts";
import { createLineReader } from "./lines.ts";

export interface ProcessSpecification {
  /** For people: "trainer 2". */
  readonly name: string;
  /** A Node program and its arguments; it runs under the Node that runs us. */
  readonly program: readonly string[];
  readonly cwd: string;
  readonly logFile: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly onLine?: (line: string) => void;
  /** Asked when it ends with exit code 0: is that in order? @default never, until {@link Supervisor.stop} */
  readonly mayEnd?: () => boolean;
}

export interface RunningProcess {
  readonly name: string;
  readonly pid: number;
  readonly logFile: string;
  /** Resolves when it has ended, however it ended. */
  readonly ended: Promise<ProcessEnd>;
}

export interface ProcessEnd {
  readonly exitCode: number | null;
  readonly signal: NodeJS.Signals | null;
}

export interface Supervisor {
  start(specification: ProcessSpecification): RunningProcess;
  /** Rejects with `START_PROCESS_FAILED` as soon as any process ends that nobody asked to; never resolves. */
  readonly failure: Promise<never>;
  /** Asks all to end, insists, and kills those that haven't after `graceMs`. Resolves when none is left. May be called again. */
  stop(options?: { readonly graceMs?: number }): Promise<void>;
}

/** Leaves two of the five seconds that a Ctrl-C may take. Unit: milliseconds. */
const GRACE_MS = 3_000;

/** After so long a second SIGTERM goes out: to a node it says that its round need not be finished. Unit: milliseconds. */
const INSIST_MS = 300;

/** Lines of its log that a failure shows. */
const TAIL_LINES = 12;

const GUARD = fileURLToPath(new URL("./exitWithParent.ts", import.meta.url));

export function createSupervisor(): Supervisor {
  const running = new Map<number, { readonly child: ChildProcess; readonly ended: Promise<ProcessEnd> }>();
  let stopping = false;
  let fail: (error: StartError) => void = () => {};
  const failure = new Promise<never>((_, reject) => {
    fail = reject;
  });
  failure.catch(() => {}); // whoever waits for it sees it; nobody has to

  function start(specification: ProcessSpecification): RunningProcess {
    const { name, logFile } = specification;
    const { child, tail } = launch(specification);
    const { pid } = child;
    const ended = new Promise<ProcessEnd>((resolve) => {
      child.once("error", () => resolve({ exitCode: null, signal: null })); // it could not even be started
      child.once("close", (exitCode, signal) => resolve({ exitCode, signal }));
    });
    if (pid !== undefined) running.set(pid, { child, ended });
    const reaped = ended.then((end) => {
      if (pid !== undefined) {
        killGroup(pid, "SIGKILL"); // what it may have left in its group
        running.delete(pid);
      }
      const isOrderly = stopping || (end.exitCode === 0 && specification.mayEnd?.() === true);
      if (!isOrderly) fail(failed({ name, logFile, end, tail: tail() }));
      return end;
    });
    return { name, pid: pid ?? -1, logFile, ended: reaped };
  }

  async function stop({ graceMs = GRACE_MS }: { readonly graceMs?: number } = {}): Promise<void> {
    stopping = true;
    const all = [...running];
    for (const [pid] of all) killGroup(pid, graceMs > 0 ? "SIGTERM" : "SIGKILL");
    const later = (signal: NodeJS.Signals, ms: number): NodeJS.Timeout =>
      setTimeout(() => {
        for (const pid of running.keys()) killGroup(pid, signal);
      }, ms);
    const timers = [later("SIGTERM", Math.min(INSIST_MS, graceMs)), later("SIGKILL", graceMs)];
    await Promise.all(all.map(([, { ended }]) => ended));
    for (const timer of timers) clearTimeout(timer);
  }

  return { start, failure, stop };
}

function launch({ program, cwd, logFile, env, onLine }: ProcessSpecification) {
  const log = openSync(logFile, "w");
  const child = spawn(process.execPath, ["--import", GUARD, ...program], {
    cwd,
    env: { ...process.env, ...env },
    detached: true, // leads a process group of its own; the pipe on its standard input still ties it to us
    stdio: ["pipe", "pipe", "pipe"],
  });
  child.stdin?.on("error", () => {}); // it may end before we close our side
  const lines: string[] = [];
  const keep = (line: string): void => {
    writeSync(log, `${line}\n`);
    lines.push(line);
    if (lines.length > TAIL_LINES) lines.shift();
  };
  const fromStdout = createLineReader((line) => {
    keep(line);
    onLine?.(line);
  });
  child.stdout?.on("data", fromStdout);
  child.stderr?.on("data", createLineReader(keep));
  child.once("error", (error) => keep(String(error)));
  child.once("close", () => closeSync(log));
  return { child, tail: () => [...lines] };
}

/** Signals a whole process group. On Windows, which has none, the process alone. */
function killGroup(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(process.platform === "win32" ? pid : -pid, signal);
  } catch {
    // It is gone already.
  }
}

interface Failure {
  readonly name: string;
  readonly logFile: string;
  readonly end: ProcessEnd;
  readonly tail: readonly string[];
}

function failed({ name, logFile, end: { exitCode, signal }, tail }: Failure): StartError {
  const how = signal === null ? `with exit code ${exitCode ?? "none"}` : `by ${signal}`;
  return new StartError(
    {
      code: "START_PROCESS_FAILED",
      process: name,
      exitCode,
      signal,
      reported: tail.map(reportedCode).findLast((code) => code !== undefined),
      logFile,
      logTail: tail.join("\n"),
    },
    `${name} ended ${how} before the run was over`,
  );
}

function reportedCode(line: string): string | undefined {
  return /"code":\s*"([A-Z][A-Z0-9_]+)"|error\[([A-Z][A-Z0-9_]+)\]/.exec(line)?.slice(1).find(Boolean);
}
