/**
 * Everything a task needs on this machine, made once: plan, program, executor, data, shards.
 *
 * Trainer and auditor work from the same job, so that a replay runs what the training ran.
 */

import { setImmediate } from "node:timers/promises";
import { type DisputeProgram, hashTerms } from "../audit/dispute/disputeProgram.ts";
import { hashMeanTerms, type MeanProgram } from "../audit/dispute/mean/meanProgram.ts";
import type { CallOptions, Chain } from "../chain/connection.ts";
import { type RoundView, readTask, type TaskView } from "../chain/task.ts";
import { createBestExecutor, describeEngine } from "../compute/createExecutor.ts";
import type { Card } from "../compute/openCard.ts";
import type { Dataset } from "../data/dataset.ts";
import { decodeVersion, type VersionFile } from "../engine/checkpoint.ts";
import type { Executor } from "../engine/executor.ts";
import type { TrainingProgram } from "../engine/program.ts";
import type { Parameters } from "../engine/tensor.ts";
import { plannedCompression, requireReplayable } from "../learning/compression/compression.ts";
import { updateByteLength } from "../learning/compression/updateFile.ts";
import { plannedPart, plannedProgram, plannedShards } from "../learning/plannedTraining.ts";
import type { Records } from "../learning/records.ts";
import type { ContentStore } from "../network/contentStore.ts";
import type { Hex } from "../protocol/hex.ts";
import { decodePlan, type TrainingPlan } from "../protocol/plan.ts";
import { requireAffordable } from "./affordable.ts";
import { aggregateTerms, disputeTerms } from "./disputeTerms.ts";
import { NodeError } from "./nodeError.ts";

export interface Job {
  readonly taskId: bigint;
  readonly task: TaskView;
  readonly plan: TrainingPlan;
  readonly executor: Executor;
  readonly dataset: Dataset;
  /** What this trainer trains on instead of its shard, all of it; it never leaves the machine. */
  readonly ownRecords?: Records | undefined;
  /** Where this trainer trains instead of on the executor; lost cards are taken out. */
  card?: Card | undefined;
  /** Record numbers of the training split by slot. */
  readonly shards: readonly Uint32Array[];
  /** What a dispute about an update is fought over; absent where updates of the task cannot be disputed. */
  readonly dispute: DisputeProgram | undefined;
  /** What a dispute about an aggregate is fought over; absent where aggregates of the task cannot be disputed. */
  readonly mean: MeanProgram | undefined;
  /** Gives the executor's memory and threads back. */
  dispose(): void;
}

export interface JobSources {
  readonly chain: Chain;
  readonly store: ContentStore;
  readonly openDataset: (plan: TrainingPlan) => Promise<Dataset>;
  /** The trainer's own data, in tasks whose updates are not replayed. @default its shard of the task's */
  readonly openOwnDataset?: (() => Promise<Dataset>) | undefined;
  /** Opens a graphics card to train on, in tasks whose updates are not replayed. @default trains on the processor */
  readonly openCard?: ((program: TrainingProgram) => Promise<Card | undefined>) | undefined;
  /** Threads to train and replay on; no number changes a bit. @default one for each core */
  readonly threads?: number | undefined;
  /** @default the fastest of this machine */
  readonly createExecutor?: typeof createBestExecutor;
}

/**
 * Fetches the plan, checks that this machine has the data it names, and compiles its program. The caller disposes the job.
 *
 * @throws {NodeError} `NODE_TASK_UNKNOWN` | `NODE_TASK_UNSUPPORTED` | `NODE_PLAN_MISMATCH` | `NODE_DATA_MISMATCH` |
 *   `NODE_PLAN_TOO_LARGE` | `NODE_PLAN_TOO_SLOW` | `NODE_TERMS_MISMATCH`, and whatever plan, engine, data or network find
 */
