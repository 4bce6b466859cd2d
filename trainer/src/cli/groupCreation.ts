/**
 * Opens a group of cohorts: a model for all, and for each cohort a branch of it and a task.
 *
 * Prints nothing. Stopped half way it leaves tasks that their owner can close, and a group that works with those cohorts
 * that it has.
 */
import { zeroAddress } from "viem";
import type { Chain } from "../chain/connection.ts";
import { requireReplayable } from "../learning/compression/compression.ts";
import type { ContentStore } from "../network/contentStore.ts";
import type { ContentRef } from "../protocol/contentRef.ts";
import { cohortChoices, type GroupChoices, groupTimes } from "./groupChoices.ts";
import { allow, type CreatedTask, ensureDataset, eventOf, openTask, type TaskCreation } from "./taskCreation.ts";
import { type PreparedTraining, prepareTraining } from "./taskPlan.ts";
import { escrowOf, taskParameters } from "./taskTerms.ts";

export interface CreatedGroup {
  readonly groupId: bigint;
  /** What the merged versions are published to. */
  readonly modelId: bigint;
  readonly datasetId: bigint;
  /** Of all cohorts together. Unit: wei. */
  readonly escrowWei: bigint;
  /** One a cohort, in their order. */
  readonly tasks: readonly CreatedTask[];
}

export interface GroupCreation extends Omit<TaskCreation, "options"> {
  readonly options: GroupChoices;
}

/** @throws {CliError} `CLI_USAGE` | {EngineError} | {LearningError} before anything is sent; {ChainError} | {NetworkError} */
export async function createTrainingGroup(creation: GroupCreation): Promise<CreatedGroup> {
  const { chain, store, dataset, options, signal, onStep = () => {} } = creation;
  const choices = cohortChoices(options);
  if (options.terms.mode !== "Private") requireReplayable(options.training.compression);
  const prepared = choices.map(({ training }) => prepareTraining(dataset, training));
  const parameters = taskParameters(choices[0]!.terms, await chain.read("flContract", "limits", [], { signal }));

  onStep("registering data set and models");
  const { datasetId } = await ensureDataset({ chain, signal }, dataset.manifest, true);
  const documents = await storeModel(store, prepared[0]!, signal);
  const name = options.training.modelName;
  const modelId = await registerGated({ chain, signal }, { name, documents, parent: 0n, publisher: zeroAddress });
  const times = groupTimes(parameters);
  const call = [modelId, options.gatherSeconds ?? times.gatherSeconds, times.mergeSeconds] as const;
  const receipt = await chain.send("cohorts", "createGroup", call, { signal });
  const { groupId } = eventOf(receipt, "cohorts", "GroupCreated") as { readonly groupId: bigint };

  const escrowWei = BigInt(choices.length) * escrowOf(parameters);
  await allow({ chain, signal }, escrowWei);
  const { flContract: publisher } = chain.deployment.contracts;
  const tasks: CreatedTask[] = [];
  for (const [index, { training, terms }] of choices.entries()) {
    onStep(`opening cohort ${index} of ${choices.length}`);
    const branch = { name: training.modelName, documents, parent: modelId, publisher };
    const branchId = await registerGated({ chain, signal }, branch);
    const work = { prepared: prepared[index]!, terms, parameters, datasetId, modelId: branchId };
    const task = await openTask(creation, work);
    await chain.send("cohorts", "addCohorts", [groupId, [task.taskId]], { signal });
    tasks.push(task);
  }
  return { groupId, modelId, datasetId, escrowWei, tasks };
}

interface ModelDocuments {
  readonly model: ContentRef;
  readonly weights: ContentRef;
}

async function storeModel(
  store: Pick<ContentStore, "put">,
  { modelBytes, weightsBytes }: PreparedTraining,
  signal: AbortSignal,
): Promise<ModelDocuments> {
  return { model: await store.put(modelBytes, { signal }), weights: await store.put(weightsBytes, { signal }) };
}

interface Branch {
  readonly name: string;
  readonly documents: ModelDocuments;
  /** 0 for the group's own model. */
  readonly parent: bigint;
  readonly publisher: `0x${string}`;
}

async function registerGated(
  { chain, signal }: { readonly chain: Chain; readonly signal: AbortSignal },
  { name, documents: { model, weights }, parent, publisher }: Branch,
): Promise<bigint> {
  const receipt = await chain.send(
    "modelRegistry",
    "registerModel",
    [name, model.digest, model.byteLength, weights.digest, weights.byteLength, parent, 0n],
    { signal },
  );
  const { modelId } = eventOf(receipt, "modelRegistry", "ModelRegistered") as { readonly modelId: bigint };
  const { cohorts } = chain.deployment.contracts;
  await chain.send("modelRegistry", "gateModel", [modelId, cohorts, publisher], { signal });
  return modelId;
}
