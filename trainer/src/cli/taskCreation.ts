/**
 * Opens a training task: stores what nodes will fetch, registers data set and model, escrows the budget.
 *
 * Prints nothing, so that the demo uses it too. Whoever calls it must keep `store` running until a node has fetched plan
 * and weights: before that nobody else serves them.
 */
import { parseEventLogs, type TransactionReceipt } from "viem";
import { hashTerms } from "../audit/dispute/disputeProgram.ts";
import { hashMeanTerms } from "../audit/dispute/mean/meanProgram.ts";
import type { CallOptions, Chain } from "../chain/connection.ts";
import type { Dataset, DatasetManifest } from "../data/dataset.ts";
import { encodeManifest } from "../data/manifest.ts";
import { requireReplayable } from "../learning/compression/compression.ts";
import { computeContentRef } from "../network/contentDigest.ts";
import type { ContentStore } from "../network/contentStore.ts";
import { aggregateTerms, disputeTerms } from "../node/disputeTerms.ts";
import type { ContentRef } from "../protocol/contentRef.ts";
import { TASK_MODES } from "../protocol/contractEnums.ts";
import { ABIS } from "../protocol/generated/abi.ts";
import { listDatasets } from "./chainLists.ts";
import { type PreparedTraining, prepareTraining, type TrainingChoices } from "./taskPlan.ts";
import { escrowOf, type TaskParametersTerms, type TaskTerms, taskParameters } from "./taskTerms.ts";

export interface TaskCreation {
  readonly chain: Chain;
  /** Only `put` is used. */
  readonly store: Pick<ContentStore, "put">;
  readonly dataset: Dataset;
  readonly options: { readonly training: TrainingChoices; readonly terms: TaskTerms };
  readonly signal: AbortSignal;
  /** Told before each step, for people. */
  readonly onStep?: (step: string) => void;
}

export interface CreatedTask {
  readonly taskId: bigint;
  readonly modelId: bigint;
  readonly datasetId: bigint;
  readonly escrowWei: bigint;
  readonly plan: ContentRef;
  readonly weights: ContentRef;
  readonly manifest: ContentRef;
  readonly model: ContentRef;
}

/**
 * Does what is missing and nothing twice but model and task: a registered data set is used again.
 *
 * @throws {EngineError} | {LearningError} before anything is sent, when choices and data do not fit
 * @throws {ChainError} | {NetworkError}
 */
export async function createTrainingTask(creation: TaskCreation): Promise<CreatedTask> {
  const { chain, store, dataset, options, signal, onStep = () => {} } = creation;
  const { training, terms } = options;
  if (terms.mode !== "Private") requireReplayable(training.compression);
  const prepared = prepareTraining(dataset, training);
  const parameters = taskParameters(terms, await chain.read("flContract", "limits", [], { signal }));

  onStep("registering data set and model");
  const model = await store.put(prepared.modelBytes, { signal });
  const weights = await store.put(prepared.weightsBytes, { signal });
  const { datasetId } = await ensureDataset({ chain, signal }, dataset.manifest, true);
  const modelId = await registerModel({ chain, signal }, training.modelName, { model, weights });

  onStep("opening the task");
  await allow({ chain, signal }, escrowOf(parameters));
  return openTask(creation, { prepared, terms, parameters, datasetId, modelId });
}

/** All that a task is made of once its model is registered. */
export interface TaskWork {
  readonly prepared: PreparedTraining;
  readonly terms: Pick<TaskTerms, "mode">;
  readonly parameters: TaskParametersTerms;
  readonly datasetId: bigint;
  readonly modelId: bigint;
}

