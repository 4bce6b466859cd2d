/** From a round's accepted updates to the next version and its state: what auditors and a recomputation share. */
import { lastRoundVersion } from "../chain/cohorts.ts";
import type { CallOptions } from "../chain/connection.ts";
import { decodeParameters, encodeVersion } from "../engine/checkpoint.ts";
import type { Parameters } from "../engine/tensor.ts";
import { aggregate } from "../learning/aggregate.ts";
import type { AggregationResult, AggregationState, Contribution } from "../learning/aggregation/round.ts";
import { parseAggregationRule } from "../learning/aggregation/rule.ts";
import { decodeState, encodeState } from "../learning/aggregation/stateFile.ts";
import { localTerms, ROOT_SLOT, rootShard } from "../learning/federatedTerms.ts";
import { type LocalCorrection, localCorrection } from "../learning/localCorrection.ts";
import { trainLocally } from "../learning/localTraining.ts";
import type { ContentStore } from "../network/contentStore.ts";
import type { ContentRef } from "../protocol/contentRef.ts";
import { fromHex, type Hex } from "../protocol/hex.ts";
import { trainingSeed } from "../protocol/plan.ts";
import { type Job, type JobSources, readVersion } from "./job.ts";

/** What rounds begin with: weights, and what the rule carried over. */
export interface VersionContent {
  readonly parameters: Parameters;
  readonly state: AggregationState;
}

type Sources = Pick<JobSources, "chain" | "store">;

/** @returns weights and state of a version. @throws what chain, network or engine find */
export async function aggregationBase(
  sources: Sources,
  job: Job,
  version: bigint,
  options: CallOptions,
): Promise<VersionContent> {
  const { parameters, state: own } = await readVersion(sources, job, version, options);
  const { modelId } = job.task.parameters;
  const { version: made } = await lastRoundVersion(sources.chain, { modelId, version }, options);
  const state = made === version ? own : (await readVersion(sources, job, made, options)).state;
  if (state === undefined) return { parameters, state: new Map() };
  return { parameters, state: decodeState(await sources.store.get(state, options), parameters) };
}

/** As {@link aggregationBase}; without the state where trainers don't need it. */
export async function trainingBase(
  sources: Sources,
  job: Job,
  version: bigint,
  options: CallOptions,
): Promise<VersionContent> {
  if (parseAggregationRule(job.plan.aggregation).kind === "scaffold") {
    return aggregationBase(sources, job, version, options);
  }
  return { parameters: (await readVersion(sources, job, version, options)).parameters, state: new Map() };
}

/** @returns what the plan's rule does to the steps of the trainer at `address`. */
export function correctionOf(job: Job, state: AggregationState, address: string): LocalCorrection | undefined {
  return localCorrection(parseAggregationRule(job.plan.aggregation), state, address);
}

/** What keys a round's aggregation. */
export interface RoundSeeds {
  readonly round: number;
  readonly seed: Hex;
  /** Drawn after the updates are committed to. */
  readonly committeeSeed: Hex;
}

/**
 * @returns the next version. Where the rule has a root, it is trained here first.
 * @throws {LearningError} as `aggregate`; {EngineError} when the root's training diverges
 */
export async function aggregateUpdates(
  job: Job,
  { round, seed, committeeSeed }: RoundSeeds,
  { base, contributions, signal }: AggregationWork,
): Promise<AggregationResult> {
  const { plan, executor, dataset, taskId, task } = job;
  /** How many records a trainer has where nobody can count them is its word: there all weigh the same. */
  const weighed = (one: Contribution) => (task.mode === "Private" ? { ...one, sampleCount: 1 } : one);
  const rule = parseAggregationRule(plan.aggregation);
  const shard = rootShard(rule, dataset.train.count, fromHex(plan.data.partitionSeed, 32));
  let root: Parameters | undefined;
  if (shard !== undefined) {
    const { localSteps, traceStride } = plan;
    const steps = { localSteps, traceStride, seed: trainingSeed(seed, taskId, round, ROOT_SLOT), signal };
    const { bytes } = await trainLocally({ executor, records: dataset.train, shard, base: base.parameters, ...steps });
    root = decodeParameters(bytes, executor.program);
  }
  const local = localTerms(executor.program.optimiser, plan.localSteps);
  const inputs = { base: base.parameters, state: base.state, seed: fromHex(committeeSeed, 32), local, root };
  return aggregate(rule, { ...inputs, population: plan.data.shards }, contributions.map(weighed));
}

export interface AggregationWork {
  readonly base: VersionContent;
  readonly contributions: readonly Contribution[];
  readonly signal?: AbortSignal | undefined;
}

/** Stores the state where there is one, then the version that names it. @returns the version's reference */
export async function storeVersion(
  store: Pick<ContentStore, "put">,
  { parameters, state }: VersionContent,
  options: CallOptions,
): Promise<ContentRef> {
  if (state.size === 0) return store.put(encodeVersion({ parameters }), options);
  const kept = await store.put(encodeState(state), options);
  return store.put(encodeVersion({ parameters, state: kept }), options);
}
