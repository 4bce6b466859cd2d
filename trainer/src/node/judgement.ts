/**
 * An auditor's findings: every opened update fetched and trained again, its bytes and trace compared; in a `Private` task
 * scored instead.
 *
 * Bounded by the time that there is: what was not replayed when it runs out is not accepted, for an accepted bit says
 * that the update was replayed and matched. All members replay in one order, drawn with the committee: so what a slow
 * committee gets done is the same few updates at every seat, and nobody knows beforehand whose.
 */
import { type ReplayVerdict, replay } from "../audit/replay.ts";
import { committedTrainers } from "../chain/commitOrder.ts";
import { type RevealedUpdate, revealedUpdates } from "../chain/task.ts";
import { createRandomStream, permutation } from "../engine/philox.ts";
import { isTagged } from "../protocol/errors.ts";
import { fromHex, type Hex } from "../protocol/hex.ts";
import { correctionOf, trainingBase, type VersionContent } from "./aggregation.ts";
import { findDuplicates } from "./duplicates.ts";
import { localWork } from "./job.ts";
import { NodeError } from "./nodeError.ts";
import { logsOf, type RoundContext, timed } from "./roundContext.ts";
import { scoreRound } from "./scoring.ts";
import { FETCH_DEADLINE_MS, type FetchOptions, fetchUpdate, problemOf } from "./updateFetch.ts";

export interface Judgement {
  readonly acceptedBitmap: bigint;
  readonly duplicateBitmap: bigint;
  /** The replayed trace's leaves by update index; empty where nothing was replayed. */
  readonly traces: readonly (readonly Hex[])[];
}

/** What an auditor says that can judge nothing. It keeps the seat's stake, and accepts nothing unseen. */
export const REFUSAL: Judgement = { acceptedBitmap: 0n, duplicateBitmap: 0n, traces: [] };

/** Longest that a timer runs. Unit: milliseconds. Source: Node's timers, 2³¹ − 1. */
const MAX_TIMER_MS = 2 ** 31 - 1;

/** One in so many parts of the time goes to fetching at most: who withholds an update must not cost the others theirs. */
const FETCH_PART = 3;

/** Failures that come back however often they are tried: weights, data or plan are not what they must be. */
const LASTING = /^(ENGINE_(?!THREAD_LOST|OUT_OF_MEMORY)|LEARNING_|DATA_)/;

/**
 * Judges what there is time for, and refuses what this node cannot judge at all: silence would cost stake.
 *
 * @param allowanceMs Time for work. Unit: milliseconds.
 * @throws {TaggedError} what may pass: the duty is tried again while there is time
 */
export async function judgeWithin(context: RoundContext, allowanceMs: number): Promise<Judgement> {
  const { pace } = context;
  if (allowanceMs <= 0) return refuse(context);
  const endMs = performance.now() + allowanceMs;
  const late = AbortSignal.timeout(Math.ceil(Math.min(allowanceMs, MAX_TIMER_MS)));
  try {
    return await judge({ ...context, signal: AbortSignal.any([context.signal, late]) }, { late, endMs });
  } catch (error) {
    if (context.signal.aborted || !(isTagged(error) || error === late.reason)) throw error; // to stop, or a bug
    if (isTagged(error) && !error.code.endsWith("_ABORTED")) pace.trouble = error;
    if (late.aborted || (isTagged(error) && LASTING.test(error.code))) return refuse(context);
    throw error;
  }
}

function refuse(context: RoundContext): Judgement {
  const { pace, round } = context;
  const share = { judged: 0, updates: round.revealed };
  tellRefusal(context, pace.trouble ?? outOfTime(context, share), share);
  delete pace.trouble;
  return REFUSAL;
}

interface TimeLimit {
  /** Fires when time is up. */
  readonly late: AbortSignal;
  /** When that is, by `performance.now()`. Unit: milliseconds. */
  readonly endMs: number;
}

async function judge(context: RoundContext, limit: TimeLimit): Promise<Judgement> {
  const { chain, job, round, signal, emit } = context;
  if (job.task.mode === "Private") {
    return { acceptedBitmap: await scoreRound(context), duplicateBitmap: 0n, traces: [] };
  }
  const base = await trainingBase(context, job, round.baseVersion, { signal });
  const updates = await revealedUpdates(chain, logsOf(context), { signal });
  const fetchMs = Math.max(1, Math.floor(Math.min(FETCH_DEADLINE_MS, (limit.endMs - performance.now()) / FETCH_PART)));
  const problems = await Promise.all(
    updates.map((update) => fetchProblem(context, update, { base: base.parameters, deadlineMs: fetchMs })),
  );
  let acceptedBitmap = 0n;
  const traces: (readonly Hex[])[] = [];
  const unlike: number[] = []; // whole and well formed, and not what the replay gives
  let judged = 0;
  for (const i of permutation(createRandomStream(fromHex(round.committeeSeed, 32), "replays"), updates.length)) {
    const update = updates[i]!;
    const finding = await judgeInTime(context, { base, update, limit });
    if (finding === undefined) break;
    judged++;
    const reason = problems[i] ?? finding.reason;
    const match = finding.match && reason === undefined;
    const { trainer, index } = update;
    if (match) acceptedBitmap |= 1n << BigInt(index);
    else if (problems[i] === undefined) unlike.push(index);
    traces[index] = finding.traceLeaves;
    const why = reason === undefined ? {} : { reason };
    const { seconds, cpuSeconds } = finding;
    const where = { task: job.taskId.toString(), round: round.round, trainer, index };
    emit({ event: "replayed", ...where, match, seconds, cpuSeconds, ...why });
  }
  if (judged < updates.length) {
    const share = { judged, updates: updates.length };
    tellRefusal(context, outOfTime(context, share), share);
  }
  const usable = updates.filter((_, i) => problems[i] === undefined);
  const duplicateBitmap = await duplicatesOf(context, { base, usable, unlike, limit });
  return { acceptedBitmap, duplicateBitmap, traces: Array.from(traces, (leaves) => leaves ?? []) };
}

