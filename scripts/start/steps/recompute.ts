/**
 * The same federated averaging in one process: the accepted trainers' work again, round by round, from the chain's seeds.
 *
 * It fetches no update and no later version: only the initial weights and the plan. So equal digests at the end mean that
 * the network as a whole computed nothing but this. In a `Private` task the updates are fetched, for nobody else can make
 * them: there equal digests mean that the versions are the averages of what was accepted, and nothing else.
 */
import type { CallOptions } from "../../../trainer/src/chain/connection.ts";
import { type RevealedUpdate, type RoundView, readRound, revealedUpdates } from "../../../trainer/src/chain/task.ts";
import type { Contribution } from "../../../trainer/src/learning/aggregation/round.ts";
import { plannedCompression } from "../../../trainer/src/learning/compression/compression.ts";
import { decodeUpdate } from "../../../trainer/src/learning/compression/updateFile.ts";
import { trainLocally } from "../../../trainer/src/learning/localTraining.ts";
import { computeContentRef } from "../../../trainer/src/network/contentDigest.ts";
import {
  aggregateUpdates,
  correctionOf,
  storeVersion,
  type VersionContent,
} from "../../../trainer/src/node/aggregation.ts";
import { baseParameters, type Job, type JobSources, localWork } from "../../../trainer/src/node/job.ts";
import type { Hex } from "../../../trainer/src/protocol/hex.ts";
import type { Recomputed } from "../report/report.ts";
import { hasBit } from "../state/runState.ts";

export async function recompute(sources: JobSources, job: Job, options: CallOptions): Promise<Recomputed> {
  const { chain } = sources;
  const { taskId, task } = job;
  let content: VersionContent = { parameters: await baseParameters(sources, job, 0n, options), state: new Map() };
  const { round: rounds } = await chain.read("flContract", "taskOf", [taskId], options);
  for (let round = 1; round <= rounds; round++) {
    const view = await readRound(chain, taskId, round, options);
    if (view.phase === "Final") content = await nextVersion(sources, job, { round, view, content }, options);
  }
  const version = await chain.read("modelRegistry", "latestVersion", [task.parameters.modelId], options);
  const published = await chain.read("modelRegistry", "versionOf", [task.parameters.modelId, version], options);
  const { digest } = await storeVersion({ put: computeContentRef }, content, options);
  return { equal: digest === published.weightsDigest, chainDigest: published.weightsDigest, digest };
}

interface Step {
  readonly round: number;
  readonly view: RoundView;
  readonly content: VersionContent;
}

async function nextVersion(sources: JobSources, job: Job, step: Step, options: CallOptions): Promise<VersionContent> {
  const { round, view, content } = step;
  const { openedAtBlock, acceptedBitmap, seed, committeeSeed } = view;
  const key = { taskId: job.taskId, round, openedAtBlock: BigInt(openedAtBlock) };
  const updates = await revealedUpdates(sources.chain, key, options);
  const contributions: Contribution[] = [];
  const { program } = job.executor;
  const terms = { program, base: content.parameters, compression: plannedCompression(job.plan) };
  for (const update of updates.filter(({ index }) => hasBit(acceptedBitmap, index))) {
    const { trainer } = update;
    const { bytes, sampleCount } =
      job.task.mode === "Private"
        ? await fetchAccepted(sources, update, options)
        : await trainAgain(job, { round: { seed, round }, content, update }, options);
    contributions.push({ address: trainer, sampleCount, parameters: decodeUpdate(bytes, terms) });
  }
  return aggregateUpdates(job, { round, seed, committeeSeed }, { base: content, contributions });
}

interface Done {
  readonly bytes: Uint8Array;
  readonly sampleCount: number;
}

async function fetchAccepted({ store }: JobSources, update: RevealedUpdate, options: CallOptions): Promise<Done> {
  const { updateDigest: digest, byteLength, sampleCount } = update;
  return { bytes: await store.get({ digest, byteLength }, options), sampleCount };
}

interface Again {
  readonly round: { readonly seed: Hex; readonly round: number };
  readonly content: VersionContent;
  readonly update: RevealedUpdate;
}

async function trainAgain(job: Job, { round, content, update }: Again, { signal }: CallOptions): Promise<Done> {
  const correction = correctionOf(job, content.state, update.trainer);
  return trainLocally({ ...localWork(job, round, update.index), correction, base: content.parameters, signal });
}
