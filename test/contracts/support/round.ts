/** Drives a task's rounds as honest nodes would. Asserts nothing: the tests say what must come of it. */
import { hexlify, randomBytes, toBeHex, zeroPadValue } from "ethers";
import { encodeBlockHeader, type RpcBlock } from "../../../trainer/src/protocol/blockHeader.ts";
import { type CommitmentScope, updateCommitment, verdictCommitment } from "../../../trainer/src/protocol/commitment.ts";
import type { Hex } from "../../../trainer/src/protocol/hex.ts";
import { CAIRN, type Cairn, type Signer, STAKE_WEI, type Untyped } from "./cairn.ts";

export const Phase = {
  None: 0,
  Commit: 1,
  Reveal: 2,
  Draw: 3,
  AuditCommit: 4,
  AuditReveal: 5,
  Aggregate: 6,
  Challenge: 7,
  Final: 8,
  Failed: 9,
} as const;
export const Failure = {
  NoCommitments: 1,
  NoReveals: 2,
  NotDrawn: 3,
  NoQuorum: 4,
  NothingAccepted: 5,
  NoAggregate: 6,
  Disputed: 7,
} as const;

export const REWARD_PER_UPDATE_WEI = 7n * CAIRN;
export const REWARD_PER_VERDICT_WEI = 3n * CAIRN;
export const DIGEST = `0x${"ab".repeat(32)}`;
export const BYTE_LENGTH = 4_096;

export const PARAMETERS = {
  modelId: 1n,
  datasetId: 1n,
  mode: 1,
  planDigest: `0x${"33".repeat(32)}`,
  planByteLength: 321,
  rounds: 3,
  minTrainers: 1,
  maxTrainers: 4,
  committeeSize: 3,
  quorum: 2,
  maxUpdateBytes: 65_536,
  rewardPerUpdateWei: REWARD_PER_UPDATE_WEI,
  rewardPerVerdictWei: REWARD_PER_VERDICT_WEI,
  minStakeWei: STAKE_WEI / 2n,
  minReputationNano: 0,
  missedRevealSlashWei: 11n * CAIRN + 1n, // odd, so that halving it must round
  seedDelayBlocks: 2,
  commitSeconds: 100,
  revealSeconds: 100,
  drawSeconds: 100,
  auditCommitSeconds: 100,
  auditRevealSeconds: 100,
  aggregateSeconds: 100,
  challengeSeconds: 100,
};

/** Creates a task with the parameters above, some changed, and pays for it. */
export async function createTask(cairn: Cairn, changes: Partial<Record<keyof typeof PARAMETERS, unknown>> = {}) {
  const { flContract, token, owner } = cairn;
  const parameters = { ...PARAMETERS, ...changes };
  const escrowWei: bigint = await flContract.budgetOf(parameters);
  await token.connect(owner).approve(flContract, escrowWei);
  await flContract.connect(owner).createTask(parameters);
  return { taskId: (await flContract.taskCount()) as bigint, escrowWei };
}

/** A task that `trainers` have joined, with its first round open. */
export async function openRound(
  cairn: Cairn,
  trainers: readonly Signer[],
  changes: Parameters<typeof createTask>[1] = {},
) {
  const { taskId } = await createTask(cairn, changes);
  for (const trainer of trainers) await cairn.flContract.connect(trainer).join(taskId);
  await cairn.flContract.openRound(taskId);
  return taskId;
}

export async function scopeOf(cairn: Cairn, taskId: bigint, sender: Signer): Promise<CommitmentScope> {
  const { round } = await cairn.flContract.taskOf(taskId);
  return {
    chainId: (await cairn.ethers.provider.getNetwork()).chainId,
    flContract: (await cairn.flContract.getAddress()) as Hex,
    taskId,
    round: Number(round),
    sender: sender.address as Hex,
  };
}

/** An update of `trainer` in the last round, before it is committed. */
export async function makeUpdate(cairn: Cairn, taskId: bigint, trainer: Signer) {
  const opening = {
    updateDigest: hexlify(randomBytes(32)) as Hex,
    byteLength: 4_321,
    traceRoot: hexlify(randomBytes(32)) as Hex,
    sampleCount: 640,
    salt: hexlify(randomBytes(32)) as Hex,
  };
  const scope = await scopeOf(cairn, taskId, trainer);
  return { trainer, opening, commitment: updateCommitment(scope, opening) };
}

export type Update = Awaited<ReturnType<typeof makeUpdate>>;

export async function commitUpdates(cairn: Cairn, taskId: bigint, trainers: readonly Signer[]): Promise<Update[]> {
  const updates: Update[] = [];
  for (const trainer of trainers) {
    const update = await makeUpdate(cairn, taskId, trainer);
    await cairn.flContract.connect(trainer).commitUpdate(taskId, update.commitment);
    updates.push(update);
  }
  return updates;
}

export async function revealUpdates(cairn: Cairn, taskId: bigint, updates: readonly Update[]): Promise<void> {
  for (const { trainer, opening } of updates) await cairn.flContract.connect(trainer).revealUpdate(taskId, opening);
}