export async function openJob(sources: JobSources, taskId: bigint, options: CallOptions): Promise<Job> {
  const { chain, store, openDataset } = sources;
  const task = await readTask(chain, taskId, options);
  if (task.mode === "None") {
    throw new NodeError({ code: "NODE_TASK_UNKNOWN", taskId: `${taskId}` }, `there is no task ${taskId} on this chain`);
  }
  if (task.mode === "Sealed") {
    throw new NodeError(
      { code: "NODE_TASK_UNSUPPORTED", taskId: `${taskId}`, mode: task.mode },
      `task ${taskId} is ${task.mode}; this version takes part in Replayable and Private tasks`,
    );
  }
  const { planDigest, planByteLength, datasetId } = task.parameters;
  const plan = decodePlan(await store.get({ digest: planDigest, byteLength: planByteLength }, options));
  const { recordsRoot, recordCount } = await chain.read("dataRegistry", "datasetOf", [datasetId], options);
  if (recordsRoot !== plan.data.recordsRoot) {
    throw new NodeError(
      { code: "NODE_PLAN_MISMATCH", taskId: `${taskId}`, actual: plan.data.recordsRoot, expected: recordsRoot },
      `the plan of task ${taskId} names other data than its registered data set ${datasetId}`,
    );
  }
  const compression = plannedCompression(plan);
  if (task.mode === "Replayable") requireReplayable(compression);
  const dataset = await openDataset(plan);
  requireData(dataset, plan);
  requireRecordCount(dataset, { taskId, recordCount });
  const program = plannedProgram(plan);
  const { threads = describeEngine().threads } = sources;
  requireAffordable(program, { taskId, threads });
  const bytes = updateByteLength(program, compression);
  requireRoom({ taskId, bytes, maxBytes: task.parameters.maxUpdateBytes });
  const shards = plannedShards(plan, dataset.labels("train"));
  const dispute = task.mode === "Replayable" ? disputeTerms({ plan, dataset, program, shards }) : undefined;
  const mean = task.mode === "Replayable" ? aggregateTerms(plan, program) : undefined;
  await requireTerms(chain, { taskId, dispute, mean }, options);
  const { createExecutor = createBestExecutor, openOwnDataset } = sources;
  const ownRecords = task.mode === "Private" ? (await openOwnDataset?.())?.train : undefined;
  const executor = await createExecutor(program, { threads });
  const card = task.mode === "Private" ? await sources.openCard?.(program) : undefined;
  const job: Job = {
    ...{ taskId, task, plan, executor, dataset, ownRecords, card, shards, dispute, mean },
    dispose() {
      executor.dispose();
      job.card?.dispose();
    },
  };
  return job;
}

interface TaskTerms {
  readonly taskId: bigint;
  readonly dispute: DisputeProgram | undefined;
  readonly mean: MeanProgram | undefined;
}

/** Whoever trains under other terms than the plan's would lose every dispute. Where none are fixed, nothing is disputed. */
export async function requireTerms(
  chain: Chain,
  { taskId, dispute, mean }: TaskTerms,
  options: CallOptions,
): Promise<void> {
  const updates = await chain.read("disputeGame", "termsOf", [taskId], options);
  requireSame(taskId, updates, dispute === undefined ? undefined : hashTerms(dispute.terms));
  const aggregates = await chain.read("aggregateGame", "termsOf", [taskId], options);
  requireSame(taskId, aggregates, mean === undefined ? undefined : hashMeanTerms(mean.terms));
}

function requireSame(taskId: bigint, fixed: Hex, expected: Hex | undefined): void {
  if (BigInt(fixed) === 0n || fixed === expected) return;
  throw new NodeError(
    { code: "NODE_TERMS_MISMATCH", taskId: `${taskId}`, actual: fixed, expected: expected ?? "none" },
    `the disputes of task ${taskId} are to be fought under other terms than its plan has`,
  );
}

