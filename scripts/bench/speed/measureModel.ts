/**
 * All engines on one model: each in a process of its own, taking turns round by round, so that other work on the machine
 * meets them alike. Measures; must not judge or print figures.
 */
import type { Subject } from "./subjects.ts";
import { WorkerProcess, type WorkerStart } from "./workerProcess.ts";

export interface MeasureOptions {
  /** Training time of one engine in one round. */
  readonly seconds: number;
  readonly rounds: number;
  /** Steps after which weights are hashed. */
  readonly hashSteps: readonly number[];
  /** Says what is going on. */
  readonly log: (line: string) => void;
}

/** What one engine did. */
export interface Measurement {
  readonly subject: Subject;
  /** Why the engine was left out; then the rest is empty. */
  readonly skipped?: string;
  readonly engine?: string;
  readonly firstLoss?: number;
  readonly startMs?: number;
  /** One a round. */
  readonly samplesPerSecond: readonly number[];
  /** By number of steps. */
  readonly hashes: Readonly<Record<string, string>>;
  readonly peakRssBytes?: number;
}

/** The reference takes seconds a step on the larger models: it is measured once and hashed as far as this goes. */
const REFERENCE_BUDGET_SECONDS = 20;
/** A bound, so that a slow engine does not hold up the rest. */
const HASH_BUDGET_SECONDS = 600;

interface Running {
  readonly subject: Subject;
  readonly worker: WorkerProcess;
  readonly start: WorkerStart;
  readonly samplesPerSecond: number[];
}

/** @param folder where the model's workload lies. */
export async function measureModel(
  folder: string,
  subjects: readonly Subject[],
  options: MeasureOptions,
): Promise<Measurement[]> {
  const opened: (Running | Measurement)[] = [];
  try {
    for (const subject of subjects) opened.push(await open(subject, folder, options));
    const running = opened.filter((one) => "worker" in one);
    for (let round = 0; round < options.rounds; round++) {
      for (const { subject, worker, samplesPerSecond } of running) {
        if (subject.kind === "reference" && round > 0) continue;
        const answer = await worker.ask({ measure: { seconds: options.seconds } });
        samplesPerSecond.push(answer.samplesPerSecond ?? Number.NaN);
      }
    }
    const measured: Measurement[] = [];
    for (const one of opened) measured.push("worker" in one ? await close(one, options) : one);
    return measured;
  } finally {
    for (const one of opened) if ("worker" in one) one.worker.kill();
  }
}

/** Starts one engine and warms it up. */
async function open(
  subject: Subject,
  folder: string,
  { seconds, log }: MeasureOptions,
): Promise<Running | Measurement> {
  if (subject.kind !== "reference") await rehearse(subject, folder);
  const worker = new WorkerProcess(subject.command(folder));
  const start = await worker.start();
  if (typeof start === "string") {
    log(`${subject.name}: skipped, ${start}`);
    worker.kill();
    return { subject, skipped: start, samplesPerSecond: [], hashes: {} };
  }
  log(`${subject.name}: ${start.engine}, first loss ${start.firstLoss.toFixed(6)}`);
  if (subject.kind !== "reference") await worker.ask({ measure: { seconds } });
  return { subject, worker, start, samplesPerSecond: [] };
}

/** Starts it once that doesn't count: files are then in memory, and Node's and Python's caches of compiled code are filled. */
async function rehearse(subject: Subject, folder: string): Promise<void> {
  const worker = new WorkerProcess(subject.command(folder));
  if (typeof (await worker.start()) !== "string") await worker.end();
  worker.kill();
}

/** Reads the memory that training took, then lets it take its hashes, for which weights are copied. */
async function close(
  { subject, worker, start, samplesPerSecond }: Running,
  { hashSteps, log }: MeasureOptions,
): Promise<Measurement> {
  const peak = worker.peakRssBytes();
  const budgetSeconds = subject.kind === "reference" ? REFERENCE_BUDGET_SECONDS : HASH_BUDGET_SECONDS;
  const { hashes = {} } = await worker.ask({ hash: { steps: hashSteps, budgetSeconds } });
  log(`${subject.name}: hash ${Object.values(hashes).at(-1)?.slice(0, 14) ?? "not taken"}`);
  const told = await worker.end();
  return { subject, ...start, samplesPerSecond, hashes, peakRssBytes: peak ?? told };
}
