/** Access to data and the lineage of models. */
import { expect } from "chai";
import { ZeroAddress, ZeroHash } from "ethers";
import { describe, it } from "mocha";
import { setUp } from "./support/cairn.ts";
import { createTask } from "./support/round.ts";

describe("DataRegistry", () => {
  it("lets a task use a private data set only while its owner grants it", async () => {
    const cairn = await setUp();
    const { dataRegistry, owner, stranger, networkHelpers } = cairn;
    await dataRegistry.connect(stranger).registerDataset("scans", ZeroHash, 9, ZeroHash, 7, false);
    const datasetId = 2n;
    await expect(createTask(cairn, { datasetId }))
      .to.be.revertedWithCustomError(dataRegistry, "DataRegistryNoAccess")
      .withArgs(datasetId, owner);
    const until = (await networkHelpers.time.latest()) + 1_000;
    await expect(dataRegistry.connect(stranger).grantAccess(datasetId, owner, until))
      .to.emit(dataRegistry, "AccessGranted")
      .withArgs(datasetId, owner, until);
    await createTask(cairn, { datasetId });
    expect((await dataRegistry.datasetOf(datasetId)).usageCount).to.equal(1n);
    await networkHelpers.time.increaseTo(until);
    expect(await dataRegistry.hasAccess(datasetId, owner), "at its end").to.equal(false);
    await expect(dataRegistry.connect(stranger).grantAccess(datasetId, owner, until))
      .to.be.revertedWithCustomError(dataRegistry, "DataRegistryGrantInPast")
      .withArgs(datasetId, until);
    await dataRegistry.connect(stranger).grantAccess(datasetId, owner, until + 1_000);
    await expect(dataRegistry.connect(stranger).revokeAccess(datasetId, owner))
      .to.emit(dataRegistry, "AccessRevoked")
      .withArgs(datasetId, owner);
    expect(await dataRegistry.hasAccess(datasetId, owner)).to.equal(false);
  });

  it("lets nobody but the owner change it, and nobody but a task's contract note its use", async () => {
    const cairn = await setUp();
    const { dataRegistry, owner, stranger } = cairn;
    await expect(dataRegistry.connect(owner).updateManifest(1, `0x${"77".repeat(32)}`, 12))
      .to.emit(dataRegistry, "ManifestUpdated")
      .withArgs(1n, `0x${"77".repeat(32)}`, 12);
    await expect(
      dataRegistry.connect(owner).updateManifest(1, `0x${"77".repeat(32)}`, 0),
    ).to.be.revertedWithCustomError(dataRegistry, "DataRegistryEmptyDataset");
    for (const call of [
      () => dataRegistry.connect(stranger).updateManifest(1, ZeroHash, 1),
      () => dataRegistry.connect(stranger).grantAccess(1, stranger, 4_000_000_000),
      () => dataRegistry.connect(stranger).revokeAccess(1, owner),
    ]) {
      await expect(call()).to.be.revertedWithCustomError(dataRegistry, "DataRegistryNotOwner").withArgs(1n, stranger);
    }
    await expect(dataRegistry.connect(stranger).recordUsage(1, 1, stranger)).to.be.revertedWithCustomError(
      dataRegistry,
      "AccessControlUnauthorizedAccount",
    );
    await expect(dataRegistry.datasetOf(9))
      .to.be.revertedWithCustomError(dataRegistry, "DataRegistryUnknownDataset")
      .withArgs(9n);
    for (const [bytes, records] of [
      [0, 5],
      [5, 0],
    ]) {
      await expect(
        dataRegistry.registerDataset("empty", ZeroHash, bytes, ZeroHash, records, true),
      ).to.be.revertedWithCustomError(dataRegistry, "DataRegistryEmptyDataset");
    }
    await expect(dataRegistry.registerDataset("", ZeroHash, 1, ZeroHash, 1, true))
      .to.be.revertedWithCustomError(dataRegistry, "DataRegistryBadName")
      .withArgs(0n, 64n);
  });
});

