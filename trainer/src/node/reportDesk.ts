/**
 * What an auditor does for the reports of a task's rounds, beside the task's loop: compute, store, file.
 *
 * Nothing of it is owed. It stands still while the loop does anything, has an executor of its own, and is given up, with a
 * word, where it takes too long: no verdict and no reveal waits for it. Longer than usual: the whole life of a report.
 */
import { refusalOf } from "../chain/chainError.ts";
import { pause } from "../chain/deadline.ts";
import { filedReports, tallyReports } from "../chain/reports.ts";
import { readDuty } from "../chain/task.ts";
import { createBestExecutor } from "../compute/createExecutor.ts";
import type { ContentRef } from "../protocol/contentRef.ts";
import { isTagged } from "../protocol/errors.ts";
import { encodeRoundReport } from "../protocol/roundReport.ts";
import { breathe, type JobSources } from "./job.ts";
import { keeperDelayMs } from "./keeper.ts";
import { NodeError } from "./nodeError.ts";
import type { Role } from "./nodeEvent.ts";
import { actor, logsOf, type RoundContext } from "./roundContext.ts";
import { makeRoundReport } from "./roundReport.ts";

/** Computing that a report is worth. Unit: milliseconds, without what the loop took meanwhile. */
const WORK_MS = 60_000;

/** From a round's end until its report is stored or given up, and then until it is filed. Unit: milliseconds. */
const PATIENCE_MS = 600_000;

/** Others let the aggregate's proposer go first for so many looks at the chain, then file one after the other. */
const LOOKS = { proposer: 40, place: 5, between: 2 } as const;

export interface ReportDeskOptions extends Pick<JobSources, "createExecutor"> {
  readonly roles: readonly Role[];
  /** Whether it makes any. */
  readonly reports: boolean;
  /** Stop at once: the node stops, or its operator waits for it. */
  readonly signal: AbortSignal;
}

export interface ReportDesk {
  /** Does the loop's work; reports stand still meanwhile. @throws what `work` throws, or what a report found to be a bug */
  during<T>(work: () => Promise<T>): Promise<T>;
  /** Begins the report of a round that is over, where this node judged it. Comes back at once. */
  begin(context: RoundContext): void;
  /** Waits for what has begun. @throws a bug */
  finished(): Promise<void>;
}

export function createReportDesk({ roles, reports, createExecutor, signal }: ReportDeskOptions): ReportDesk {
  const gate = createGate();
  const running = new Set<Promise<void>>();
  let isComputing = false;
  let bug: unknown;

  async function report(context: RoundContext): Promise<void> {
    if (!(await hasJudged(context))) return;
    if (isComputing) throw outOfTime(context, "the one before is still being made");
    isComputing = true;
    let ref: ContentRef;
    try {
      ref = await compute(context, { gate, createExecutor });
    } finally {
      isComputing = false;
    }
    await file(context, ref, gate);
  }

  async function run(context: RoundContext): Promise<void> {
    const late = AbortSignal.timeout(PATIENCE_MS);
    const bounded = { ...context, signal: AbortSignal.any([context.signal, signal, late]) };
    try {
      await report(bounded);
    } catch (error) {
      if (signal.aborted || context.signal.aborted) return;
      if (late.aborted) return skip(context, outOfTime(context, "it took too long"));
      if (isTagged(error)) return skip(context, error);
      bug ??= error;
    }
  }

  return {
    async during(work) {
      if (bug !== undefined) throw bug;
      gate.close();
      try {
        return await work();
      } finally {
        gate.open();
      }
    },
    begin(context) {
      if (!reports || !roles.includes("auditor") || context.round.phase !== "Final") return;
      const one = run(context).finally(() => running.delete(one));
      running.add(one);
    },
    async finished() {
      await Promise.all(running);
      if (bug !== undefined) throw bug;
    },
  };
}

interface Gate {
  close(): void;
  open(): void;
  /** Waits until it is open. */
  pass(): Promise<void>;
}

function createGate(): Gate {
  let closed = 0;
  let waiting: (() => void)[] = [];
  return {
    close() {
      closed++;
    },
    open() {
      if (--closed > 0) return;
      for (const go of waiting) go();
      waiting = [];
    },
    async pass() {
      while (closed > 0) await new Promise<void>((resolve) => waiting.push(resolve));
    },
  };
}

async function hasJudged(context: RoundContext): Promise<boolean> {
  const { chain, job, round, signal } = context;
  const question = { taskId: job.taskId, round: round.round, node: actor(context) };
  return (await readDuty(chain, question, { signal })).verdictRevealed;
}

