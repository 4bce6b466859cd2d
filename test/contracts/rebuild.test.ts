/** Everything the contracts say of their state can be worked out from their logs alone. */
import { expect } from "chai";
import { Signature, ZeroHash } from "ethers";
import { describe, it } from "mocha";
import { batchPath, COMMIT_UPDATE_TYPES, commitUpdateDomain } from "../../trainer/src/protocol/commitmentBatch.ts";
import { type Cairn, enlist, type Signer, STAKE_WEI, setUp } from "./support/cairn.ts";
import { compare } from "./support/compareRebuilt.ts";
import { createGroup, passGroupDeadline } from "./support/group.ts";
import {
  aggregateAndFinish,
  audit,
  commitUpdates,
  commitVerdicts,
  createTask,
  DIGEST,
  draw,
  makeUpdate,
  openRound,
  passDeadline,
  revealUpdates,
  revealVerdicts,
  runRound,
  runToAudit,
  type Update,
} from "./support/round.ts";

describe("the state rebuilt from logs", () => {
  it("is what the contracts say after rounds that were final, failed, redrawn and left half way", async () => {
    const cairn = await setUp();
    const { taskId } = await createTask(cairn, { rounds: 10 });
    await playFinalRound(cairn, taskId);
    await compare(cairn);
    await playRefusedRound(cairn, taskId);
    await playRedrawnRound(cairn, taskId);
    await compare(cairn);
    await playDisagreement(cairn, taskId);
    await compare(cairn);
  });

  it("is what the contracts say of a round whose commitments a relay sent", async () => {
    const cairn = await setUp();
    const { flContract, stranger: relay } = cairn;
    const trainers = cairn.trainers.slice(0, 4);
    await enlist(cairn, relay, 1);
    const taskId = await openRound(cairn, trainers);
    const updates: Update[] = [];
    for (const trainer of trainers) updates.push(await makeUpdate(cairn, taskId, trainer));
    const relayed = updates.slice(0, 3).map(({ trainer: { address }, commitment }, slot) => {
      return { trainer: address as `0x${string}`, slot, commitment };
    });
    await flContract.connect(relay).commitBatch(taskId, 1, relayed);
    await flContract.connect(trainers[3]).commitUpdate(taskId, updates[3]?.commitment);
    await compare(cairn);
    await passDeadline(cairn);
    await flContract.advance(taskId);
    await revealUpdates(cairn, taskId, updates.slice(3));
    const proofOf = (index: number) => ({ batch: 1, index, path: batchPath(relayed, index) });
    await flContract.connect(trainers[2]).revealBatched(taskId, updates[2]?.opening, proofOf(2));
    await compare(cairn);
    await passDeadline(cairn);
    await flContract.advance(taskId);

    const word = await signCommitment(cairn, taskId, updates[0] as Update);
    await flContract.connect(relay).reportUnopened(taskId, 1, proofOf(0), { ...relayed[0], ...word });
    await flContract.connect(relay).settleBatch(taskId, 1, 1); // for the second it has no signature
    await compare(cairn);
    const committee = await draw(cairn, taskId);
    await audit(cairn, taskId, committee, 0b1100n);
    await aggregateAndFinish(cairn, taskId, committee);
    await compare(cairn);
  });

  it("is what the contracts say of a group whose epochs were merged, taken alone, late and skipped", async () => {
    const cairn = await setUp();
    const { groupId, taskIds } = await createGroup(cairn, 2);
    const [first, second] = taskIds as [bigint, bigint];
    const { cohorts, flContract, trainers } = cairn;
    const play = async (cohort: number) => {
      const taskId = taskIds[cohort] as bigint;
      await flContract.openRound(taskId);
      return runRound(cairn, taskId, [trainers[cohort] as Signer], 1n);
    };
    const enter = (cohort: number) => cohorts.enterCohort(groupId, cohort);
    const committees = [await play(0), await play(1)];
    await enter(0);
    await compare(cairn);
    await enter(1);
    for (const [cohort, committee] of committees.entries()) {
      for (const member of committee.slice(0, 2)) {
        await cohorts.connect(member).attestMerge(groupId, cohort, DIGEST, 7);
        await compare(cairn);
      }
    }
    for (const cohort of [0, 1]) await cohorts.adoptMerge(groupId, cohort);
    await compare(cairn);

    await play(0);
    await play(1);
    await enter(0);
    await passGroupDeadline(cairn, groupId);
    await cohorts.advanceGroup(groupId); // the first is taken alone, the second comes too late
    for (const cohort of [0, 1]) await cohorts.adoptMerge(groupId, cohort);
    await compare(cairn);

    for (const cohort of [0, 1]) {
      await play(cohort);
      await enter(cohort);
    }
    await passGroupDeadline(cairn, groupId);
    await cohorts.advanceGroup(groupId); // skipped
    await cohorts.adoptMerge(groupId, 0);
    await flContract.connect(cairn.owner).closeTask(first);
    await cohorts.retireCohort(groupId, 0);
    await compare(cairn);
    expect((await flContract.taskOf(second)).closed, "the other goes on").to.equal(false);
  });

  it("is who filed a report of which round", async () => {
    const cairn = await setUp();
    const { roundReports, trainers } = cairn;
    const { taskId } = await createTask(cairn, { rounds: 10 });
    for (const trainer of trainers.slice(0, 2)) await cairn.flContract.connect(trainer).join(taskId);
    await cairn.flContract.openRound(taskId);
    const [first, second] = await runRound(cairn, taskId, trainers.slice(0, 2), 3n);
    await roundReports.connect(first).fileReport(taskId, 1, DIGEST, 7);
    await compare(cairn);
    await roundReports.connect(second).fileReport(taskId, 1, ZeroHash, 8);
    await compare(cairn);
  });

  it("is what the registries say after every way to change them", async () => {
    const cairn = await setUp();
    const { nodeRegistry, modelRegistry, dataRegistry, owner, stranger, networkHelpers } = cairn;
    const [first, second] = cairn.auditors as [Signer, Signer];
    await nodeRegistry.connect(first).requestUnstake(70n);
    await nodeRegistry.connect(first).requestUnstake(30n);
    await networkHelpers.time.increase(await nodeRegistry.unbondingSeconds());
    await nodeRegistry.connect(second).requestUnstake(5n);
    await nodeRegistry.connect(first).withdraw();
    await modelRegistry.connect(owner).transferOwnership(1, stranger);
    await compare(cairn);
    await modelRegistry.connect(stranger).acceptOwnership(1);
    await modelRegistry.connect(stranger).setPublisher(1, second, true);
    await modelRegistry.connect(stranger).setPublisher(1, cairn.flContract, false);
    await dataRegistry.connect(owner).updateManifest(1, DIGEST, 99);
    await dataRegistry.connect(owner).grantAccess(1, stranger, 4_000_000_000n);
    await dataRegistry.connect(owner).grantAccess(1, first, 4_000_000_000n);
    await dataRegistry.connect(owner).revokeAccess(1, first);
    await compare(cairn);
  });
});

