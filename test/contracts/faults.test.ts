/** What silence costs: missed reveals, silent auditors, and the redraw. */
import { expect } from "chai";
import { describe, it } from "mocha";
import { AUDITOR_STAKE_WEI, EPOCH_SECONDS, STAKE_WEI, setUp } from "./support/cairn.ts";
import {
  audit,
  BYTE_LENGTH,
  commitUpdates,
  commitVerdicts,
  DIGEST,
  draw,
  Failure,
  lastRound,
  makeUpdate,
  openRound,
  PARAMETERS,
  Phase,
  passDeadline,
  REWARD_PER_VERDICT_WEI,
  revealUpdates,
  revealVerdicts,
  runToAudit,
} from "./support/round.ts";

describe("silence after a commitment or in a seat", () => {
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
      .withArgs(taskId, 1, silent, 0, owner, AUDITOR_STAKE_WEI / 200n);
    await expect(flContract.reportSilentAuditor(taskId, 1, 0, silent)).to.be.revertedWithCustomError(
      flContract,
      "FLContractNotSilent",
    );
    expect(await nodeRegistry.stakeOf(silent)).to.equal(AUDITOR_STAKE_WEI - AUDITOR_STAKE_WEI / 200n);
    expect(await nodeRegistry.bountyOf(owner), "all burned").to.equal(0n);

    const second = await draw(cairn, taskId);
    expect(second).to.have.length(4);
    round = await lastRound(cairn, taskId);
    expect(round.quorum, "scaled to the seats").to.equal(4n);
    const verdicts = await commitVerdicts(cairn, taskId, second, () => 1n);
    await revealVerdicts(cairn, taskId, verdicts.slice(0, 3));
    await passDeadline(cairn);
    await expect(flContract.advance(taskId)).to.emit(flContract, "RoundFailed").withArgs(taskId, 1, Failure.NoQuorum);

    const { escrowWei } = await flContract.taskOf(taskId);
    const budgetWei: bigint = await flContract.budgetOf({ ...PARAMETERS, committeeSize: 2 });
    const silenceWei = AUDITOR_STAKE_WEI / 200n; // of one seat in each committee
    expect(escrowWei, "nobody is paid").to.equal(budgetWei - 2n * silenceWei);
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

  it("fails at the draw when too few auditors are eligible, without seating or slashing them", async () => {
    const cairn = await setUp();
    const { flContract } = cairn;
    for (const auditor of cairn.auditors.slice(1))
      await cairn.nodeRegistry.connect(auditor).requestUnstake(AUDITOR_STAKE_WEI);
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
});
