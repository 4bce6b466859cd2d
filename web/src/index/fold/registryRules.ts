/** What events of ModelRegistry and DataRegistry say. */
import type { dataRegistryAbi, modelRegistryAbi } from "@cairn/trainer/protocol/generated/abi";
import { zeroAddress } from "viem";
import type { Draft } from "./draft.ts";
import { type At, nothing, type Rules, refOf } from "./rule.ts";

export const modelRules: Rules<typeof modelRegistryAbi> = {
  ModelRegistered: (draft, args, at) => {
    const { modelId, owner, name, metadataDigest, metadataByteLength, parentModelId, parentVersion } = args;
    draft.models.set(modelId, {
      id: modelId,
      owner,
      pendingOwner: zeroAddress,
      name,
      metadata: { digest: metadataDigest, byteLength: metadataByteLength },
      parentModelId,
      parentVersion: Number(parentVersion),
      registered: refOf(at),
      publishers: new Set(),
      versions: [],
    });
  },
  VersionPublished: (draft, args, at) => {
    const model = modelOf(draft, args.modelId, at);
    if (model === undefined) return;
    const version = Number(args.version);
    if (version !== model.versions.length) return draft.contradict(at, "outOfOrder");
    model.versions.push({
      modelId: args.modelId,
      version,
      publisher: args.publisher,
      weights: { digest: args.weightsDigest, byteLength: args.weightsByteLength },
      parentVersion: Number(args.parentVersion),
      taskId: args.taskId,
      round: args.round,
      provenanceDigest: args.provenanceDigest,
      published: refOf(at),
    });
  },
  PublisherSet: (draft, { modelId, publisher, allowed }, at) => {
    const publishers = modelOf(draft, modelId, at)?.publishers;
    if (allowed) publishers?.add(publisher);
    else publishers?.delete(publisher);
  },
  ModelGated: nothing,
  GateOpened: nothing,
  OwnershipTransferStarted: (draft, { modelId, newOwner }, at) => {
    const model = modelOf(draft, modelId, at);
    if (model !== undefined) model.pendingOwner = newOwner;
  },
  OwnershipTransferred: (draft, { modelId, newOwner }, at) => {
    const model = modelOf(draft, modelId, at);
    if (model !== undefined) Object.assign(model, { owner: newOwner, pendingOwner: zeroAddress });
  },
};

export const dataRules: Rules<typeof dataRegistryAbi> = {
  DatasetRegistered: (draft, args, at) => {
    const { datasetId, owner, name, manifestDigest, manifestByteLength, recordsRoot, recordCount, isPublic } = args;
    draft.datasets.set(datasetId, {
      id: datasetId,
      owner,
      name,
      manifest: { digest: manifestDigest, byteLength: manifestByteLength },
      recordsRoot,
      recordCount: Number(recordCount),
      isPublic,
      usageCount: 0,
      registered: refOf(at),
      grants: new Map(),
      uses: [],
    });
  },
  ManifestUpdated: (draft, { datasetId, manifestDigest, manifestByteLength }, at) => {
    const dataset = datasetOf(draft, datasetId, at);
    if (dataset !== undefined) dataset.manifest = { digest: manifestDigest, byteLength: manifestByteLength };
  },
  AccessGranted: (draft, { datasetId, grantee, until }, at) => {
    datasetOf(draft, datasetId, at)?.grants.set(grantee, until);
  },
  AccessRevoked: (draft, { datasetId, grantee }, at) => {
    datasetOf(draft, datasetId, at)?.grants.delete(grantee);
  },
  DatasetUsed: (draft, { datasetId, taskId, user, newUsageCount }, at) => {
    const dataset = datasetOf(draft, datasetId, at);
    if (dataset === undefined) return;
    dataset.usageCount = Number(newUsageCount);
    dataset.uses = [...dataset.uses, { taskId, user, at: refOf(at) }];
  },
  RoleAdminChanged: nothing,
  RoleGranted: nothing,
  RoleRevoked: nothing,
};

function modelOf(draft: Draft, id: bigint, at: At) {
  const model = draft.model(id);
  if (model === undefined) draft.contradict(at, "unknownModel");
  return model;
}

function datasetOf(draft: Draft, id: bigint, at: At) {
  const dataset = draft.dataset(id);
  if (dataset === undefined) draft.contradict(at, "unknownDataset");
  return dataset;
}
