/**
 * Challenges accepted updates that this node's own run proves false.
 *
 * Only what can be won is challenged: the update's file is here and is in order, and its parameters are others than the run
 * gives. A wrong trace over right parameters does the model no harm, and a file that nobody can read is no claim that a game
 * could prove false.
 */
import type { DisputeRun } from "../audit/dispute/disputeRun.ts";
import { fileTail } from "../audit/dispute/fileTail.ts";
import { refusalOf } from "../chain/chainError.ts";
import type { RevealedUpdate } from "../chain/task.ts";
import { slotRoot } from "../engine/merkleModule.ts";
import { tensorsRoot } from "../engine/stateRoot.ts";
import type { Parameters } from "../engine/tensor.ts";
import { computeRootBlock } from "../network/contentDigest.ts";
import { toHex } from "../protocol/hex.ts";
import { trainingBase } from "./aggregation.ts";
import { allowBond } from "./bond.ts";
import { versionBytes } from "./job.ts";
import type { RoundContext } from "./roundContext.ts";
import { runOfTrainer } from "./trainersRun.ts";
import { fetchUpdate, problemOf } from "./updateFetch.ts";

/** What came of looking at one update. */
export type Challenge =
  /** A game is open; whoever takes the run disposes it. */
  | { readonly kind: "opened"; readonly run: DisputeRun }
  /** It is struck: its number of records was false, or somebody was faster. */
  | { readonly kind: "struck" }
  /** Nobody can say whether it is true. */
  | { readonly kind: "unreadable" }
  | { readonly kind: "true" };

/**
 * Proves an accepted update false, if it is.
 *
 * @throws {NodeError} `NODE_BOND_SHORT`, before anything is computed | what chain, network and engine find
 */
export async function challengeUpdate(context: RoundContext, update: RevealedUpdate): Promise<Challenge> {
  try {
    if (await disproveSampleCount(context, update)) return { kind: "struck" };
    await allowBond(context.chain, "update", { signal: context.signal });
    const proof = await proofAgainst(context, update);
    if (proof.kind !== "opened") return proof;
    try {
      await openGame(context, update);
      return proof;
    } catch (error) {
      proof.run.dispose();
      throw error;
    }
  } catch (error) {
    if (GONE_ON.includes(refusalOf(error)?.errorName ?? "")) return { kind: "struck" };
    throw error;
  }
}

/** Refusals that say that another challenge was faster: the update is struck, or the round has moved on. */
const GONE_ON: readonly string[] = ["DisputeGameStruck", "FLContractNotDisputable", "RoundMachineWrongPhase"];

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
async function proofAgainst(context: RoundContext, update: RevealedUpdate): Promise<Challenge> {
  const { job, round, emit, signal } = context;
  const { parameters: base } = await trainingBase(context, job, round.baseVersion, { signal });
  let claimed: Parameters | undefined;
  const problem = await problemOf(async () => {
    claimed = await fetchUpdate(context, update, { base });
  });
  if (claimed === undefined) {
    const message = `the update of ${update.trainer} was accepted in round ${round.round} of task ${job.taskId} and cannot be disputed: ${problem}`;
    emit({ event: "warning", code: "NODE_UPDATE_UNREADABLE", message });
    return { kind: "unreadable" };
  }
  const run = await runOfTrainer(context, { slot: update.index });
  const own = run.state(job.plan.localSteps).parameters;
  if (toHex(tensorsRoot(own)) !== toHex(tensorsRoot(claimed))) return { kind: "opened", run };
  run.dispose();
  return { kind: "true" };
}

async function openGame(context: RoundContext, update: RevealedUpdate): Promise<void> {
  const { chain, job, round, signal } = context;
  const options = { signal };
  const base = await versionBytes(context, job, round.baseVersion, options);
  const { trainer } = update;
  const tail = fileTail(base, await computeRootBlock(base));
  await chain.send("disputeGame", "open", [job.taskId, trainer, openedOf(update), job.dispute!.terms, tail], options);
}

/** What the trainer opened, as the contract takes it again. */
function openedOf({ updateDigest, byteLength, traceRoot, sampleCount, salt }: RevealedUpdate) {
  return { updateDigest, byteLength, traceRoot, sampleCount, salt };
}
