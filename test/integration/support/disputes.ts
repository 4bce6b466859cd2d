/** Disputes as a test opens and reads them. */
import assert from "node:assert/strict";
import { createWalletClient, encodeFunctionData, http } from "viem";
import { fileTail } from "../../../trainer/src/audit/dispute/fileTail.ts";
import { type GameKind, sideToMove } from "../../../trainer/src/audit/dispute/game.ts";
import type { Chain } from "../../../trainer/src/chain/connection.ts";
import { pause } from "../../../trainer/src/chain/deadline.ts";
import { type GameHistory, gameHistories } from "../../../trainer/src/chain/gameHistory.ts";
import { readRound, revealedUpdates } from "../../../trainer/src/chain/task.ts";
import { computeRootBlock } from "../../../trainer/src/network/contentDigest.ts";
import { allowBond } from "../../../trainer/src/node/bond.ts";
import { openJob, versionBytes } from "../../../trainer/src/node/job.ts";
import { acceptedUpdates, openedUpdates } from "../../../trainer/src/node/meanRuns.ts";
import type { RunningNode } from "../../../trainer/src/node/node.ts";
import { ABIS } from "../../../trainer/src/protocol/generated/abi.ts";
import type { Hex } from "../../../trainer/src/protocol/hex.ts";
import type { LocalNetwork, NodeSettings, Participant } from "./localNetwork.ts";

/** One trainer's round before a committee of three. */
export const ONE_UPDATE = { rounds: 1, trainers: 1, committeeSize: 3, challengeSeconds: 20 } as const;

/** An account whose node runs. */
export interface RunningParticipant extends Participant, RunningNode {}

/** Starts an auditor with each of these settings. */
export async function startAuditors(
  network: LocalNetwork,
  settings: readonly NodeSettings[],
): Promise<RunningParticipant[]> {
  const participants = await Promise.all(settings.map((_, i) => network.participant(`auditor-${i}`)));
  return participants.map((participant, i) => {
    return { ...participant, ...network.start(participant, ["auditor"], settings[i]!) };
  });
}

/** Waits until what is accepted can be disputed. */
export async function reachChallenge({ admin, signal }: LocalNetwork, taskId: bigint): Promise<void> {
  while ((await readRound(admin.chain, taskId, 1, { signal })).phase !== "Challenge") await pause(100, signal);
}

/** A trainer that is stopped once its update is accepted, before anybody challenges it. @returns who it was */
export async function trainAndGo(network: LocalNetwork, taskId: bigint): Promise<Participant> {
  const trainer = await network.participant("trainer");
  const training = network.start(trainer, ["trainer"], { taskIds: [taskId] });
  await reachChallenge(network, taskId);
  training.stop();
  await training.done;
  return trainer;
}

/** @returns the task's games about updates, in the order in which they were opened. */
export function gamesOf(network: LocalNetwork, taskId: bigint): Promise<GameHistory<"update">[]> {
  return gamesAbout("update", network, taskId);
}

/** @returns the task's games of a kind, in the order in which they were opened. */
export function gamesAbout<K extends GameKind>(
  kind: K,
  { admin, signal }: LocalNetwork,
  taskId: bigint,
): Promise<GameHistory<K>[]> {
  return gameHistories(admin.chain, kind, { taskId, fromBlock: 0n }, { signal });
}

/** Disputes the first round's first update `times` over, whatever it is worth. @returns the last game's number. */
export async function challengeFirst(
  network: LocalNetwork,
  { chain }: Participant,
  taskId: bigint,
  times = 1,
): Promise<bigint> {
  const { signal, dataset, admin } = network;
  const sources = { chain, store: admin.store, openDataset: async () => dataset };
  const job = await openJob(sources, taskId, { signal });
  const { openedAtBlock, baseVersion } = await readRound(chain, taskId, 1, { signal });
  const key = { taskId, round: 1, openedAtBlock: BigInt(openedAtBlock) };
  const [update] = await revealedUpdates(chain, key, { signal });
  assert.ok(update !== undefined && job.dispute !== undefined);
  const base = await versionBytes(sources, job, baseVersion, { signal });
  const { bondWei } = await chain.read("disputeGame", "limits", [], { signal });
  const bondsWei = BigInt(times) * bondWei;
  await chain.send("cairnToken", "approve", [chain.deployment.contracts.disputeGame, bondsWei], { signal });
  const tail = fileTail(base, await computeRootBlock(base));
  const call = [taskId, update.trainer, update, job.dispute.terms, tail] as const;
  await sendOver(chain, encodeFunctionData({ abi: ABIS.disputeGame, functionName: "open", args: call }), times);
  job.dispose();
  return chain.read("disputeGame", "gameCount", [], { signal });
}

/** Disputes the first round's aggregate, whatever it is worth. @returns the game's number. */
export async function challengeAggregate(
  { dataset, admin, signal }: LocalNetwork,
  { chain }: Participant,
  taskId: bigint,
): Promise<bigint> {
  const sources = { chain, store: admin.store, openDataset: async () => dataset };
  const job = await openJob(sources, taskId, { signal });
  const round = { ...(await readRound(chain, taskId, 1, { signal })), round: 1 };
  const updates = await acceptedUpdates({ chain, job, round, signal }, round.acceptedBitmap);
  await allowBond(chain, "aggregate", { signal });
  const args = [taskId, openedUpdates(updates), job.mean!.terms] as const;
  await chain.send("aggregateGame", "open", args, { signal });
  job.dispose();
  return chain.read("aggregateGame", "gameCount", [], { signal });
}

/** @returns whether the game has begun and waits for its challenger. */
export function isChallengersTurn({ steps }: Pick<GameHistory, "steps">): boolean {
  return steps.length > 1 && sideToMove(steps.at(-1)!.position) === "challenger";
}

/** @returns the auditor that proposed the first round's aggregate. */
export async function proposerOf(
  { admin, signal }: LocalNetwork,
  taskId: bigint,
  auditors: readonly RunningParticipant[],
): Promise<RunningParticipant> {
  const { aggregateProposer } = await readRound(admin.chain, taskId, 1, { signal });
  return auditors.find(({ chain }) => chain.account!.address === aggregateProposer)!;
}

/** Sends one call many times, as nobody who means well does: a node takes the same call for one that is on its way. */
async function sendOver({ account, client, deployment }: Chain, data: Hex, times: number): Promise<void> {
  const wallet = createWalletClient({ account: account!, transport: http(deployment.rpcUrl) });
  const first = await client.getTransactionCount({ address: account!.address, blockTag: "pending" });
  const common = { to: deployment.contracts.disputeGame, data, chain: client.chain ?? null, gas: 3_000_000n };
  const sent = await Promise.all(
    Array.from({ length: times }, (_, i) => wallet.sendTransaction({ ...common, nonce: first + i })),
  );
  for (const hash of sent) {
    const { status } = await client.waitForTransactionReceipt({ hash });
    assert.equal(status, "success");
  }
}
