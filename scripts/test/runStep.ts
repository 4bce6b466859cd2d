/** Runs one step in a process group of its own, bounded in time. Must not print: test.ts does. */
import { type ChildProcess, spawn } from "node:child_process";
import type { Counts } from "./counts.ts";
import type { Step } from "./stages.ts";

export interface StepResult {
  readonly counts: Counts;
  readonly output: string;
  readonly seconds: number;
  /** Why the step failed as a whole, over and above failed tests. */
  readonly problem?: string;
}

/** Between the request to end and the end by force. Unit: milliseconds. */
const GRACE_MS = 5_000;

/**
 * Runs a step to its end and reads its report.
 *
 * A step that reports no failed test and yet fails, is ended for its time, or runs no test counts as one failed test.
 * Whatever it leaves running ends with it.
 */
export async function runStep(step: Step, signal: AbortSignal): Promise<StepResult> {
  const startedMs = performance.now();
  const { status, output, wasLate } = await runCommand(step, signal);
  const seconds = (performance.now() - startedMs) / 1000;
  const counts = step.readCounts === undefined ? oneTest(status === 0) : (step.readCounts(output) ?? NOTHING);
  const problem = findProblem(counts, step, status, wasLate);
  if (problem === undefined) return { counts, output, seconds };
  return { counts: { ...counts, failed: Math.max(1, counts.failed) }, output, seconds, problem };
}

const NOTHING: Counts = { passed: 0, failed: 0, skipped: 0 };
const oneTest = (isPassed: boolean): Counts => ({ ...NOTHING, [isPassed ? "passed" : "failed"]: 1 });

function findProblem(counts: Counts, step: Step, status: string | number, wasLate: boolean): string | undefined {
  if (wasLate) return `ended after its limit of ${step.limitSeconds} s`;
  if (status !== 0) return `ended with ${typeof status === "number" ? `status ${status}` : status}`;
  if (counts.failed > 0) return "reported failures";
  return counts.passed + counts.skipped === 0 ? "ran no test" : undefined;
}

interface Ended {
  readonly status: string | number;
  readonly output: string;
  readonly wasLate: boolean;
}

function runCommand({ command, limitSeconds, folder }: Step, signal: AbortSignal): Promise<Ended> {
  const { FORCE_COLOR: _, ...env } = process.env;
  const child = spawn(process.execPath, command, {
    detached: true, // a group of its own, so that it can be ended with all it started
    env: { ...env, NO_COLOR: "1" },
    stdio: ["ignore", "pipe", "pipe"],
    ...(folder === undefined ? {} : { cwd: folder }),
  });
  const chunks: Buffer[] = [];
  for (const stream of [child.stdout, child.stderr]) stream.on("data", (chunk: Buffer) => chunks.push(chunk));

  let wasLate = false;
  const end = (): void => {
    endGroup(child, "SIGTERM");
    setTimeout(() => endGroup(child, "SIGKILL"), GRACE_MS).unref();
  };
  const limit = setTimeout(() => {
    wasLate = true;
    end();
  }, limitSeconds * 1000);
  signal.addEventListener("abort", end, { once: true });

  return new Promise((resolve) => {
    const settle = (status: string | number): void => {
      clearTimeout(limit);
      signal.removeEventListener("abort", end);
      resolve({ status, output: Buffer.concat(chunks).toString("utf8"), wasLate });
    };
    child.on("error", (error) => settle(error.message));
    child.on("exit", () => endGroup(child, "SIGKILL")); // what it left running would hold its pipes open
    child.on("close", (code, killedBy) => settle(code ?? killedBy ?? "an unknown status"));
  });
}

function endGroup(child: ChildProcess, signal: NodeJS.Signals): void {
  if (child.pid === undefined) return;
  try {
    if (process.platform === "win32") child.kill(signal);
    else process.kill(-child.pid, signal);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ESRCH") throw error; // nobody is left: as wanted
  }
}
