/**
 * Challenges accepted updates that this node's own run proves false.
 *
 * Only what can be won is challenged: the update's file is here and is in order, and its parameters are others than the run
 * gives. A wrong trace over right parameters does the model no harm, and a file that nobody can read is no claim that a game
 * could prove false.
 */
import type { DisputeRun } from "../audit/dispute/disputeRun.ts";
import { fileTail } from "../audit/dispute/fileTail.ts";
import type { RevealedUpdate } from "../chain/task.ts";
import { slotRoot } from "../engine/merkleModule.ts";
import { tensorsRoot } from "../engine/stateRoot.ts";
import type { Parameters } from "../engine/tensor.ts";
import { computeRootBlock } from "../network/contentDigest.ts";
import { toHex } from "../protocol/hex.ts";
import { allowBond } from "./bond.ts";
import { versionBytes } from "./job.ts";
import type { RoundContext } from "./roundContext.ts";
import { suspectUpdates } from "./suspects.ts";
import { runOfTrainer } from "./trainersRun.ts";
import { fetchUpdate, problemOf } from "./updateFetch.ts";

export interface OpenedChallenge {
  readonly trainer: string;
  /** The own one; whoever takes it disposes it. */
  readonly run: DisputeRun;
}

/**
 * @param isDisputed whether this node has a game about the trainer's update already.
 * @param onOpened told of each game that was opened.
 * @throws {NodeError} `NODE_BOND_SHORT` | what chain, network and engine find: it is tried again while there is time
 */
export async function challengeFalseUpdates(
  context: RoundContext,
  isDisputed: (trainer: string) => boolean,
  onOpened: (challenge: OpenedChallenge) => void,
): Promise<void> {
  for (const update of await suspectUpdates(context)) {
    if (isDisputed(update.trainer)) continue;
    const run = await challengeUpdate(context, update);
    if (run !== undefined) onOpened({ trainer: update.trainer, run });
  }
}

/**
 * Opens a game against the update, if this node's own run proves it false.
 *
 * @returns the own run, which the caller disposes; undefined where there is nothing to prove.
 * @throws as {@link challengeFalseUpdates}
 */
export async function challengeUpdate(context: RoundContext, update: RevealedUpdate): Promise<DisputeRun | undefined> {
  if (await disproveSampleCount(context, update)) return undefined;
  const run = await proofAgainst(context, update);
  if (run === undefined) return undefined;
  try {
    await openGame(context, update);
    return run;
  } catch (error) {
    run.dispose();
    throw error;
  }
}

/**
 * The number of records is the update's weight in a mean, and needs no game: the shard's is one path away from the terms.
 *
 * @returns whether it was false, and is proven so: the update is struck.
 */
async function disproveSampleCount(context: RoundContext, update: RevealedUpdate): Promise<boolean> {
  const { chain, job, round, signal, emit } = context;
  const { shards, shardTree, terms } = job.dispute!;
  const at = update.index % shards.length;
  const shard = shards[at]!;
  if (shard.length === update.sampleCount) return false;
  const proof = [shard.length, toHex(slotRoot(shard)), shardTree.path(at).map(toHex)] as const;
  const { trainer } = update;
  await chain.send("disputeGame", "disproveSampleCount", [job.taskId, trainer, openedOf(update), terms, ...proof], {
    signal,
  });
  const where = { task: job.taskId.toString(), round: round.round, trainer };
  emit({ event: "sampleCountDisproven", ...where, claimed: update.sampleCount, actual: shard.length });
  return true;
}

/** @returns the own run where the update's parameters are not its last ones. */
async function proofAgainst(context: RoundContext, update: RevealedUpdate): Promise<DisputeRun | undefined> {
  const { job, round, emit } = context;
  let claimed: Parameters | undefined;
  const problem = await problemOf(async () => {
    claimed = await fetchUpdate(context, update);
  });
  if (claimed === undefined) {
    const message = `the update of ${update.trainer} was accepted in round ${round.round} of task ${job.taskId} and cannot be disputed: ${problem}`;
    emit({ event: "warning", code: "NODE_UPDATE_UNREADABLE", message });
    return undefined;
  }
  const run = await runOfTrainer(context, { slot: update.index });
  const own = run.state(job.plan.localSteps).parameters;
  if (toHex(tensorsRoot(own)) !== toHex(tensorsRoot(claimed))) return run;
  run.dispose();
  return undefined;
}

async function openGame(context: RoundContext, update: RevealedUpdate): Promise<void> {
  const { chain, job, round, signal } = context;
  const options = { signal };
  await allowBond(chain, options);
  const base = await versionBytes(context, job, round.baseVersion, options);
  const { trainer } = update;
  const tail = fileTail(base, await computeRootBlock(base));
  await chain.send("disputeGame", "open", [job.taskId, trainer, openedOf(update), job.dispute!.terms, tail], options);
}

/** What the trainer opened, as the contract takes it again. */
function openedOf({ updateDigest, byteLength, traceRoot, sampleCount, salt }: RevealedUpdate) {
  return { updateDigest, byteLength, traceRoot, sampleCount, salt };
}
