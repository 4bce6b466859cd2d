/**
 * The same federated averaging in one process: the accepted trainers' work again, round by round, from the chain's seeds.
 *
 * It fetches no update and no later version: only the initial weights and the plan. So equal digests at the end mean that
 * the network as a whole computed nothing but this.
 */
import type { CallOptions, Chain } from "../../../trainer/src/chain/connection.ts";
import { type RoundView, readRound, revealedUpdates } from "../../../trainer/src/chain/task.ts";
import { decodeParameters } from "../../../trainer/src/engine/checkpoint.ts";
import type { Contribution } from "../../../trainer/src/learning/aggregation/round.ts";
import { trainLocally } from "../../../trainer/src/learning/localTraining.ts";
import { computeContentRef } from "../../../trainer/src/network/contentDigest.ts";
import {
  aggregateUpdates,
  correctionOf,
  storeVersion,
  type VersionContent,
} from "../../../trainer/src/node/aggregation.ts";
import { baseParameters, type Job, type JobSources, localWork } from "../../../trainer/src/node/job.ts";
import type { Recomputed } from "../report/report.ts";
import { hasBit } from "../state/runState.ts";

export async function recompute(sources: JobSources, job: Job, options: CallOptions): Promise<Recomputed> {
  const { chain } = sources;
  const { taskId, task } = job;
  let content: VersionContent = { parameters: await baseParameters(sources, job, 0n, options), state: new Map() };
  const { round: rounds } = await chain.read("flContract", "taskOf", [taskId], options);
  for (let round = 1; round <= rounds; round++) {
    const view = await readRound(chain, taskId, round, options);
    if (view.phase === "Final") content = await nextVersion(chain, job, { round, view, content }, options);
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

async function nextVersion(chain: Chain, job: Job, step: Step, options: CallOptions): Promise<VersionContent> {
  const { round, view, content } = step;
  const { openedAtBlock, acceptedBitmap, seed, committeeSeed } = view;
  const key = { taskId: job.taskId, round, openedAtBlock: BigInt(openedAtBlock) };
  const updates = await revealedUpdates(chain, key, options);
  const contributions: Contribution[] = [];
  for (const { trainer, index } of updates.filter((update) => hasBit(acceptedBitmap, update.index))) {
    const work = { ...localWork(job, { seed, round }, index), correction: correctionOf(job, content.state, trainer) };
    const { bytes, sampleCount } = await trainLocally({ ...work, base: content.parameters, signal: options.signal });
    contributions.push({ address: trainer, sampleCount, parameters: decodeParameters(bytes, job.executor.program) });
  }
  return aggregateUpdates(job, { round, seed, committeeSeed }, { base: content, contributions });
}
