/** An auditor's duties: replay every update and commit to the verdict, open it, then make and attest the aggregate. */

import { evidence } from "../audit/evidence.ts";
import { type ReplayVerdict, replay } from "../audit/replay.ts";
import { ChainError } from "../chain/chainError.ts";
import { pause } from "../chain/deadline.ts";
import { readNode } from "../chain/nodes.ts";
import { type RevealedUpdate, revealedUpdates } from "../chain/task.ts";
import { decodeParameters } from "../engine/checkpoint.ts";
import type { Parameters } from "../engine/tensor.ts";
import type { Contribution } from "../learning/aggregation/round.ts";
import { verdictCommitment } from "../protocol/commitment.ts";
import { isTagged } from "../protocol/errors.ts";
import type { Hex } from "../protocol/hex.ts";
import {
  aggregateUpdates,
  aggregationBase,
  correctionOf,
  storeVersion,
  trainingBase,
  type VersionContent,
} from "./aggregation.ts";
import { localWork } from "./job.ts";
import { newSalt } from "./journal.ts";
import { actor, keyOf, openingMissing, type RoundContext, scopeOf, timed } from "./roundContext.ts";

/** An update that does not come within this is not there for others either. Unit: milliseconds. */
const FETCH_DEADLINE_MS = 10_000;

/**
 * Failures that are the update's: it is not to be had, not what its digest names, not a model of this task, or its
 * training diverges. A full disk or a lost RPC is the auditor's own trouble and no verdict.
 */
const UPDATES_FAULT = /^(NETWORK_(CONTENT|DIGEST|PEER)_|ENGINE_)/;

/** How long each later seat waits for the one before it to propose. Unit: milliseconds. */
const SEAT_PATIENCE_MS = 400;

/** Replays every opened update, keeps the verdict's opening on disk, then sends its commitment. */
export async function commitVerdict(context: RoundContext): Promise<void> {
  const { chain, job, journal, round, signal } = context;
  const key = keyOf(context);
  let opening = await journal.verdictOpening(key, round.attempt);
  if (opening === undefined) {
    const { acceptedBitmap, traces } = await judge(context);
    opening = {
      attempt: round.attempt,
      acceptedBitmap,
      evidence: evidence(actor(context), traces, round.committeeSeed),
      salt: newSalt(),
    };
    await journal.keepVerdict(key, opening);
  }
  const commitment = verdictCommitment(scopeOf(context), opening);
  await chain.send("flContract", "commitVerdict", [job.taskId, commitment], { signal });
}

export async function revealVerdict(context: RoundContext): Promise<void> {
  const { chain, job, journal, round, signal } = context;
  const opening = await journal.verdictOpening(keyOf(context), round.attempt);
  if (opening === undefined) throw openingMissing(context, "verdict");
  const { acceptedBitmap, evidence: proof, salt } = opening;
  await chain.send("flContract", "revealVerdict", [job.taskId, acceptedBitmap, proof, salt], { signal });
}

interface Judgement {
  readonly acceptedBitmap: bigint;
  /** The replayed trace's leaves by update index; empty where nothing was revealed. */
  readonly traces: readonly (readonly Hex[])[];
}

async function judge(context: RoundContext): Promise<Judgement> {
  const { chain, job, round, signal, emit } = context;
  const base = await trainingBase(context, job, round.baseVersion, { signal });
  const updates = await revealedUpdates(chain, roundKey(context), { signal });
  const problems = await Promise.all(updates.map((update) => fetchProblem(context, update)));
  let acceptedBitmap = 0n;
  const traces: (readonly Hex[])[] = [];
  for (const [i, update] of updates.entries()) {
    const finding = await judgeOne(context, base, update);
    const reason = problems[i] ?? finding.reason;
    const match = finding.match && reason === undefined;
    const { trainer, index } = update;
    if (match) acceptedBitmap |= 1n << BigInt(index);
    traces[index] = finding.traceLeaves;
    const why = reason === undefined ? {} : { reason };
    const { seconds, cpuSeconds } = finding;
    const where = { task: job.taskId.toString(), round: round.round, trainer, index };
    emit({ event: "replayed", ...where, match, seconds, cpuSeconds, ...why });
  }
  return { acceptedBitmap, traces: Array.from(traces, (leaves) => leaves ?? []) };
}

