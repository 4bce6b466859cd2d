/** Every view of the contracts against what their logs say. */
import { expect } from "chai";
import type { Cairn, TestContract, Untyped } from "./cairn.ts";
import { rebuild, rebuildGames } from "./rebuild.ts";
import type { Rebuilt, RebuiltTask } from "./rebuildRules.ts";
import { compareWebIndex } from "./webIndex.ts";

/** @throws {AssertionError} where one differs */
export async function compare(cairn: Cairn): Promise<void> {
  await compareWebIndex(cairn);
  const rebuilt = await rebuild(cairn);
  await compareNodes(cairn, rebuilt);
  await compareRegistries(cairn, rebuilt);
  for (const [taskId, task] of rebuilt.tasks) await compareTask(cairn, taskId, task);
  await compareGroups(cairn, rebuilt);
  await compareReports(cairn);
  await compareGames(cairn, cairn.disputeGame, "isStruck");
  await compareGames(cairn, cairn.aggregateGame, "isRefuted");
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

async function compareGroups({ cohorts, modelRegistry }: Cairn, { groups, gates }: Rebuilt): Promise<void> {
  expect(await cohorts.groupCount(), "groups").to.equal(BigInt(groups.size));
  for (const [modelId, gate] of gates) {
    expect((await modelRegistry.gateOf(modelId)).toObject(), `gate of ${modelId}`).to.deep.equal(gate);
  }
  for (const [groupId, group] of groups) {
    expect((await cohorts.groupOf(groupId)).toObject(), `group ${groupId}`).to.deep.equal(group.view);
    for (const [cohort, said] of group.cohorts.entries()) {
      expect((await cohorts.cohortOf(groupId, cohort)).toObject(), `cohort ${cohort}`).to.deep.equal(said);
      expect([...(await cohorts.membershipOf(said.modelId))], "membership").to.deep.equal([groupId, BigInt(cohort)]);
    }
    for (const key of group.attested) {
      const [epoch, cohort, member] = key.split("/");
      const isNow = BigInt(epoch as string) === group.view.epoch;
      if (isNow) expect(await cohorts.hasAttested(groupId, cohort, member), `attested ${key}`).to.equal(true);
    }
  }
}

/** Storage says who filed; what, only the events do. */
async function compareReports({ roundReports, auditors }: Cairn): Promise<void> {
  const filed = new Map<string, Set<string>>();
  for (const { args } of (await roundReports.queryFilter("ReportFiled")) as Untyped[]) {
    const key = `${args.taskId}/${args.round}`;
    const before = filed.get(key) ?? new Set();
    expect(before.has(args.auditor), `second report of ${args.auditor} in ${key}`).to.equal(false);
    filed.set(key, before.add(args.auditor));
  }
  for (const [key, said] of filed) {
    for (const { address } of auditors) {
      const [taskId, round] = key.split("/");
      expect(await roundReports.hasFiled(taskId, round, address), `${address} in ${key}`).to.equal(said.has(address));
    }
  }
}

async function compareGames(cairn: Cairn, contract: TestContract, isProven: string): Promise<void> {
  const { games, terms, withdrawable, seconds, proven } = await rebuildGames(cairn, contract);
  expect(await contract.gameCount(), "games").to.equal(BigInt(games.size));
  for (const [gameId, { view, clocks, claimed }] of games) {
    const { challengerSeconds, defenderSeconds, ...said } = (await contract.gameOf(gameId)).toObject();
    expect(said, `game ${gameId}`).to.deep.equal(view);
    const left = { challenger: challengerSeconds, defender: defenderSeconds };
    if (!view.isOver) expect(left, `clocks of game ${gameId}`).to.deep.equal(clocks);
    expect(await contract[isProven](...claimed.split("/")), `${isProven} ${claimed}`).to.equal(proven.has(claimed));
  }
  for (const [taskId, hash] of terms) expect(await contract.termsOf(taskId), `terms of ${taskId}`).to.equal(hash);
  for (const [account, wei] of withdrawable) expect(await contract.withdrawable(account), account).to.equal(wei);
  for (const key of seconds) expect(await contract.isSecond(...key.split("/")), `second ${key}`).to.equal(true);
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