interface OneUpdate {
  readonly base: VersionContent;
  readonly update: RevealedUpdate;
  readonly limit: TimeLimit;
}

/** @returns `undefined` when there is not, or was not, the time for it, as far as the replays before tell. */
async function judgeInTime(context: RoundContext, { base, update, limit }: OneUpdate): Promise<Finding | undefined> {
  const { pace } = context;
  if (limit.late.aborted || limit.endMs - performance.now() < 1_000 * pace.replaySeconds) {
    pace.replaySeconds /= 2; // else one slow replay, on a busy day, would be the last
    return undefined;
  }
  try {
    const finding = await judgeOne(context, base, update);
    pace.replaySeconds = Math.max(pace.replaySeconds / 2, finding.seconds);
    return finding;
  } catch (error) {
    if (limit.late.aborted && context.signal.reason === limit.late.reason) return undefined;
    throw error;
  }
}

interface Suspects {
  readonly base: VersionContent;
  readonly usable: readonly RevealedUpdate[];
  readonly unlike: readonly number[];
  readonly limit: TimeLimit;
}

/** A mark is worth less than a verdict in time: where there is none left, none is made. */
async function duplicatesOf(context: RoundContext, { base, usable, unlike, limit }: Suspects): Promise<bigint> {
  const { chain, job, round, signal, emit } = context;
  if (unlike.length === 0 || limit.late.aborted) return 0n;
  try {
    const order = (await committedTrainers(chain, logsOf(context), { signal })).map(({ index }) => index);
    const load = (update: RevealedUpdate) => fetchUpdate(context, update, { base: base.parameters });
    const found = await findDuplicates({
      base: base.parameters,
      updates: usable,
      order,
      suspects: unlike,
      load,
      signal,
    });
    const where = { task: job.taskId.toString(), round: round.round };
    for (const { update, of } of found) {
      emit({ event: "duplicate", ...where, trainer: update.trainer, index: update.index, of });
    }
    return found.reduce((bitmap, { update }) => bitmap | (1n << BigInt(update.index)), 0n);
  } catch (error) {
    if (limit.late.aborted && context.signal.reason === limit.late.reason) return 0n;
    throw error;
  }
}

/** @returns why the update can't be had, whole and well formed, by anybody who asks; its bytes stay in the store. */
function fetchProblem(
  context: RoundContext,
  update: RevealedUpdate,
  options: FetchOptions,
): Promise<string | undefined> {
  return problemOf(() => fetchUpdate(context, update, options));
}

interface Finding {
  readonly match: boolean;
  readonly seconds: number;
  readonly cpuSeconds: number;
  readonly traceLeaves: readonly Hex[];
  readonly reason: string | undefined;
}

/**
 * The same training here must give the same bytes. It is replayed even when the bytes could not be had, for the trace is
 * the evidence of having done the work.
 */
async function judgeOne(context: RoundContext, version: VersionContent, update: RevealedUpdate): Promise<Finding> {
  const { store, job, round, signal } = context;
  const { updateDigest: digest, byteLength, traceRoot, sampleCount } = update;
  const digestOf = async (bytes: Uint8Array): Promise<Hex> => (await store.put(bytes, { signal })).digest;
  let verdict: ReplayVerdict | undefined;
  const {
    seconds,
    cpuSeconds,
    value: impossible,
  } = await timed(() =>
    problemOf(async () => {
      const correction = correctionOf(job, version.state, update.trainer);
      const base = version.parameters;
      const work = { ...localWork(job, round, update.index), base, correction, signal, digestOf };
      verdict = await replay({ digest, byteLength, traceRoot, sampleCount }, work);
    }),
  );
  const traceLeaves = verdict?.update.traceLeaves ?? [];
  return { match: verdict?.match === true, seconds, cpuSeconds, traceLeaves, reason: impossible ?? verdict?.reason };
}

interface Share {
  readonly judged: number;
  readonly updates: number;
}

function outOfTime({ job, round }: RoundContext, { judged, updates }: Share): NodeError {
  const what = `the updates of round ${round.round} of task ${job.taskId}`;
  return new NodeError(
    { code: "NODE_AUDIT_OUT_OF_TIME", judged, updates },
    `there was time to replay ${judged} of ${updates} of ${what}`,
  );
}

function tellRefusal(
  { job, round, emit }: RoundContext,
  { code, message }: { code: string; message: string },
  share: Share,
) {
  emit({ event: "refused", task: job.taskId.toString(), round: round.round, code, message, ...share });
}
