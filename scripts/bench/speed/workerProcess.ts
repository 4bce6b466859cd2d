/** One engine in a process of its own, asked one thing at a time. Knows the protocol (`commands.ts`), not the engines. */
import { type ChildProcess, spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { createInterface } from "node:readline";
import type { Answer, Command } from "./commands.ts";

/** How to start a worker. */
export interface WorkerCommand {
  readonly file: string;
  readonly args: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
}

/** What a worker says of its start. */
export interface WorkerStart {
  /** From the start of the process to the end of its first training step. Unit: milliseconds. */
  readonly startMs: number;
  readonly engine: string;
  readonly firstLoss: number;
}

/** A class for its lifecycle: a process that is started once and ended once. */
export class WorkerProcess {
  readonly #child: ChildProcess;
  readonly #lines: AsyncIterator<string>;
  #problem = "";

  constructor({ file, args, env }: WorkerCommand) {
    this.#child = spawn(file, args, { stdio: ["pipe", "pipe", "pipe"], env: { ...process.env, ...env } });
    this.#lines = createInterface({ input: this.#child.stdout! })[Symbol.asyncIterator]();
    this.#child.stderr!.on("data", (text: Buffer) => {
      this.#problem = `${this.#problem}${text}`.slice(-2_000);
    });
    this.#child.on("error", (error) => {
      this.#problem = error.message;
    });
    this.#child.stdin!.on("error", () => {}); // the missing answer tells
  }

  /** @returns the start, or the reason why this engine can't run here. */
  async start(): Promise<WorkerStart | string> {
    const begun = performance.now();
    const answer = await this.#answer();
    const startMs = performance.now() - begun;
    if (answer.ready === undefined) return answer.unavailable ?? "it said nothing";
    return { startMs, ...answer.ready };
  }

  async ask(command: Command): Promise<Answer> {
    this.#child.stdin!.write(`${JSON.stringify(command)}\n`);
    return this.#answer();
  }

  /** @returns the most memory that the process has held so far; `undefined` where the system doesn't say. Unit: bytes. */
  peakRssBytes(): number | undefined {
    return readPeakRss(this.#child.pid!);
  }

  /** Ends the process. @returns the most memory that it held by its own account. Unit: bytes. */
  async end(): Promise<number> {
    const { peakRssBytes = Number.NaN } = await this.ask({ end: true });
    return peakRssBytes;
  }

  kill(): void {
    this.#child.kill("SIGKILL");
  }

  async #answer(): Promise<Answer> {
    const { value, done } = await this.#lines.next();
    if (!done) return JSON.parse(value) as Answer;
    return { unavailable: lastLine(this.#problem) ?? "it ended without a word" };
  }
}

/**
 * The kernel's high-water mark of the process itself: what a process reports of itself counts the memory of whoever
 * started it. `undefined` where there is no /proc.
 */
function readPeakRss(pid: number): number | undefined {
  try {
    const kibibytes = /^VmHWM:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1];
    return kibibytes === undefined ? undefined : 1_024 * Number(kibibytes);
  } catch {
    return undefined;
  }
}

function lastLine(text: string): string | undefined {
  return text
    .split("\n")
    .findLast((line) => line.trim() !== "")
    ?.trim();
}