interface Means {
  readonly gate: Gate;
  readonly createExecutor: JobSources["createExecutor"];
}

/** @returns the stored report. @throws {NodeError} `NODE_REPORT_OUT_OF_TIME`, and as `makeRoundReport` */
async function compute(context: RoundContext, { gate, createExecutor = createBestExecutor }: Means) {
  const { job, round, store, signal, emit } = context;
  await gate.pass();
  const executor = await createExecutor(job.executor.program, { threads: 1 });
  const breath = breathe();
  let workedMs = 0;
  let sinceMs: number | undefined; // fetching comes before, and costs the network
  const onPart = async (): Promise<void> => {
    signal.throwIfAborted();
    workedMs += performance.now() - (sinceMs ?? performance.now());
    if (workedMs > WORK_MS) throw outOfTime(context, `it takes more than ${WORK_MS / 1_000} s of computing`);
    await breath();
    await gate.pass();
    sinceMs = performance.now();
  };
  const onValued = (valued: number, most: number): void => {
    const neededMs = (workedMs / valued) * most;
    if (neededMs > WORK_MS) throw outOfTime(context, `it would take ${Math.round(neededMs / 1_000)} s of computing`);
  };
  try {
    const report = await makeRoundReport(context, { executor, onPart, onValued });
    const ref = await store.put(encodeRoundReport(report), { signal });
    const copies = report.trainers.filter(({ repeats }) => repeats !== null).length;
    const { digest, byteLength } = ref;
    const where = { task: `${job.taskId}`, round: round.round };
    emit({ event: "reported", ...where, digest, byteLength, copies, seconds: workedMs / 1_000 });
    return ref;
  } finally {
    executor.dispose();
  }
}

/**
 * Who proposed the aggregate files. Another one does where nobody has after a while, or where something else was filed as
 * often as what it found: each word costs gas, and one is enough where nobody objects.
 */
async function file(context: RoundContext, ref: ContentRef, gate: Gate): Promise<void> {
  const { chain, job, round, signal, emit } = context;
  const turnMs = performance.now() + waitMs(context);
  const where = { task: `${job.taskId}`, round: round.round, digest: ref.digest };
  for (;;) {
    signal.throwIfAborted();
    await gate.pass();
    const { agreeing, others, isOwn } = await filedSoFar(context, ref);
    if (isOwn || agreeing > others) return emit({ event: "reportFiled", ...where, agreeing, others, isSender: isOwn });
    if (performance.now() >= turnMs) break;
    await pause(LOOKS.between * chain.pollingMs, signal);
  }
  try {
    const args = [job.taskId, round.round, ref.digest, ref.byteLength] as const;
    await chain.send("roundReports", "fileReport", args, { signal });
  } catch (error) {
    if (refusalOf(error)?.errorName !== "RoundReportsAlreadyFiled") throw error;
  }
  const { agreeing, others } = await filedSoFar(context, ref);
  emit({ event: "reportFiled", ...where, agreeing, others, isSender: true });
}

function waitMs(context: RoundContext): number {
  const { chain, job, round } = context;
  const self = actor(context);
  if (round.aggregateProposer === self) return 0;
  const place = keeperDelayMs(self, `${job.taskId}/${round.round}/report`, LOOKS.place * chain.pollingMs);
  return LOOKS.proposer * chain.pollingMs + place;
}

/** How many auditors filed this report, and how many the one that most of the others filed. */
async function filedSoFar(context: RoundContext, { digest, byteLength }: ContentRef) {
  const { chain, signal } = context;
  const tally = tallyReports(await filedReports(chain, logsOf(context), { signal }));
  const isSame = (one: ContentRef): boolean => one.digest === digest && one.byteLength === byteLength;
  const own = tally.find(isSame)?.auditors ?? [];
  const others = tally.find((one) => !isSame(one))?.auditors.length ?? 0;
  const isOwn = tally.some(({ auditors }) => auditors.includes(actor(context)));
  return { agreeing: own.length, others, isOwn };
}

function skip({ job, round, emit }: RoundContext, { code, message }: { code: string; message: string }): void {
  emit({ event: "reportSkipped", task: `${job.taskId}`, round: round.round, code, message });
}

function outOfTime({ job, round }: RoundContext, why: string): NodeError {
  return new NodeError(
    { code: "NODE_REPORT_OUT_OF_TIME", taskId: `${job.taskId}`, round: round.round },
    `no report of round ${round.round} of task ${job.taskId}: ${why}`,
  );
}
