/** The report of a round that is over, from the chain, the round's files and the task's test records. Sends nothing. */
import { setImmediate } from "node:timers/promises";
import { findRepeats, type JudgedUpdate, roundWorth } from "../audit/roundWorth.ts";
import { committedTrainers } from "../chain/commitOrder.ts";
import { foundDuplicates } from "../chain/reports.ts";
import { talliedBitmaps } from "../chain/talliedBitmaps.ts";
import { type RevealedUpdate, revealedUpdates } from "../chain/task.ts";
import type { Executor } from "../engine/executor.ts";
import { elementCount, type Parameters } from "../engine/tensor.ts";
import { fromHex, type Hex } from "../protocol/hex.ts";
import type { RefusalReason, ReportedTrainer, RoundReport } from "../protocol/roundReport.ts";
import { baseParameters } from "./job.ts";
import { NodeError } from "./nodeError.ts";
import { logsOf, type RoundContext } from "./roundContext.ts";
import { fetchUpdate, problemOf } from "./updateFetch.ts";

export interface ReportWork {
  /** Of its own: the job's trains and replays meanwhile. */
  readonly executor: Executor;
  /** Told often; a promise gives others their turn, a throw ends it. */
  readonly onPart: () => void | Promise<void>;
  /** As `WorthJob.onValued`. */
  readonly onValued: (valued: number, most: number) => void;
}

/** All updates are in memory at once. Unit: parameters, of 8 bytes each. */
const MAX_HELD = 2 ** 26;

/**
 * @returns the report of a final round. All auditors write the same, but where a refused update is to be had by some alone.
 * @throws {NodeError} `NODE_REPORT_NO_RECORDS` | `NODE_REPORT_TOO_LARGE` | `NODE_REPORT_UNREADABLE`, and what chain, network,
 *   engine and `work` throw
 */
export async function makeRoundReport(context: RoundContext, work: ReportWork): Promise<RoundReport> {
  const { chain, job, round, signal } = context;
  const { executor, onPart, onValued } = work;
  const validation = job.dataset.test;
  if (validation.count === 0) throw noRecords(context);
  const base = await baseParameters(context, job, round.baseVersion, { signal });
  const updates = await revealedUpdates(chain, logsOf(context), { signal });
  requireRoom(context, updates.length * sizeOf(base));
  const committed = await committedTrainers(chain, { ...logsOf(context), revealedBitmap: 0n }, { signal });
  const files = new Map<number, UpdateFile>();
  for (const update of updates) files.set(update.index, await fetchOne(context, update, base));
  const there = updates.flatMap((update): JudgedUpdate[] => {
    const { parameters } = files.get(update.index)!;
    const weight = job.task.mode === "Private" ? 1 : update.sampleCount;
    return (
      (parameters && [{ index: update.index, parameters, weight, isAccepted: isAccepted(context, update.index) }]) || []
    );
  });
  const seed = fromHex(round.committeeSeed, 32);
  const { worth, method, baseLoss, meanLoss } = await roundWorth({
    ...{ executor, base, updates: there, validation, seed, onPart, onValued },
  });
  const placeOf = new Map(committed.map(({ index }, place) => [index, place]));
  const repeated = await findRepeats({
    base,
    updates: there.toSorted((a, b) => (placeOf.get(a.index) ?? 0) - (placeOf.get(b.index) ?? 0)),
    isSuspect: (index) => job.task.mode === "Private" || !isAccepted(context, index),
    onPart,
  });
  const refusalOf = await refusals(context, files);
  const opened = updates.map(({ index, trainer, updateDigest, byteLength, sampleCount }): ReportedTrainer => {
    return {
      ...{ index, trainer: lowerCase(trainer), refusal: refusalOf(index), updateDigest, byteLength, sampleCount },
      ...{ contribution: finite(worth.get(index)), repeats: repeated.get(index) ?? null },
    };
  });
  const isOpened = new Set(updates.map(({ index }) => index));
  const silent = committed.filter(({ index }) => !isOpened.has(index)).map(neverOpened);
  const { records, ...frame } = frameOf(context);
  return {
    ...frame,
    contribution: {
      ...{ method, seed: round.committeeSeed, unit: "loss", records },
      ...{ baseLoss: finite(baseLoss), meanLoss: finite(meanLoss) },
    },
    trainers: [...opened, ...silent].sort((a, b) => a.index - b.index),
  };
}

