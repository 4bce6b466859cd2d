/** Everything the contracts say of their state can be worked out from their logs alone. */
import { expect } from "chai";
import { Signature, ZeroHash } from "ethers";
import { describe, it } from "mocha";
import { batchPath, COMMIT_UPDATE_TYPES, commitUpdateDomain } from "../../trainer/src/protocol/commitmentBatch.ts";
import { type Cairn, enlist, type Signer, STAKE_WEI, setUp, type Untyped } from "./support/cairn.ts";
import { rebuild } from "./support/rebuild.ts";
import type { Rebuilt, RebuiltTask } from "./support/rebuildRules.ts";
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
  runToAudit,
  type Update,
} from "./support/round.ts";
import { compareWebIndex } from "./support/webIndex.ts";

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

/** Every view against what the logs say. */
async function compare(cairn: Cairn): Promise<void> {
  await compareWebIndex(cairn);
  const rebuilt = await rebuild(cairn);
  await compareNodes(cairn, rebuilt);
  await compareRegistries(cairn, rebuilt);
  for (const [taskId, task] of rebuilt.tasks) await compareTask(cairn, taskId, task);
  expect(await cairn.flContract.taskCount(), "tasks").to.equal(BigInt(rebuilt.tasks.size));
}

async function compareNodes({ token, nodeRegistry }: Cairn, { balances, nodes, bounties }: Rebuilt): Promise<void> {
  for (const [holder, wei] of balances) expect(await token.balanceOf(holder), `balance of ${holder}`).to.equal(wei);
  for (const [node, said] of nodes) {
    expect((await nodeRegistry.nodeOf(node)).toObject(), `node ${node}`).to.deep.equal(said);
    expect(await nodeRegistry.bountyOf(node), `bounty of ${node}`).to.equal(bounties.get(node) ?? 0n);
  }
  expect(await nodeRegistry.nodeCount(), "nodes").to.equal(BigInt(nodes.size));
}

async function compareRegistries(cairn: Cairn, rebuilt: Rebuilt): Promise<void> {
  const { modelRegistry, dataRegistry } = cairn;
  for (const [id, said] of rebuilt.models) {
    expect((await modelRegistry.modelOf(id)).toObject(), `model ${id}`).to.deep.equal(said);
  }
  for (const [key, said] of rebuilt.versions) {
    expect((await modelRegistry.versionOf(...key.split("/"))).toObject(), `version ${key}`).to.deep.equal(said);
  }
  for (const [id, said] of rebuilt.datasets) {
    expect((await dataRegistry.datasetOf(id)).toObject(), `dataset ${id}`).to.deep.equal(said);
  }
  const publisher = await cairn.flContract.getAddress();
  const isPublisher = rebuilt.publishers.has(`1/${publisher}`);
  expect(await modelRegistry.mayPublish(1, publisher), "may publish").to.equal(isPublisher);
  for (const key of rebuilt.grants.keys()) {
    expect(await dataRegistry.hasAccess(...key.split("/")), `access of ${key}`).to.equal(true);
  }
}

async function compareTask({ flContract }: Cairn, taskId: bigint, task: RebuiltTask): Promise<void> {
  const said = await flContract.taskOf(taskId);
  expect(said.parameters.toObject(), "parameters").to.deep.equal(task.parameters);
  const { owner, escrowWei, closed } = task;
  const plain = { owner: said.owner, escrowWei: said.escrowWei, closed: said.closed };
  expect(plain, "task").to.deep.equal({ owner, escrowWei, closed });
  expect([said.enrolled, said.round], "enrolled, round").to.deep.equal([
    BigInt(task.slots.size),
    BigInt(task.rounds.length),
  ]);
  for (const [trainer, { slot }] of task.slots) {
    expect([...(await flContract.slotOf(taskId, trainer))], `slot of ${trainer}`).to.deep.equal([true, slot]);
  }
  for (const [node, wei] of task.claimable) {
    expect(await flContract.claimable(taskId, node), `claimable by ${node}`).to.equal(wei);
  }
  for (const [index, round] of task.rounds.entries()) {
    const number = index + 1;
    const view = (await flContract.roundOf(taskId, number)).toObject();
    expect(view, `round ${number}`).to.deep.equal(round.view);
    if (number === task.rounds.length) await compareDuties(flContract, taskId, number, task);
  }
}

async function compareDuties(flContract: Untyped, taskId: bigint, round: number, task: RebuiltTask): Promise<void> {
  const { members, verdicts, committed, revealed, view } = task.rounds[round - 1]!;
  if (view.seats > 0n) expect([...(await flContract.committeeOf(taskId, round))], "committee").to.deep.equal(members);
  for (const node of new Set([...members, ...committed.keys()])) {
    const duty = await flContract.dutyOf(taskId, round, node);
    const told = [duty.committed, duty.revealed, duty.verdictCommitted, duty.verdictRevealed, duty.attested];
    const known = [committed.has(node), revealed.has(node), verdicts.committed.has(node)];
    expect(told, `duty of ${node}`).to.deep.equal([...known, verdicts.revealed.has(node), verdicts.attested.has(node)]);
  }
}