/** @returns why the update can't be had, whole and well formed, by anybody who asks; its bytes stay in the store. */
async function fetchProblem(context: RoundContext, update: RevealedUpdate): Promise<string | undefined> {
  return problemOf(async () => {
    await fetchUpdate(context, update);
  });
}

/** Asks the trainer first, and dials it when it joined after we last looked who is there. */
async function fetchUpdate({ chain, store, job, signal }: RoundContext, update: RevealedUpdate): Promise<Parameters> {
  const { updateDigest: digest, byteLength, trainer } = update;
  const ref = { digest, byteLength };
  const isHere = await store.has(ref);
  const peer = isHere ? undefined : await readNode(chain, trainer, { signal });
  if (peer !== undefined) await store.connect([peer], { signal });
  const providers = peer === undefined ? [] : [peer.peerId];
  const bytes = await store.get(ref, { signal, deadlineMs: FETCH_DEADLINE_MS, providers });
  return decodeParameters(bytes, job.executor.program);
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

/** @returns the code of what is wrong with the update. Being stopped is not the update's fault and goes on up. */
async function problemOf(work: () => Promise<void>, faults = UPDATES_FAULT): Promise<string | undefined> {
  try {
    await work();
    return undefined;
  } catch (error) {
    if (!isTagged(error) || !faults.test(error.code)) throw error;
    return error.code;
  }
}

/** Makes the aggregate of the accepted updates, stores it, and proposes or attests its digest. */
export async function aggregateRound(context: RoundContext): Promise<void> {
  const { chain, store, job, round, signal, emit } = context;
  const updates = await revealedUpdates(chain, roundKey(context), { signal });
  const accepted = updates.filter(({ index }) => (round.acceptedBitmap >> BigInt(index)) & 1n);
  const contributions: Contribution[] = [];
  for (const update of accepted) {
    let parameters: Parameters | undefined;
    const problem = await problemOf(async () => {
      parameters = await fetchUpdate(context, update);
    }, /^ENGINE_/); // bytes that are no update are so for everybody; bytes that are late are not
    const { trainer: address, sampleCount } = update;
    if (problem === undefined) contributions.push({ address, sampleCount, parameters: parameters! });
  }
  const base = await aggregationBase(context, job, round.baseVersion, { signal });
  const { seconds, value } = await timed(() => aggregateUpdates(job, round, { base, contributions, signal }));
  const { digest, byteLength } = await storeVersion(store, value, { signal });
  const task = job.taskId.toString();
  emit({ event: "aggregated", task, round: round.round, digest, byteLength, accepted: accepted.length, seconds });
  await proposeOrAttest(context, digest, byteLength);
}

async function proposeOrAttest(context: RoundContext, digest: Hex, byteLength: number): Promise<void> {
  const { chain, job, round, signal } = context;
  const committee = await chain.read("flContract", "committeeOf", [job.taskId, round.round], { signal });
  const seat = committee.indexOf(actor(context));
  if (seat > 0) await pause(seat * SEAT_PATIENCE_MS, signal);
  try {
    await chain.send("flContract", "attestAggregate", [job.taskId, digest, byteLength], { signal });
  } catch (error) {
    const unknown = error instanceof ChainError && error.detail.code === "CHAIN_REVERTED";
    if (!unknown) throw error;
    await chain.send("flContract", "proposeAggregate", [job.taskId, digest, byteLength], { signal });
  }
}

function roundKey({ job, round }: RoundContext) {
  return { taskId: job.taskId, round: round.round, openedAtBlock: BigInt(round.openedAtBlock) };
}
