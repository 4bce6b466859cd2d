/** A round in which everybody acts, from its opening to its version and its rewards. */
import { expect } from "chai";
import { AbiCoder, keccak256 } from "ethers";
import { describe, it } from "mocha";
import { announce, setUp } from "./support/cairn.ts";
import {
  BYTE_LENGTH,
  commitUpdates,
  commitVerdicts,
  createTask,
  DIGEST,
  draw,
  lastRound,
  openRound,
  PARAMETERS,
  Phase,
  passDeadline,
  REWARD_PER_UPDATE_WEI,
  REWARD_PER_VERDICT_WEI,
  revealUpdates,
  revealVerdicts,
  runRound,
  runToAudit,
} from "./support/round.ts";

describe("a round in which everybody acts", () => {
  it("goes from Commit to Final, each phase opened by whoever acts last", async () => {
    const cairn = await setUp();
    const { flContract, modelRegistry } = cairn;
    const trainers = cairn.trainers.slice(0, 3);
    const taskId = await openRound(cairn, trainers);
    expect((await lastRound(cairn, taskId)).phase).to.equal(Phase.Commit);

    const updates = await commitUpdates(cairn, taskId, trainers);
    expect((await lastRound(cairn, taskId)).phase, "after the last commitment").to.equal(Phase.Reveal);
    await revealUpdates(cairn, taskId, updates);
    const drawing = await lastRound(cairn, taskId);
    expect(drawing.phase, "after the last reveal").to.equal(Phase.Draw);
    expect(drawing.revealedBitmap).to.equal(0b111n);
    const committee = await draw(cairn, taskId);
    expect(committee).to.have.length(3);
    expect((await lastRound(cairn, taskId)).phase, "after the draw").to.equal(Phase.AuditCommit);

    // Update 1 is refused by all, update 2 by one.
    const verdicts = await commitVerdicts(cairn, taskId, committee, (seat) => (seat === 0 ? 0b001n : 0b101n));
    expect((await lastRound(cairn, taskId)).phase, "after the last verdict").to.equal(Phase.AuditReveal);
    await revealVerdicts(cairn, taskId, verdicts);
    const tallied = await lastRound(cairn, taskId);
    expect(tallied.phase, "after the last opened verdict").to.equal(Phase.Aggregate);
    expect(tallied.acceptedBitmap).to.equal(0b101n);

    const [first, second] = committee;
    await expect(flContract.connect(first).proposeAggregate(taskId, DIGEST, BYTE_LENGTH))
      .to.emit(flContract, "AggregateProposed")
      .withArgs(taskId, 1, first, DIGEST, BYTE_LENGTH)
      .and.to.emit(flContract, "AggregateAttested")
      .withArgs(taskId, 1, first, DIGEST, BYTE_LENGTH);
    await expect(flContract.connect(second).attestAggregate(taskId, DIGEST, BYTE_LENGTH))
      .to.emit(flContract, "AggregateAgreed")
      .withArgs(taskId, 1, DIGEST, BYTE_LENGTH, first);
    expect((await lastRound(cairn, taskId)).phase, "after the quorum's attestation").to.equal(Phase.Challenge);

    await passDeadline(cairn);
    await expect(flContract.connect(cairn.stranger).advance(taskId))
      .to.emit(flContract, "RoundFinalized")
      .withArgs(taskId, 1, 1, 0b101n);
    const final = await lastRound(cairn, taskId);
    expect(final.phase).to.equal(Phase.Final);
    expect(final.publishedVersion).to.equal(1n);
    expect(final.aggregateProposer).to.equal(first?.address);

    const version = await modelRegistry.versionOf(1, 1);
    expect(version.weightsDigest).to.equal(DIGEST);
    expect(version.weightsByteLength).to.equal(BigInt(BYTE_LENGTH));
    expect(version.taskId).to.equal(taskId);
    expect(version.round).to.equal(1n);
    const { chainId } = await cairn.ethers.provider.getNetwork();
    const provenance = AbiCoder.defaultAbiCoder().encode(
      ["uint256", "address", "uint256", "uint32", "bytes32", "uint256", "bytes32"],
      [chainId, await flContract.getAddress(), taskId, 1, final.seed, 0b101n, final.committeeSeed],
    );
    expect(version.provenanceDigest).to.equal(keccak256(provenance));
  });

  it("pays accepted updates and revealed verdicts, and no others", async () => {
    const cairn = await setUp();
    const { flContract, token } = cairn;
    const trainers = cairn.trainers.slice(0, 3);
    const taskId = await openRound(cairn, trainers);
    const committee = await runRound(cairn, taskId, trainers, 0b101n);

    const before: bigint = await token.balanceOf(trainers[0]);
    await expect(flContract.connect(trainers[0]).claim(taskId))
      .to.emit(flContract, "RewardClaimed")
      .withArgs(taskId, trainers[0], REWARD_PER_UPDATE_WEI);
    expect(await token.balanceOf(trainers[0])).to.equal(before + REWARD_PER_UPDATE_WEI);
    expect(await flContract.claimable(taskId, trainers[1])).to.equal(0n);
    expect(await flContract.claimable(taskId, trainers[2])).to.equal(REWARD_PER_UPDATE_WEI);
    for (const member of committee) expect(await flContract.claimable(taskId, member)).to.equal(REWARD_PER_VERDICT_WEI);
    await expect(flContract.connect(trainers[0]).claim(taskId))
      .to.be.revertedWithCustomError(flContract, "FLContractNothingToClaim")
      .withArgs(taskId, trainers[0]);
    await expect(flContract.connect(trainers[1]).claim(taskId))
      .to.be.revertedWithCustomError(flContract, "FLContractNothingToClaim")
      .withArgs(taskId, trainers[1]);
  });

  it("trains each round from the version of the one before, and pays all rounds at once", async () => {
    const cairn = await setUp();
    const { flContract, token, owner } = cairn;
    const trainers = cairn.trainers.slice(0, 2);
    const taskId = await openRound(cairn, trainers);
    const committees = [await runRound(cairn, taskId, trainers, 0b11n)];
    for (const bitmap of [0b01n, 0b11n]) {
      await flContract.openRound(taskId);
      committees.push(await runRound(cairn, taskId, trainers, bitmap));
    }
    expect((await flContract.roundOf(taskId, 2)).baseVersion).to.equal(1n);
    expect((await flContract.roundOf(taskId, 3)).baseVersion).to.equal(2n);
    expect((await flContract.roundOf(taskId, 1)).phase, "an earlier round is kept").to.equal(Phase.Final);
    expect(await flContract.claimable(taskId, trainers[0])).to.equal(3n * REWARD_PER_UPDATE_WEI);
    expect(await flContract.claimable(taskId, trainers[1])).to.equal(2n * REWARD_PER_UPDATE_WEI);
    for (const auditor of cairn.auditors) {
      const sat = committees.filter((members) => members.some(({ address }) => address === auditor.address)).length;
      expect(await flContract.claimable(taskId, auditor)).to.equal(BigInt(sat) * REWARD_PER_VERDICT_WEI);
    }

    await expect(flContract.openRound(taskId)).to.be.revertedWithCustomError(flContract, "FLContractRoundsUsedUp");
    const { escrowWei } = await flContract.taskOf(taskId);
    const budget = await flContract.budgetOf(PARAMETERS);
    expect(escrowWei).to.equal(budget - 5n * REWARD_PER_UPDATE_WEI - 9n * REWARD_PER_VERDICT_WEI);
    await expect(flContract.connect(owner).closeTask(taskId)).to.changeTokenBalance(
      cairn.ethers,
      token,
      owner,
      escrowWei,
    );
    for (const node of [...trainers, ...cairn.auditors]) {
      if ((await flContract.claimable(taskId, node)) > 0n) await flContract.connect(node).claim(taskId);
    }
    expect(await token.balanceOf(flContract), "everything is paid out").to.equal(0n);
  });

  it("seats nobody who trains in the round", async () => {
    const cairn = await setUp();
    const { flContract } = cairn;
    const both = cairn.auditors.slice(0, 2); // become trainers too
    for (const node of both) await announce(cairn, node, { capabilities: 3 });
    const taskId = await openRound(cairn, both, { committeeSize: 3, quorum: 2 });
    const { committee } = await runToAudit(cairn, taskId, both);
    const others = cairn.auditors.slice(2).map(({ address }) => address);
    expect(committee.map(({ address }) => address)).to.have.members(others);
    expect(await flContract.committeeOf(taskId, 1)).to.have.length(3);
  });
});

describe("createTask", () => {
  it("pulls the whole budget, notes the data set's use, and stores what was fixed", async () => {
    const cairn = await setUp();
    const { flContract, token, dataRegistry, owner } = cairn;
    const { taskId, escrowWei } = await createTask(cairn);
    expect(escrowWei).to.equal(3n * (4n * REWARD_PER_UPDATE_WEI + 9n * REWARD_PER_VERDICT_WEI));
    expect(await token.balanceOf(flContract)).to.equal(escrowWei);
    expect((await dataRegistry.datasetOf(1)).usageCount).to.equal(1n);
    const task = await flContract.taskOf(taskId);
    expect(task.owner).to.equal(owner.address);
    expect(task.parameters.toObject()).to.deep.equal(
      Object.fromEntries(Object.entries(PARAMETERS).map(([k, v]) => [k, typeof v === "number" ? BigInt(v) : v])),
    );
    expect(task.escrowWei).to.equal(escrowWei);
  });
});