/** The header of the seed's block, once the chain is past it. */
export async function seedHeader(cairn: Cairn, taskId: bigint): Promise<Hex> {
  const { round } = await cairn.flContract.taskOf(taskId);
  const target = Number((await cairn.flContract.roundOf(taskId, round)).seedTargetBlock);
  const missing = target + 1 - (await cairn.ethers.provider.getBlockNumber());
  await mineBlocks(cairn, missing);
  const block = (await cairn.ethers.provider.send("eth_getBlockByNumber", [
    `0x${target.toString(16)}`,
    false,
  ])) as RpcBlock;
  return encodeBlockHeader(block);
}

/** Draws the committee, retargeting the seed when the stakes have moved on. @returns its members. */
export async function draw(cairn: Cairn, taskId: bigint): Promise<Signer[]> {
  const { flContract, nodeRegistry, ethers } = cairn;
  const { round } = await flContract.taskOf(taskId);
  const { snapshotEpoch } = await flContract.roundOf(taskId, round);
  if ((await nodeRegistry.currentEpoch()) > snapshotEpoch + 2n) await flContract.retargetSeed(taskId);
  await flContract.drawCommittee(taskId, await seedHeader(cairn, taskId));
  const members: string[] = await flContract.committeeOf(taskId, round);
  return Promise.all(members.map((member) => ethers.getSigner(member)));
}

/** One by one: blocks that `hardhat_mine` makes have other hashes for contracts than for the RPC. */
export async function mineBlocks(cairn: Cairn, count: number): Promise<void> {
  for (let i = 0; i < count; i++) await cairn.ethers.provider.send("evm_mine", []);
}

/** From `Commit` to a drawn committee. */
export async function runToAudit(cairn: Cairn, taskId: bigint, trainers: readonly Signer[]) {
  const updates = await commitUpdates(cairn, taskId, trainers);
  await revealUpdates(cairn, taskId, updates);
  return { updates, committee: await draw(cairn, taskId) };
}

export interface Verdict {
  readonly auditor: Signer;
  readonly acceptedBitmap: bigint;
  readonly evidence: Hex;
  readonly salt: Hex;
}

export async function commitVerdicts(
  cairn: Cairn,
  taskId: bigint,
  auditors: readonly Signer[],
  bitmapOf: (seat: number) => bigint,
): Promise<Verdict[]> {
  const verdicts: Verdict[] = [];
  for (const [seat, auditor] of auditors.entries()) {
    const evidence = zeroPadValue(toBeHex(seat + 1), 32) as Hex;
    const verdict = { auditor, acceptedBitmap: bitmapOf(seat), evidence, salt: hexlify(randomBytes(32)) as Hex };
    const scope = await scopeOf(cairn, taskId, auditor);
    const { attempt } = await cairn.flContract.roundOf(taskId, scope.round);
    const commitment = verdictCommitment(scope, { ...verdict, attempt: Number(attempt) });
    await cairn.flContract.connect(auditor).commitVerdict(taskId, commitment);
    verdicts.push(verdict);
  }
  return verdicts;
}

export async function revealVerdicts(cairn: Cairn, taskId: bigint, verdicts: readonly Verdict[]): Promise<void> {
  for (const { auditor, acceptedBitmap, evidence, salt } of verdicts) {
    await cairn.flContract.connect(auditor).revealVerdict(taskId, acceptedBitmap, evidence, salt);
  }
}

/** All of the committee agree on the updates in `bitmap`. */
export async function audit(cairn: Cairn, taskId: bigint, committee: readonly Signer[], bitmap: bigint): Promise<void> {
  await revealVerdicts(cairn, taskId, await commitVerdicts(cairn, taskId, committee, () => bitmap));
}

/** The committee's first two members agree on an aggregate; after its challenge the round is final. */
export async function aggregateAndFinish(cairn: Cairn, taskId: bigint, committee: readonly Signer[]): Promise<void> {
  const [first, second] = committee as [Signer, Signer];
  await cairn.flContract.connect(first).proposeAggregate(taskId, DIGEST, BYTE_LENGTH);
  await cairn.flContract.connect(second).attestAggregate(taskId, DIGEST, BYTE_LENGTH);
  await passDeadline(cairn);
  await cairn.flContract.advance(taskId);
}

/** A whole round in which everybody is there. @returns its committee. */
export async function runRound(
  cairn: Cairn,
  taskId: bigint,
  trainers: readonly Signer[],
  bitmap: bigint,
): Promise<Signer[]> {
  const { committee } = await runToAudit(cairn, taskId, trainers);
  await audit(cairn, taskId, committee, bitmap);
  await aggregateAndFinish(cairn, taskId, committee);
  return committee;
}

/** Every phase of these tasks lasts 100 seconds. */
export async function passDeadline(cairn: Cairn): Promise<void> {
  await cairn.networkHelpers.time.increase(100);
}

export async function lastRound(cairn: Cairn, taskId: bigint): Promise<Untyped> {
  const { round } = await cairn.flContract.taskOf(taskId);
  return cairn.flContract.roundOf(taskId, round);
}