/** A trainer's word for its commitment in round 1. */
async function signCommitment(cairn: Cairn, taskId: bigint, { trainer, commitment }: Update) {
  const { chainId } = await cairn.ethers.provider.getNetwork();
  const domain = commitUpdateDomain(Number(chainId), (await cairn.flContract.getAddress()) as `0x${string}`);
  const types = { CommitUpdate: [...COMMIT_UPDATE_TYPES.CommitUpdate] };
  const { r, yParityAndS: vs } = Signature.from(
    await trainer.signTypedData(domain, types, { taskId, round: 1, commitment }),
  );
  return { r, vs };
}

/** One trainer is refused, one auditor refuses all, one trainer claims, one joins meanwhile. */
async function playFinalRound(cairn: Cairn, taskId: bigint): Promise<void> {
  const { flContract, trainers } = cairn;
  for (const trainer of trainers.slice(0, 3)) await flContract.connect(trainer).join(taskId);
  await flContract.openRound(taskId);
  await flContract.connect(trainers[3]).join(taskId);
  const { committee } = await runToAudit(cairn, taskId, trainers.slice(0, 3));
  const verdicts = await commitVerdicts(cairn, taskId, committee, (seat) => (seat === 2 ? 0n : 0b101n));
  await revealVerdicts(cairn, taskId, verdicts);
  await aggregateAndFinish(cairn, taskId, committee);
  await flContract.connect(trainers[0]).claim(taskId);
}

/** One trainer is evicted, one never opens and is reported; nothing is accepted. */
async function playRefusedRound(cairn: Cairn, taskId: bigint): Promise<void> {
  const { flContract, nodeRegistry, trainers, stranger, owner } = cairn;
  await flContract.openRound(taskId);
  await nodeRegistry.connect(owner).grantRole(await nodeRegistry.SLASHER_ROLE(), owner);
  await nodeRegistry.connect(owner).slash(trainers[3], STAKE_WEI - 1n, stranger, ZeroHash);
  await flContract.evict(taskId, trainers[3]);
  const updates = await commitUpdates(cairn, taskId, trainers.slice(0, 3));
  await revealUpdates(cairn, taskId, updates.slice(1));
  await passDeadline(cairn);
  await flContract.advance(taskId);
  await flContract.connect(stranger).reportMissedReveal(taskId, 2, trainers[0]);
  await cairn.nodeRegistry.connect(stranger).claimBounty();
  await audit(cairn, taskId, await draw(cairn, taskId), 0n);
}

/** The first committee is silent, and one of it is reported; the second decides. */
async function playRedrawnRound(cairn: Cairn, taskId: bigint): Promise<void> {
  const { flContract, trainers } = cairn;
  await flContract.openRound(taskId);
  const { committee } = await runToAudit(cairn, taskId, trainers.slice(0, 3));
  const [present, silent] = committee as [Signer, Signer];
  await commitVerdicts(cairn, taskId, [present], () => 1n);
  await passDeadline(cairn);
  await flContract.advance(taskId);
  await flContract.reportSilentAuditor(taskId, 3, 0, silent);
  await compare(cairn);
  await audit(cairn, taskId, await draw(cairn, taskId), 0b11n);
}

/** Members attest different digests, the round is left open, and the round before has failed for it. */
async function playDisagreement(cairn: Cairn, taskId: bigint): Promise<void> {
  const { flContract, trainers } = cairn;
  await passDeadline(cairn);
  await flContract.advance(taskId); // nobody proposed an aggregate
  await flContract.openRound(taskId);
  const { committee } = await runToAudit(cairn, taskId, trainers.slice(0, 3));
  const verdicts = await commitVerdicts(cairn, taskId, committee, () => 0b111n);
  await revealVerdicts(cairn, taskId, verdicts);
  const [first, second] = committee as [Signer, Signer];
  await flContract.connect(first).proposeAggregate(taskId, DIGEST, 7);
  await flContract.connect(second).proposeAggregate(taskId, DIGEST, 8);
}