function frameOf({ chain, job, round }: RoundContext) {
  const { chainId, contracts } = chain.deployment;
  return {
    schema: "cairn/round-report/v1",
    chainId,
    flContract: lowerCase(contracts.flContract),
    taskId: job.taskId,
    round: round.round,
    mode: job.task.mode === "Private" ? "Private" : "Replayable",
    rule: job.plan.aggregation,
    baseVersion: round.baseVersion,
    version: round.publishedVersion,
    aggregateDigest: round.aggregateDigest,
    records: job.dataset.test.count,
  } as const;
}

interface UpdateFile {
  readonly parameters: Parameters | undefined;
  /** The code of what is wrong with it. */
  readonly problem: string | undefined;
}

/** @throws {NodeError} `NODE_REPORT_UNREADABLE` where it is one of those that made the version */
async function fetchOne(context: RoundContext, update: RevealedUpdate, base: Parameters): Promise<UpdateFile> {
  let parameters: Parameters | undefined;
  const problem = await problemOf(async () => {
    parameters = await fetchUpdate(context, update, { base });
  });
  await setImmediate();
  if (problem === undefined || !isAccepted(context, update.index)) return { parameters, problem };
  const { job, round } = context;
  throw new NodeError(
    { code: "NODE_REPORT_UNREADABLE", taskId: `${job.taskId}`, round: round.round, trainer: update.trainer },
    `no report of round ${round.round} of task ${job.taskId}: the accepted update of ${update.trainer} is not to be had`,
  );
}

/** @returns why an update was not accepted; from the chain, and from its bytes where that says nothing of it. */
async function refusals(context: RoundContext, files: ReadonlyMap<number, UpdateFile>) {
  const { chain, job, round, signal } = context;
  const key = logsOf(context);
  const duplicates = await foundDuplicates(chain, key, { signal });
  const tally = { taskId: job.taskId, round: round.round, fromBlock: key.openedAtBlock };
  const tallied = (await talliedBitmaps(chain, tally, { signal })).at(-1) ?? 0n;
  return (index: number): RefusalReason | null => {
    const bit = 1n << BigInt(index);
    if (isAccepted(context, index)) return null;
    if ((duplicates & bit) !== 0n) return "duplicate";
    if ((tallied & bit) !== 0n) return "disputed";
    const problem = files.get(index)?.problem;
    if (problem === undefined) return "noQuorum";
    return problem.startsWith("NETWORK_") ? "missing" : "malformed";
  };
}

function neverOpened({ trainer, index }: { readonly trainer: Hex; readonly index: number }): ReportedTrainer {
  const nothing = { updateDigest: null, byteLength: null, sampleCount: null, contribution: null, repeats: null };
  return { index, trainer: lowerCase(trainer), refusal: "notOpened", ...nothing };
}

function isAccepted({ round }: RoundContext, index: number): boolean {
  return ((round.acceptedBitmap >> BigInt(index)) & 1n) === 1n;
}

function sizeOf(parameters: Parameters): number {
  return [...parameters.values()].reduce((sum, { shape }) => sum + elementCount(shape), 0);
}

function requireRoom({ job, round }: RoundContext, held: number): void {
  if (held <= MAX_HELD) return;
  throw new NodeError(
    { code: "NODE_REPORT_TOO_LARGE", taskId: `${job.taskId}`, round: round.round, parameters: held, max: MAX_HELD },
    `no report of round ${round.round} of task ${job.taskId}: its updates have ${held} parameters, above ${MAX_HELD}`,
  );
}

function noRecords({ job, round }: RoundContext): NodeError {
  return new NodeError(
    { code: "NODE_REPORT_NO_RECORDS", taskId: `${job.taskId}`, round: round.round },
    `no report of round ${round.round} of task ${job.taskId}: its data has no test records`,
  );
}

const finite = (value: number | undefined): number | null => (Number.isFinite(value) ? value! : null);
const lowerCase = (hex: Hex): Hex => hex.toLowerCase() as Hex;
