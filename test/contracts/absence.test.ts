/** Rounds in which somebody is missing: what moves on, what fails, and what is refunded. */
import { expect } from "chai";
import { describe, it } from "mocha";
import { type Signer, setUp } from "./support/cairn.ts";
import {
  aggregateAndFinish,
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
  Phase,
  passDeadline,
  REWARD_PER_UPDATE_WEI,
  REWARD_PER_VERDICT_WEI,
  revealUpdates,
  revealVerdicts,
  runRound,
  runToAudit,
} from "./support/round.ts";

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
    await flContract.advance(taskId);
    expect((await lastRound(cairn, taskId)).attempt, "a second committee takes over").to.equal(1n);
    await audit(cairn, taskId, await draw(cairn, taskId), 1n);
    await passDeadline(cairn);
    await expect(flContract.advance(taskId))
      .to.emit(flContract, "RoundFailed")
      .withArgs(taskId, 3, Failure.NoAggregate);
  });

  it("keeps going with joins and leaves: who joins waits, and who is waited for can't leave", async () => {
    const cairn = await setUp();
    const { flContract } = cairn;
    const [first, second, third, fourth] = cairn.trainers as [Signer, Signer, Signer, Signer];
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
    await expect(flContract.connect(second).leave(taskId), "it is waited for")
      .to.be.revertedWithCustomError(flContract, "FLContractUpdatePending")
      .withArgs(taskId, second);
    await passDeadline(cairn);
    await flContract.advance(taskId);
    await flContract.connect(second).leave(taskId);
    await expect(flContract.connect(second).join(taskId), "it had nothing accepted")
      .to.be.revertedWithCustomError(flContract, "FLContractEvicted")
      .withArgs(taskId, second, 9);
    await revealUpdates(cairn, taskId, updates);
    const committee = await draw(cairn, taskId);
    await audit(cairn, taskId, committee, 0b1n);
    await aggregateAndFinish(cairn, taskId, committee);

    // The place that was left is taken again, and its earnings stay apart.
    await flContract.connect(first).leave(taskId);
    await flContract.connect(fourth).join(taskId);
    expect((await flContract.slotOf(taskId, fourth)).slot).to.equal(0n);
    expect(await flContract.claimable(taskId, first)).to.equal(REWARD_PER_UPDATE_WEI);
    expect(await flContract.claimable(taskId, fourth)).to.equal(0n);
    await flContract.openRound(taskId);
    await runRound(cairn, taskId, [fourth, third], 0b101n);
    expect(await flContract.claimable(taskId, fourth)).to.equal(REWARD_PER_UPDATE_WEI);
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
