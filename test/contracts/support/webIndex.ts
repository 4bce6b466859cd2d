/** What the dApp's index makes of a chain's logs, against what the contracts' views say. */
import { expect } from "chai";
import type { Address, Hex } from "viem";
import { GAME_CONTRACTS } from "../../../trainer/src/audit/dispute/game.ts";
import { MERGE_STAGES } from "../../../trainer/src/chain/cohorts.ts";
import { EVENTS } from "../../../trainer/src/protocol/generated/events.ts";
import { EMPTY_STATE } from "../../../web/src/index/emptyState.ts";
import { createLogDecoder } from "../../../web/src/index/fold/decodeLogs.ts";
import { foldEvents } from "../../../web/src/index/fold/foldEvents.ts";
import { placedAbis } from "../../../web/src/index/fold/placedAbis.ts";
import type { ChainState, EventSource, Round, Task } from "../../../web/src/index/types.ts";
import type { Cairn } from "./cairn.ts";
import { Phase } from "./round.ts";

/** Folds all logs in one batch and in many, expects the same, and compares it with every view. */
export async function compareWebIndex(cairn: Cairn): Promise<void> {
  const state = await index(cairn);
  expect(state.contradictions, "contradictions").to.deep.equal([]);
  await compareNodes(cairn, state);
  await compareRegistries(cairn, state);
  for (const task of state.tasks.values()) await compareTask(cairn, task);
  await compareDisputes(cairn, state);
  await compareGroups(cairn, state);
}

async function compareGroups({ cohorts }: Cairn, { groups }: ChainState): Promise<void> {
  expect(BigInt(groups.size), "groups").to.equal(await cohorts.groupCount());
  for (const { id, modelId, epoch, deadline, entered, mergedVersion, ...group } of groups.values()) {
    const view = await cohorts.groupOf(id);
    const said = [modelId, BigInt(epoch), BigInt(deadline), BigInt(entered), BigInt(mergedVersion ?? 0)];
    const known = [view.modelId, view.epoch, view.deadline, view.entered, view.mergedVersion];
    expect(said, `group ${id}`).to.deep.equal(known);
    expect(group.stage, `stage of group ${id}`).to.equal(MERGE_STAGES[Number(view.stage)]);
    for (const [cohort, taskId] of group.cohorts.entries()) {
      expect((await cohorts.cohortOf(id, cohort)).taskId, `task of cohort ${cohort}`).to.equal(taskId);
    }
  }
}

async function compareDisputes(cairn: Cairn, { disputes }: ChainState): Promise<void> {
  for (const kind of ["update", "aggregate"] as const) {
    const contract = cairn[GAME_CONTRACTS[kind]];
    const games = [...disputes.values()].filter((dispute) => dispute.kind === kind);
    expect(BigInt(games.length), `disputes about ${kind}s`).to.equal(await contract.gameCount());
    for (const { id, name, taskId, round, defender, challenger, updates, ended } of games) {
      const view = await contract.gameOf(id);
      const said = [challenger, defender, taskId, BigInt(round), ended !== undefined];
      const known = [view.challenger, view.defender, view.taskId, view.round, view.isOver];
      expect(said, `dispute ${name}`).to.deep.equal(known);
      expect(updates.length > 0, `updates of dispute ${name}`).to.equal(kind === "aggregate");
    }
  }
}

async function index(cairn: Cairn): Promise<ChainState> {
  const { ethers } = cairn;
  const addresses = {} as Record<EventSource, Address>;
  for (const name of Object.keys(EVENTS) as EventSource[]) {
    const contract = name === "cairnToken" ? cairn.token : cairn[name];
    addresses[name] = (await contract.getAddress()) as Address;
  }
  const address = Object.values(addresses);
  const logs = await ethers.provider.getLogs({ address, fromBlock: 0, toBlock: "latest" });
  const { events, unknown } = createLogDecoder(placedAbis(EVENTS, addresses)).decode(
    logs.map(({ address, topics, data, blockNumber, index, transactionHash }) => {
      const raw = { address: address as Address, topics: topics as Hex[], data: data as Hex, logIndex: index };
      return { ...raw, blockNumber: BigInt(blockNumber), transactionHash: transactionHash as Hex };
    }),
  );
  expect(unknown, "logs that no rule knows").to.equal(0);
  const head = BigInt(await ethers.provider.getBlockNumber());
  const state = foldEvents(EMPTY_STATE, events, head);
  let slowly = EMPTY_STATE;
  for (const event of events) slowly = foldEvents(slowly, [event], event.blockNumber);
  expect(foldEvents(slowly, [], head), "folded one by one").to.deep.equal(state);
  return state;
}

