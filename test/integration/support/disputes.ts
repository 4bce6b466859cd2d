/** Disputes as a test opens and reads them. */
import assert from "node:assert/strict";
import { fileTail } from "../../../trainer/src/audit/dispute/fileTail.ts";
import type { GameKind } from "../../../trainer/src/audit/dispute/game.ts";
import { type GameHistory, gameHistory, openedGames } from "../../../trainer/src/chain/disputes.ts";
import { readRound, revealedUpdates } from "../../../trainer/src/chain/task.ts";
import { computeRootBlock } from "../../../trainer/src/network/contentDigest.ts";
import { openJob, versionBytes } from "../../../trainer/src/node/job.ts";
import type { LocalNetwork, Participant } from "./localNetwork.ts";

/** @returns the task's games about updates, in the order in which they were opened. */
export function gamesOf(network: LocalNetwork, taskId: bigint): Promise<GameHistory<"update">[]> {
  return gamesAbout("update", network, taskId);
}

/** @returns the task's games of a kind, in the order in which they were opened. */
export async function gamesAbout<K extends GameKind>(
  kind: K,
  { admin, signal }: LocalNetwork,
  taskId: bigint,
): Promise<GameHistory<K>[]> {
  const games = await openedGames(admin.chain, kind, { taskId, fromBlock: 0n }, { signal });
  return Promise.all(games.map((game) => gameHistory(admin.chain, game, { signal })));
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
  const options = { signal, overlaps: true };
  await Promise.all(Array.from({ length: times }, () => chain.send("disputeGame", "open", call, options)));
  job.dispose();
  return chain.read("disputeGame", "gameCount", [], { signal });
}
