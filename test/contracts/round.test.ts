/** A round from its opening to its version, and each way in which it ends otherwise. */
import { expect } from "chai";
import { AbiCoder, keccak256 } from "ethers";
import { describe, it } from "mocha";
import { announce, EPOCH_SECONDS, STAKE_WEI, setUp } from "./support/cairn.ts";
import {
  aggregateAndFinish,
  audit,
  BYTE_LENGTH,
  commitUpdates,
  commitVerdicts,
  createTask,
  DIGEST,
  draw,
  Failure,
  lastRound,
  makeUpdate,
  mineBlocks,
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
  seedHeader,
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

describe("a round in which somebody is missing", () => {
  it("moves on at the deadline with those who acted", async () => {
    const cairn = await setUp();
    const { flContract } = cairn;
    const trainers = cairn.trainers.slice(0, 3);
    const taskId = await openRound(cairn, trainers);
    const updates = await commitUpdates(cairn, taskId, trainers.slice(0, 2));
    await expect(flContract.advance(taskId)).to.be.revertedWithCustomError(flContract, "RoundMachineNotDue");
    await passDeadline(cairn);
    const late = await makeUpdate(cairn, taskId, trainers[2]!);
    await expect(flContract.connect(trainers[2]).commitUpdate(taskId, late.commitment)).to.be.revertedWithCustomError(
      flContract,
      "RoundMachineDeadlinePassed",
    );
    await flContract.advance(taskId);
    await revealUpdates(cairn, taskId, updates.slice(0, 1));
    await passDeadline(cairn);
    await flContract.advance(taskId);
    const round = await lastRound(cairn, taskId);
    expect(round.phase).to.equal(Phase.Draw);
    expect(round.revealedBitmap).to.equal(0b01n);
    // Auditors who accept everything cannot accept what was not revealed.
    const committee = await draw(cairn, taskId);
    await audit(cairn, taskId, committee, 0b111n);
    expect((await lastRound(cairn, taskId)).acceptedBitmap).to.equal(0b01n);
  });

  it("slashes a trainer that does not open its commitment, half to the reporter and half burned", async () => {
    const cairn = await setUp();
    const { flContract, nodeRegistry, token, stranger } = cairn;
    const [honest, missing] = cairn.trainers as [(typeof cairn.trainers)[0], (typeof cairn.trainers)[0]];
    const taskId = await openRound(cairn, [honest, missing]);
    const updates = await commitUpdates(cairn, taskId, [honest, missing]);
    await revealUpdates(cairn, taskId, updates.slice(0, 1));
    await expect(flContract.reportMissedReveal(taskId, 1, missing)).to.be.revertedWithCustomError(
      flContract,
      "FLContractNoMissedReveal",
    );
    await passDeadline(cairn);
    await flContract.advance(taskId);

    const slashWei = PARAMETERS.missedRevealSlashWei;
    const supplyBefore: bigint = await token.totalSupply();
    await expect(flContract.connect(stranger).reportMissedReveal(taskId, 1, missing))
      .to.emit(flContract, "MissedRevealReported")
      .withArgs(taskId, 1, missing, stranger, slashWei);
    expect(await nodeRegistry.stakeOf(missing)).to.equal(STAKE_WEI - slashWei);
    expect(await nodeRegistry.bountyOf(stranger)).to.equal(slashWei / 2n);
    expect(await token.totalSupply()).to.equal(supplyBefore - slashWei / 2n - 1n); // the odd wei is burned
    await expect(flContract.connect(stranger).reportMissedReveal(taskId, 1, missing)).to.be.revertedWithCustomError(
      flContract,
      "FLContractNoMissedReveal",
    );
    await expect(flContract.reportMissedReveal(taskId, 1, honest)).to.be.revertedWithCustomError(
      flContract,
      "FLContractNoMissedReveal",
    );
    await expect(nodeRegistry.connect(stranger).claimBounty()).to.changeTokenBalance(
      cairn.ethers,
      token,
      stranger,
      slashWei / 2n,
    );
  });

  it("makes a trainer pay for an unreported missed reveal when it commits again", async () => {
    const cairn = await setUp();
    const { flContract, nodeRegistry } = cairn;
    const trainers = cairn.trainers.slice(0, 2);
    const taskId = await openRound(cairn, trainers);
    await commitUpdates(cairn, taskId, trainers);
    await passDeadline(cairn);
    await expect(flContract.advance(taskId)).to.emit(flContract, "RoundFailed").withArgs(taskId, 1, Failure.NoReveals);

    await flContract.openRound(taskId);
    const update = await makeUpdate(cairn, taskId, trainers[0]!);
    await expect(flContract.connect(trainers[0]).commitUpdate(taskId, update.commitment))
      .to.emit(flContract, "MissedRevealReported")
      .withArgs(taskId, 1, trainers[0], "0x0000000000000000000000000000000000000000", PARAMETERS.missedRevealSlashWei);
    expect(await nodeRegistry.stakeOf(trainers[0])).to.equal(STAKE_WEI - PARAMETERS.missedRevealSlashWei);
    expect((await flContract.dutyOf(taskId, 2, trainers[0])).committed).to.equal(true);
  });

  it("draws a second, larger committee when the first has no quorum, and fails when that has none either", async () => {
    const cairn = await setUp();
    const { flContract, nodeRegistry, owner } = cairn;
    const trainers = cairn.trainers.slice(0, 1);
    const taskId = await openRound(cairn, trainers, { committeeSize: 2, quorum: 2 });
    const { committee } = await runToAudit(cairn, taskId, trainers);
    expect(committee).to.have.length(2);
    const [present, silent] = committee as [(typeof committee)[0], (typeof committee)[0]];
    await commitVerdicts(cairn, taskId, [present], () => 1n);
    await passDeadline(cairn);
    await flContract.advance(taskId);
    let round = await lastRound(cairn, taskId);
    expect(round.phase).to.equal(Phase.Draw);
    expect(round.attempt).to.equal(1n);

    // The member who could not reveal, for want of a quorum, was not silent; the other was.
    await expect(flContract.reportSilentAuditor(taskId, 1, 0, present)).to.be.revertedWithCustomError(
      flContract,
      "FLContractNotSilent",
    );
    await expect(flContract.reportSilentAuditor(taskId, 1, 0, silent))
      .to.emit(flContract, "SilentAuditorReported")
      .withArgs(taskId, 1, silent, 0, owner, STAKE_WEI / 200n);
    await expect(flContract.reportSilentAuditor(taskId, 1, 0, silent)).to.be.revertedWithCustomError(
      flContract,
      "FLContractNotSilent",
    );
    expect(await nodeRegistry.stakeOf(silent)).to.equal(STAKE_WEI - STAKE_WEI / 200n);

    const second = await draw(cairn, taskId);
    expect(second).to.have.length(4);
    round = await lastRound(cairn, taskId);
    expect(round.quorum, "scaled to the seats").to.equal(4n);
    const verdicts = await commitVerdicts(cairn, taskId, second, () => 1n);
    await revealVerdicts(cairn, taskId, verdicts.slice(0, 3));
    await passDeadline(cairn);
    await expect(flContract.advance(taskId)).to.emit(flContract, "RoundFailed").withArgs(taskId, 1, Failure.NoQuorum);

    const { escrowWei } = await flContract.taskOf(taskId);
    expect(escrowWei, "nobody is paid").to.equal(await flContract.budgetOf({ ...PARAMETERS, committeeSize: 2 }));
    for (const member of second) expect(await flContract.claimable(taskId, member)).to.equal(0n);
    await flContract.connect(owner).closeTask(taskId);
    expect(await cairn.token.balanceOf(flContract)).to.equal(0n);
  });

  it("decides with the second committee and pays only that", async () => {
    const cairn = await setUp();
    const { flContract } = cairn;
    const trainers = cairn.trainers.slice(0, 1);
    const taskId = await openRound(cairn, trainers, { committeeSize: 2, quorum: 2 });
    const { committee } = await runToAudit(cairn, taskId, trainers);
    const verdicts = await commitVerdicts(cairn, taskId, committee, () => 1n);
    await revealVerdicts(cairn, taskId, verdicts.slice(0, 1)); // not a quorum
    await passDeadline(cairn);
    await flContract.advance(taskId);
    const second = await draw(cairn, taskId);
    await audit(cairn, taskId, second, 1n);
    for (const member of second.slice(0, 4))
      await flContract.connect(member).proposeAggregate(taskId, DIGEST, BYTE_LENGTH);
    await passDeadline(cairn);
    await flContract.advance(taskId);
    expect((await lastRound(cairn, taskId)).phase).to.equal(Phase.Final);
    for (const member of second) expect(await flContract.claimable(taskId, member)).to.equal(REWARD_PER_VERDICT_WEI);
    const seated = new Set(second.map(({ address }) => address));
    for (const member of committee) {
      if (!seated.has(member.address)) expect(await flContract.claimable(taskId, member)).to.equal(0n);
    }
  });

  it("fails when every update is refused, and pays the auditors all the same", async () => {
    const cairn = await setUp();
    const { flContract } = cairn;
    const trainers = cairn.trainers.slice(0, 2);
    const taskId = await openRound(cairn, trainers);
    const { committee } = await runToAudit(cairn, taskId, trainers);
    const verdicts = await commitVerdicts(cairn, taskId, committee, () => 0n);
    await revealVerdicts(cairn, taskId, verdicts.slice(0, 2));
    const { auditor, acceptedBitmap, evidence, salt } = verdicts[2]!;
    await expect(flContract.connect(auditor).revealVerdict(taskId, acceptedBitmap, evidence, salt))
      .to.emit(flContract, "RoundFailed")
      .withArgs(taskId, 1, Failure.NothingAccepted);
    for (const member of committee) expect(await flContract.claimable(taskId, member)).to.equal(REWARD_PER_VERDICT_WEI);
    expect(await flContract.claimable(taskId, trainers[0])).to.equal(0n);
    for (const member of committee) await flContract.connect(member).claim(taskId);
  });

  it("fails without commitments, without a draw, without an aggregate, each at its deadline", async () => {
    const cairn = await setUp();
    const { flContract } = cairn;
    const trainers = cairn.trainers.slice(0, 1);
    const taskId = await openRound(cairn, trainers);
    await passDeadline(cairn);
    await expect(flContract.advance(taskId))
      .to.emit(flContract, "RoundFailed")
      .withArgs(taskId, 1, Failure.NoCommitments);
    await expect(flContract.advance(taskId))
      .to.be.revertedWithCustomError(flContract, "RoundMachineOver")
      .withArgs(Phase.Failed);

    await flContract.openRound(taskId);
    await revealUpdates(cairn, taskId, await commitUpdates(cairn, taskId, trainers));
    await passDeadline(cairn);
    await expect(flContract.advance(taskId)).to.emit(flContract, "RoundFailed").withArgs(taskId, 2, Failure.NotDrawn);

    await flContract.openRound(taskId);
    const { committee } = await runToAudit(cairn, taskId, trainers);
    await audit(cairn, taskId, committee, 1n);
    await flContract.connect(committee[0]).proposeAggregate(taskId, DIGEST, BYTE_LENGTH);
    await passDeadline(cairn);
    await expect(flContract.advance(taskId))
      .to.emit(flContract, "RoundFailed")
      .withArgs(taskId, 3, Failure.NoAggregate);
  });

  it("fails at the draw when too few auditors are eligible, without seating or slashing them", async () => {
    const cairn = await setUp();
    const { flContract } = cairn;
    for (const auditor of cairn.auditors.slice(1)) await cairn.nodeRegistry.connect(auditor).requestUnstake(STAKE_WEI);
    await cairn.networkHelpers.time.increase(EPOCH_SECONDS);
    const trainers = cairn.trainers.slice(0, 1);
    const taskId = await openRound(cairn, trainers);
    const { committee } = await runToAudit(cairn, taskId, trainers);
    expect(committee).to.have.length(0);
    const round = await lastRound(cairn, taskId);
    expect(round.phase).to.equal(Phase.Failed);
    expect(round.failure).to.equal(Failure.NoQuorum);
    await expect(flContract.reportSilentAuditor(taskId, 1, 0, cairn.auditors[0])).to.be.revertedWithCustomError(
      flContract,
      "FLContractNotSilent",
    );
  });

  it("keeps going with joins and leaves: who joins waits, who leaves is not waited for", async () => {
    const cairn = await setUp();
    const { flContract } = cairn;
    const [first, second, third] = cairn.trainers as [
      (typeof cairn.trainers)[0],
      (typeof cairn.trainers)[0],
      (typeof cairn.trainers)[0],
    ];
    const taskId = await openRound(cairn, [first, second]);
    await flContract.connect(third).join(taskId);
    expect((await flContract.dutyOf(taskId, 1, third)).mayCommit).to.equal(false);
    const late = await makeUpdate(cairn, taskId, third);
    await expect(flContract.connect(third).commitUpdate(taskId, late.commitment))
      .to.be.revertedWithCustomError(flContract, "FLContractNotEnrolled")
      .withArgs(taskId, third);

    const updates = await commitUpdates(cairn, taskId, [first]);
    await expect(flContract.connect(first).leave(taskId))
      .to.be.revertedWithCustomError(flContract, "FLContractUpdatePending")
      .withArgs(taskId, first);
    await expect(flContract.connect(second).leave(taskId)).to.emit(flContract, "PhaseAdvanced"); // all who are left have committed
    expect((await lastRound(cairn, taskId)).expected).to.equal(1n);
    await revealUpdates(cairn, taskId, updates);
    const committee = await draw(cairn, taskId);
    await audit(cairn, taskId, committee, 0b1n);
    await aggregateAndFinish(cairn, taskId, committee);

    // The place that was left is taken again, and its earnings stay apart.
    await flContract.connect(first).leave(taskId);
    await flContract.connect(second).join(taskId);
    expect((await flContract.slotOf(taskId, second)).slot).to.equal(0n);
    expect(await flContract.claimable(taskId, first)).to.equal(REWARD_PER_UPDATE_WEI);
    expect(await flContract.claimable(taskId, second)).to.equal(0n);
    await flContract.openRound(taskId);
    await runRound(cairn, taskId, [second, third], 0b101n);
    expect(await flContract.claimable(taskId, second)).to.equal(REWARD_PER_UPDATE_WEI);
    expect(await flContract.claimable(taskId, third)).to.equal(REWARD_PER_UPDATE_WEI);
    expect(await flContract.claimable(taskId, first)).to.equal(REWARD_PER_UPDATE_WEI);
  });

  it("pays what was earned even when the model's owner revokes the contract", async () => {
    const cairn = await setUp();
    const { flContract, modelRegistry, owner } = cairn;
    const trainers = cairn.trainers.slice(0, 1);
    const taskId = await openRound(cairn, trainers);
    await modelRegistry.connect(owner).setPublisher(1, flContract, false);
    await runRound(cairn, taskId, trainers, 1n);
    const round = await lastRound(cairn, taskId);
    expect(round.phase).to.equal(Phase.Final);
    expect(round.publishedVersion).to.equal(0n);
    expect(await modelRegistry.latestVersion(1)).to.equal(0n);
    expect(await flContract.claimable(taskId, trainers[0])).to.equal(REWARD_PER_UPDATE_WEI);
    await expect(flContract.openRound(taskId)).to.be.revertedWithCustomError(flContract, "FLContractNotPublisher");
  });
});

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
      .to.be.revertedWithCustomError(flContract, "CommitteeSeedStillProvable")
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
      flContract,
      "CommitteeSeedStillProvable",
    );
    expect(await draw(cairn, taskId)).to.have.length(3);
  });

  it("moves on a whole number of delays when the stakes have moved on", async () => {
    const cairn = await setUp();
    const { flContract } = cairn;
    const trainers = cairn.trainers.slice(0, 1);
    const taskId = await openRound(cairn, trainers, { seedDelayBlocks: 3, drawSeconds: 80_000 });
    await revealUpdates(cairn, taskId, await commitUpdates(cairn, taskId, trainers));
    const before = await lastRound(cairn, taskId);
    await cairn.networkHelpers.time.increase(EPOCH_SECONDS);
    await mineBlocks(cairn, 4);
    const header = await seedHeader(cairn, taskId);
    await expect(flContract.drawCommittee(taskId, header)).to.be.revertedWithCustomError(
      cairn.nodeRegistry,
      "NodeRegistrySnapshotUnreadable",
    );
    await flContract.retargetSeed(taskId);
    const after = await lastRound(cairn, taskId);
    const current = BigInt(await cairn.ethers.provider.getBlockNumber());
    expect((after.seedTargetBlock - before.seedTargetBlock) % 3n).to.equal(0n);
    expect(after.seedTargetBlock >= current + 3n && after.seedTargetBlock < current + 6n).to.equal(true);
    expect(after.snapshotEpoch).to.equal((await cairn.nodeRegistry.currentEpoch()) - 1n);
    expect(after.deadline, "the phase is not prolonged").to.equal(before.deadline);
    expect(await draw(cairn, taskId)).to.have.length(3);
  });
});

describe("createTask", () => {
  it("pulls the whole budget, notes the data set's use, and stores what was fixed", async () => {
    const cairn = await setUp();
    const { flContract, token, dataRegistry, owner } = cairn;
    const { taskId, escrowWei } = await createTask(cairn);
    expect(escrowWei).to.equal(3n * (4n * REWARD_PER_UPDATE_WEI + 6n * REWARD_PER_VERDICT_WEI));
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
