/** The seed of a draw: which block it comes from, and when it moves. */
import { expect } from "chai";
import { keccak256 } from "ethers";
import { describe, it } from "mocha";
import { EPOCH_SECONDS, setUp } from "./support/cairn.ts";
import { commitUpdates, draw, lastRound, mineBlocks, openRound, revealUpdates, seedHeader } from "./support/round.ts";

/** Hardhat's chain keeps no history of block hashes, so a test puts the contract of EIP-2935 in its place. */
const HISTORY_ADDRESS = "0x0000F90827F1C53a10cb7A02335B175320002935";
const HISTORY_CODE =
  "0x3373fffffffffffffffffffffffffffffffffffffffe14604657602036036042575f35600143038111604257611fff81430311604257611fff9006545f5260205ff35b5f5ffd5b5f35611fff60014303065500";
const HISTORY_BLOCKS = 8_191n;

describe("the seed of a draw", () => {
  it("takes only the header of the block fixed when the phase began, once it has passed", async () => {
    const cairn = await setUp();
    const { flContract, ethers } = cairn;
    const trainers = cairn.trainers.slice(0, 1);
    const taskId = await openRound(cairn, trainers, { seedDelayBlocks: 4 });
    await revealUpdates(cairn, taskId, await commitUpdates(cairn, taskId, trainers));
    const { seedTargetBlock } = await lastRound(cairn, taskId);
    await expect(flContract.drawCommittee(taskId, "0x"))
      .to.be.revertedWithCustomError(cairn.committee, "CommitteeSeedNotReady")
      .withArgs(seedTargetBlock, BigInt(await ethers.provider.getBlockNumber()) + 1n);
    await mineBlocks(cairn, 5);
    await expect(flContract.drawCommittee(taskId, "0x1234")).to.be.revertedWithCustomError(
      cairn.committee,
      "CommitteeSeedHeaderMismatch",
    );
    await expect(flContract.retargetSeed(taskId))
      .to.be.revertedWithCustomError(cairn.committee, "CommitteeSeedStillProvable")
      .withArgs(seedTargetBlock);
    expect(await draw(cairn, taskId)).to.have.length(3);
  });

  it("is reached through EIP-2935 when the block is more than 256 old, and lost where that is missing", async () => {
    const cairn = await setUp();
    const { flContract, ethers } = cairn;
    const trainers = cairn.trainers.slice(0, 1);
    const taskId = await openRound(cairn, trainers, { drawSeconds: 1_000 });
    await revealUpdates(cairn, taskId, await commitUpdates(cairn, taskId, trainers));
    const { seedTargetBlock } = await lastRound(cairn, taskId);
    await mineBlocks(cairn, 300);
    const header = await seedHeader(cairn, taskId);
    const next = BigInt(await ethers.provider.getBlockNumber()) + 1n;
    await expect(flContract.drawCommittee(taskId, header))
      .to.be.revertedWithCustomError(cairn.committee, "CommitteeSeedOutOfReach")
      .withArgs(seedTargetBlock, next);

    await ethers.provider.send("hardhat_setCode", [HISTORY_ADDRESS, HISTORY_CODE]);
    const slot = `0x${(seedTargetBlock % HISTORY_BLOCKS).toString(16)}`;
    await ethers.provider.send("hardhat_setStorageAt", [HISTORY_ADDRESS, slot, keccak256(header)]);
    await expect(flContract.retargetSeed(taskId)).to.be.revertedWithCustomError(
      cairn.committee,
      "CommitteeSeedStillProvable",
    );
    expect(await draw(cairn, taskId)).to.have.length(3);
  });

  it("moves on a whole number of delays when the stakes have moved on", async () => {
    const cairn = await setUp();
    const { flContract } = cairn;
    const trainers = cairn.trainers.slice(0, 1);
    const taskId = await openRound(cairn, trainers, { seedDelayBlocks: 3, drawSeconds: 11_000 });
    await revealUpdates(cairn, taskId, await commitUpdates(cairn, taskId, trainers));
    const before = await lastRound(cairn, taskId);
    await cairn.networkHelpers.time.increase(2 * EPOCH_SECONDS);
    await mineBlocks(cairn, 4);
    const header = await seedHeader(cairn, taskId);
    await expect(flContract.drawCommittee(taskId, header)).to.be.revertedWithCustomError(
      cairn.nodeRegistry,
      "NodeRegistrySnapshotUnreadable",
    );
    await flContract.retargetSeed(taskId);
    const after = await lastRound(cairn, taskId);
    const current = BigInt(await cairn.ethers.provider.getBlockNumber());
    expect((BigInt(after.seedTargetBlock) - BigInt(before.seedTargetBlock)) % 3n).to.equal(0n);
    expect(after.seedTargetBlock >= current + 3n && after.seedTargetBlock < current + 6n).to.equal(true);
    expect(after.snapshotEpoch).to.equal((await cairn.nodeRegistry.currentEpoch()) - 1n);
    expect(after.deadline, "the phase is not prolonged").to.equal(before.deadline);
    expect(await draw(cairn, taskId)).to.have.length(3);
  });
});