/** How long a training may keep the process from everything else: peers, other tasks, Ctrl-C. Unit: milliseconds. */
const BREATH_MS = 50;

/** @returns what lets the event loop run every {@link BREATH_MS}, called often. */
export function breathe(): () => Promise<void> {
  let lastMs = performance.now();
  return async () => {
    if (performance.now() - lastMs < BREATH_MS) return;
    await setImmediate();
    lastMs = performance.now();
  };
}

function requireData(dataset: Dataset, { data }: TrainingPlan): void {
  const actual = dataset.manifest.recordsRoot;
  if (actual === data.recordsRoot) return;
  throw new NodeError(
    { code: "NODE_DATA_MISMATCH", actual, expected: data.recordsRoot },
    `the data here (${dataset.manifest.name}) is not the data of the task (${data.name})`,
  );
}

interface UpdateRoom {
  readonly taskId: bigint;
  readonly bytes: number;
  readonly maxBytes: number;
}

/** Whoever commits to an update that the task has no room for can't reveal it, and pays for that. */
function requireRoom({ taskId, bytes, maxBytes }: UpdateRoom): void {
  if (bytes <= maxBytes) return;
  throw new NodeError(
    { code: "NODE_PLAN_MISMATCH", taskId: `${taskId}`, actual: `${bytes}`, expected: `${maxBytes}` },
    `an update of task ${taskId} has ${bytes} bytes, and the task takes ${maxBytes}`,
  );
}

interface RegisteredCount {
  readonly taskId: bigint;
  readonly recordCount: bigint;
}

/** The registry can't count: where it was told another number than the root is of, no dispute can prove a record. */
function requireRecordCount({ manifest }: Dataset, { taskId, recordCount }: RegisteredCount): void {
  const [actual, expected] = [`${manifest.recordCount}`, `${recordCount}`];
  if (actual === expected) return;
  throw new NodeError(
    { code: "NODE_PLAN_MISMATCH", taskId: `${taskId}`, actual, expected },
    `the data of task ${taskId} has ${actual} records, and is registered with ${expected}`,
  );
}

/** @returns the parameters that the round starts from. @throws what chain, network or engine find */
export async function baseParameters(
  sources: Pick<JobSources, "chain" | "store">,
  job: Job,
  version: bigint,
  options: CallOptions,
): Promise<Parameters> {
  return (await readVersion(sources, job, version, options)).parameters;
}

/** @returns the version's weights and where its aggregation's state is. @throws as {@link baseParameters} */
export async function readVersion(
  { chain, store }: Pick<JobSources, "chain" | "store">,
  job: Job,
  version: bigint,
  options: CallOptions,
): Promise<VersionFile> {
  return decodeVersion(await versionBytes({ chain, store }, job, version, options), job.executor.program);
}

/** @returns the version's file. @throws as {@link baseParameters} */
export async function versionBytes(
  { chain, store }: Pick<JobSources, "chain" | "store">,
  job: Pick<Job, "task">,
  version: bigint,
  options: CallOptions,
): Promise<Uint8Array> {
  const { modelId } = job.task.parameters;
  const { weightsDigest, weightsByteLength } = await chain.read(
    "modelRegistry",
    "versionOf",
    [modelId, version],
    options,
  );
  return store.get({ digest: weightsDigest, byteLength: weightsByteLength }, options);
}

/** What one trainer's round is, apart from the base: the input of `trainLocally` and of `replay`. */
export function localWork(job: Job, round: Pick<RoundView, "seed"> & { readonly round: number }, slot: number) {
  const { executor, plan, dataset, ownRecords, shards, taskId } = job;
  const part = plannedPart(plan, shards, { roundSeed: round.seed, taskId, round: round.round, slot });
  const own = ownRecords && { records: ownRecords, shard: Uint32Array.from({ length: ownRecords.count }, (_, i) => i) };
  return { executor, records: dataset.train, ...part, ...own, onStep: breathe() };
}