/** Stores what the task's nodes will fetch, opens it and fixes the terms of its disputes. @throws {ChainError} | {NetworkError} */
export async function openTask(
  { chain, store, dataset, signal, onStep = () => {} }: Omit<TaskCreation, "options">,
  { prepared, terms: { mode = "Replayable" }, parameters, datasetId, modelId }: TaskWork,
): Promise<CreatedTask> {
  const plan = await store.put(prepared.planBytes, { signal });
  const weights = await store.put(prepared.weightsBytes, { signal });
  const manifest = await store.put(prepared.manifestBytes, { signal });
  const model = await store.put(prepared.modelBytes, { signal });
  const task = {
    modelId,
    datasetId,
    mode: TASK_MODES.indexOf(mode),
    planDigest: plan.digest,
    planByteLength: plan.byteLength,
    maxUpdateBytes: prepared.updateBytes,
    ...parameters,
  };
  const receipt = await chain.send("flContract", "createTask", [task], { signal });
  const { taskId } = eventOf(receipt, "flContract", "TaskCreated") as { readonly taskId: bigint };
  const dispute = mode === "Private" ? undefined : disputeTerms({ ...prepared, dataset });
  if (dispute !== undefined) {
    onStep("fixing the terms of disputes");
    await chain.send("disputeGame", "fixTerms", [taskId, hashTerms(dispute.terms)], { signal });
    const mean = aggregateTerms(prepared.plan, dispute.program);
    if (mean !== undefined) {
      await chain.send("aggregateGame", "fixTerms", [taskId, hashMeanTerms(mean.terms)], { signal });
    }
  }
  return { taskId, modelId, datasetId, escrowWei: escrowOf(parameters), plan, weights, manifest, model };
}

interface Access extends CallOptions {
  readonly chain: Chain;
}

/**
 * @returns the number of a registered data set with these records that this account may use; registers one if there is none.
 * @throws {ChainError}
 */
export async function ensureDataset(
  { chain, ...call }: Access,
  manifest: DatasetManifest,
  isPublic: boolean,
): Promise<{ readonly datasetId: bigint; readonly registered: boolean }> {
  const owner = chain.account?.address.toLowerCase();
  const { name, recordsRoot, recordCount } = manifest;
  // Anybody may have registered these records, and with a number that they are not.
  const known = (await listDatasets(chain, { ...call, limit: 1_000 })).find(
    (set) =>
      set.recordsRoot === recordsRoot &&
      set.recordCount === BigInt(recordCount) &&
      (set.isPublic || set.owner.toLowerCase() === owner),
  );
  if (known !== undefined) return { datasetId: known.id, registered: false };
  const { digest, byteLength } = await computeContentRef(encodeManifest(manifest));
  const receipt = await chain.send(
    "dataRegistry",
    "registerDataset",
    [name, digest, byteLength, recordsRoot, BigInt(recordCount), isPublic],
    call,
  );
  const { datasetId } = eventOf(receipt, "dataRegistry", "DatasetRegistered") as { readonly datasetId: bigint };
  return { datasetId, registered: true };
}

async function registerModel(
  { chain, ...call }: Access,
  name: string,
  { model, weights }: { readonly model: ContentRef; readonly weights: ContentRef },
): Promise<bigint> {
  const receipt = await chain.send(
    "modelRegistry",
    "registerModel",
    [name, model.digest, model.byteLength, weights.digest, weights.byteLength, 0n, 0n],
    call,
  );
  const { modelId } = eventOf(receipt, "modelRegistry", "ModelRegistered") as { readonly modelId: bigint };
  await chain.send("modelRegistry", "setPublisher", [modelId, chain.deployment.contracts.flContract, true], call);
  return modelId;
}

/** Lets the task contract take `amountWei` from the account, where it may not yet. */
export async function allow({ chain, ...call }: Access, amountWei: bigint): Promise<void> {
  const { flContract } = chain.deployment.contracts;
  const owner = chain.account?.address;
  if (owner !== undefined && (await chain.read("cairnToken", "allowance", [owner, flContract], call)) >= amountWei)
    return;
  await chain.send("cairnToken", "approve", [flContract, amountWei], call);
}

/** The arguments of the one event of that name in `receipt`. */
export function eventOf(receipt: TransactionReceipt, contract: keyof typeof ABIS, eventName: string): object {
  const [log] = parseEventLogs({ abi: ABIS[contract], logs: receipt.logs }).filter(
    (event) => event.eventName === eventName,
  );
  if (log === undefined) throw new TypeError(`${receipt.transactionHash} has no ${eventName}`);
  return log.args;
}