async function compareNodes({ token, nodeRegistry }: Cairn, state: ChainState): Promise<void> {
  for (const [holder, wei] of state.balances) {
    expect(await token.balanceOf(holder), `balance of ${holder}`).to.equal(wei);
  }
  expect(await nodeRegistry.nodeCount(), "nodes").to.equal(BigInt(state.nodes.size));
  for (const [address, node] of state.nodes) {
    const view = await nodeRegistry.nodeOf(address);
    const said = [node.stakeWei, node.unbondingWei, node.lockedWei, BigInt(node.reputationNano)];
    const known = [view.stakeWei, view.unbondingWei, view.lockedWei, view.reputationNano];
    expect(said, `node ${address}`).to.deep.equal(known);
    expect([node.trains, node.audits], `what ${address} does`).to.deep.equal([
      (view.capabilities & 1n) === 1n,
      (view.capabilities & 2n) === 2n,
    ]);
    const waitingWei = node.unbonding.reduce((sum, { amountWei }) => sum + amountWei, 0n);
    expect(waitingWei, `queue of ${address}`).to.equal(view.unbondingWei);
    expect(await nodeRegistry.bountyOf(address), `bounty of ${address}`).to.equal(state.bounties.get(address) ?? 0n);
  }
}

async function compareRegistries({ modelRegistry, dataRegistry }: Cairn, state: ChainState): Promise<void> {
  for (const [id, model] of state.models) {
    const { owner, pendingOwner, latestVersion, metadataDigest } = await modelRegistry.modelOf(id);
    const said = [model.owner, model.pendingOwner, BigInt(model.versions.length - 1), model.metadata.digest];
    expect(said, `model ${id}`).to.deep.equal([owner, pendingOwner, latestVersion, metadataDigest]);
    for (const { version, weights, round, publisher } of model.versions) {
      const view = await modelRegistry.versionOf(id, version);
      expect([weights.digest, BigInt(weights.byteLength), BigInt(round)], `version ${version}`).to.deep.equal([
        view.weightsDigest,
        view.weightsByteLength,
        view.round,
      ]);
      expect(publisher).to.match(/^0x/);
    }
  }
  for (const [id, dataset] of state.datasets) {
    const { owner, usageCount, manifestDigest, recordCount } = await dataRegistry.datasetOf(id);
    const said = [dataset.owner, BigInt(dataset.usageCount), dataset.manifest.digest, BigInt(dataset.recordCount)];
    expect(said, `data set ${id}`).to.deep.equal([owner, usageCount, manifestDigest, recordCount]);
    for (const [grantee] of dataset.grants) expect(await dataRegistry.hasAccess(id, grantee), "access").to.equal(true);
  }
}

async function compareTask({ flContract }: Cairn, task: Task): Promise<void> {
  const view = await flContract.taskOf(task.id);
  const said = [task.owner, BigInt(task.trainers.size), BigInt(task.rounds.length), task.escrowWei];
  expect([view.owner, view.enrolled, view.round, view.escrowWei], `task ${task.id}`).to.deep.equal(said);
  expect(view.closed, "closed").to.equal(task.closed !== undefined);
  for (const [node, wei] of task.claimable) {
    expect(await flContract.claimable(task.id, node), `claimable by ${node}`).to.equal(wei);
  }
  for (const [trainer, { slot }] of task.trainers) {
    expect([...(await flContract.slotOf(task.id, trainer))], `slot of ${trainer}`).to.deep.equal([true, BigInt(slot)]);
  }
  for (const round of task.rounds) await compareRound(flContract, round);
}

async function compareRound(flContract: Cairn["flContract"], round: Round): Promise<void> {
  const view = await flContract.roundOf(round.taskId, round.number);
  const label = `round ${round.number}`;
  const revealed = round.participants.filter((participant) => participant.revealed !== undefined);
  const spoke = round.committee.filter(({ verdict }) => verdict !== undefined);
  const leading = [...round.proposals].sort((a, b) => b.attestations - a.attestations)[0];
  expect(BigInt(Phase[round.phase as keyof typeof Phase]), `${label}: phase`).to.equal(view.phase);
  const numbers = {
    deadline: [round.deadline, view.deadline],
    baseVersion: [round.baseVersion, view.baseVersion],
    expected: [round.expected, view.expected],
    expectedTrainers: [round.phase === "Commit" ? round.expectedTrainers.length : round.expected, view.expected],
    committed: [round.participants.length, view.committed],
    revealed: [revealed.length, view.revealed],
    attempt: [round.attempt, view.attempt],
    seats: [round.seats, view.seats],
    quorum: [round.quorum, view.quorum],
    verdictsCommitted: [round.committee.filter((it) => it.verdictCommitted).length, view.verdictsCommitted],
    verdictsRevealed: [spoke.length, view.verdictsRevealed],
    acceptedBitmap: [round.acceptedBitmap ?? 0n, view.acceptedBitmap],
    attestations: [leading?.attestations ?? 0, view.attestations],
    publishedVersion: [round.publishedVersion, view.publishedVersion],
  };
  for (const [field, [said, known]] of Object.entries(numbers)) {
    expect(BigInt(said as number), `${label}: ${field}`).to.equal(known);
  }
  const seeds = [round.seed, round.committeeSeed, round.agreed?.weights.digest];
  const agreed = round.agreed === undefined ? undefined : view.aggregateDigest;
  expect(seeds, `${label}: seeds`).to.deep.equal([view.seed, view.committeeSeed, agreed]);
}