describe("ModelRegistry", () => {
  const weights = {
    weightsDigest: `0x${"99".repeat(32)}`,
    weightsByteLength: 77,
    parentVersion: 0,
    taskId: 0,
    round: 0,
  };
  const published = { ...weights, provenanceDigest: ZeroHash };

  it("keeps every version, and the line a model descends from", async () => {
    const { modelRegistry, owner, stranger } = await setUp();
    await modelRegistry.connect(owner).publishVersion(1, published);
    await modelRegistry.connect(stranger).registerModel("child", ZeroHash, 3, `0x${"99".repeat(32)}`, 77, 1, 1);
    const child = await modelRegistry.modelOf(2);
    expect([child.owner, child.parentModelId, child.parentVersion]).to.deep.equal([stranger.address, 1n, 1n]);
    expect((await modelRegistry.versionOf(1, 0)).weightsByteLength, "version 0 is still there").to.equal(4_096n);
    expect((await modelRegistry.versionOf(1, 1)).weightsDigest).to.equal(published.weightsDigest);
    await expect(modelRegistry.registerModel("orphan", ZeroHash, 3, ZeroHash, 1, 1, 2))
      .to.be.revertedWithCustomError(modelRegistry, "ModelRegistryUnknownVersion")
      .withArgs(1n, 2n);
    await expect(modelRegistry.registerModel("orphan", ZeroHash, 3, ZeroHash, 1, 5, 0))
      .to.be.revertedWithCustomError(modelRegistry, "ModelRegistryUnknownModel")
      .withArgs(5n);
  });

  it("lets owner and publishers publish, nobody else, and nothing empty", async () => {
    const { modelRegistry, owner, stranger } = await setUp();
    await expect(modelRegistry.connect(stranger).publishVersion(1, published))
      .to.be.revertedWithCustomError(modelRegistry, "ModelRegistryNotPublisher")
      .withArgs(1n, stranger);
    await expect(modelRegistry.connect(owner).setPublisher(1, stranger, true))
      .to.emit(modelRegistry, "PublisherSet")
      .withArgs(1n, stranger, true);
    await expect(modelRegistry.connect(stranger).publishVersion(1, published))
      .to.emit(modelRegistry, "VersionPublished")
      .withArgs(1n, 1n, stranger, published.weightsDigest, 77n, 0n, 0n, 0n, ZeroHash);
    await expect(modelRegistry.connect(stranger).publishVersion(1, { ...published, parentVersion: 2 }))
      .to.be.revertedWithCustomError(modelRegistry, "ModelRegistryUnknownVersion")
      .withArgs(1n, 2n);
    await expect(
      modelRegistry.connect(owner).publishVersion(1, { ...published, weightsByteLength: 0 }),
    ).to.be.revertedWithCustomError(modelRegistry, "ModelRegistryEmptyWeights");
    await expect(modelRegistry.connect(stranger).setPublisher(1, stranger, true))
      .to.be.revertedWithCustomError(modelRegistry, "ModelRegistryNotOwner")
      .withArgs(1n, stranger);
    await expect(modelRegistry.registerModel("x".repeat(65), ZeroHash, 3, ZeroHash, 1, 0, 0))
      .to.be.revertedWithCustomError(modelRegistry, "ModelRegistryBadName")
      .withArgs(65n, 64n);
  });

  it("changes hands in two steps", async () => {
    const { modelRegistry, owner, stranger, trainers } = await setUp();
    await expect(modelRegistry.connect(owner).transferOwnership(1, stranger))
      .to.emit(modelRegistry, "OwnershipTransferStarted")
      .withArgs(1n, owner, stranger);
    expect(await modelRegistry.ownerOf(1), "not yet").to.equal(owner.address);
    await expect(modelRegistry.connect(trainers[0]).acceptOwnership(1))
      .to.be.revertedWithCustomError(modelRegistry, "ModelRegistryNotPendingOwner")
      .withArgs(1n, trainers[0]);
    await expect(modelRegistry.connect(stranger).acceptOwnership(1))
      .to.emit(modelRegistry, "OwnershipTransferred")
      .withArgs(1n, owner, stranger);
    const model = await modelRegistry.modelOf(1);
    expect([model.owner, model.pendingOwner]).to.deep.equal([stranger.address, ZeroAddress]);
  });
});
