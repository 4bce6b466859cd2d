/**
 * A trainer's two duties in a tab: train and commit, then open the commitment.
 *
 * The order is the point: salt and update are on disk before the node gets the bytes, and the node has the bytes before the
 * wallet is asked. Killed at any line and begun again, the same commitment goes out, and nothing is trained twice.
 */
import { lastRoundVersion } from "@cairn/trainer/chain/cohorts";
import { fileRef } from "@cairn/trainer/protocol/fileRef";
import { packageCommitment, type RevealPackage } from "@cairn/trainer/protocol/revealPackage";
import { type KeptUpdate, newSalt, type RoundKey } from "../store/journal.ts";
import { TrainError } from "../trainError.ts";
import { neededSeconds, shortBySeconds } from "./estimate.ts";
import type { Round, TabTrainer } from "./tabTrainer.ts";

/** Too little for a wallet's dialog and a block: what is sent now would most likely be refused. Unit: seconds. */
const LAST_MOMENT_SECONDS = 3;

export interface RoundPlace {
  readonly round: Round;
  readonly slot: number;
}

export type DutyResult = "done" | "declined" | "tooLate";

export async function commitUpdate(
  trainer: TabTrainer,
  { round, slot }: RoundPlace,
  signal: AbortSignal,
): Promise<DutyResult> {
  const { journal, emit, taskId } = trainer;
  let kept = await journal.find(keyOf(trainer, round));
  if (kept === undefined) {
    const made = await inTime(trainer, round, () => makeUpdate(trainer, { round, slot }, signal));
    if (made === "tooLate") return made;
    kept = await journal.keep(made);
    emit({ type: "kept", round: round.round });
  }
  await publish(trainer, kept, signal);
  if (leftSeconds(trainer, round) < LAST_MOMENT_SECONDS) return tooLate(trainer, round, LAST_MOMENT_SECONDS);
  signal.throwIfAborted();
  emit({ type: "signing", round: round.round, what: "commit" });
  const sent = await trainer.send(
    { functionName: "commitUpdate", args: [taskId, packageCommitment(kept)] },
    round.round,
  );
  if (signal.aborted) return "done"; // the chain was quicker than the page
  if (sent === "declined") {
    emit({ type: "declined", round: round.round, what: "commit" });
    return "declined";
  }
  emit({ type: "committed", round: round.round });
  return "done";
}

/** @throws {TrainError} `TRAIN_OPENING_MISSING` when this browser does not know the salt */
export async function revealUpdate(
  trainer: TabTrainer,
  { round }: RoundPlace,
  signal: AbortSignal,
): Promise<DutyResult> {
  const { journal, emit, taskId } = trainer;
  const kept = await journal.find(keyOf(trainer, round));
  if (kept === undefined) {
    throw new TrainError(
      { code: "TRAIN_OPENING_MISSING", round: round.round },
      `the update committed in round ${round.round} cannot be opened: its salt is not in this browser`,
    );
  }
  await publish(trainer, kept, signal); // the node may have lost it since
  signal.throwIfAborted();
  emit({ type: "signing", round: round.round, what: "reveal" });
  const sent = await trainer.send({ functionName: "revealUpdate", args: [taskId, kept.opening] }, round.round);
  if (signal.aborted) return "done";
  if (sent === "declined") {
    emit({ type: "declined", round: round.round, what: "reveal" });
    return "declined";
  }
  emit({ type: "revealed", round: round.round });
  return "done";
}

/** @returns what the journal keeps this round under. */
export function keyOf({ chain, account, taskId }: TabTrainer, { round, seed }: Round): RoundKey {
  const { chainId, contracts } = chain.deployment;
  return { chainId, flContract: contracts.flContract, taskId, round, roundSeed: seed, trainer: account };
}

/** Starts nothing that cannot be finished: a training thrown away costs energy, a late commitment gas. */
async function inTime<T>(trainer: TabTrainer, round: Round, work: () => Promise<T>): Promise<T | "tooLate"> {
  const now = trainer.clock.seconds() ?? round.deadline;
  if (shortBySeconds(trainer.work, { deadline: round.deadline, now }) <= 0) return work();
  return tooLate(trainer, round, neededSeconds(trainer.work));
}

function tooLate(trainer: TabTrainer, round: Round, needed: number): "tooLate" {
  const left = Math.max(0, leftSeconds(trainer, round));
  trainer.emit({ type: "tooLate", round: round.round, neededSeconds: needed, leftSeconds: left });
  return "tooLate";
}

function leftSeconds({ clock }: TabTrainer, { deadline }: Round): number {
  return deadline - (clock.seconds() ?? deadline);
}

async function publish({ publish: hand, emit }: TabTrainer, kept: KeptUpdate, signal: AbortSignal): Promise<void> {
  const { updateDigest: digest, byteLength } = kept.opening;
  await hand(kept.update, { digest, byteLength }, signal);
  emit({ type: "published", round: kept.round });
}

async function makeUpdate(
  trainer: TabTrainer,
  { round, slot }: RoundPlace,
  signal: AbortSignal,
): Promise<RevealPackage> {
  const { chain, engine, fetchContent, modelId, taskId, account, emit, work } = trainer;
  emit({ type: "fetching", round: round.round, version: Number(round.baseVersion) });
  const version = await chain.read("modelRegistry", "versionOf", [modelId, round.baseVersion], { signal });
  const weights = await fetchContent({ digest: version.weightsDigest, byteLength: version.weightsByteLength }, signal);
  const made = await lastRoundVersion(chain, { modelId, version: round.baseVersion }, { signal });
  const own =
    made.version === round.baseVersion
      ? weights
      : await fetchContent({ digest: made.weightsDigest, byteLength: made.weightsByteLength }, signal);
  const stateRef = await engine.stateOf(own, signal);
  const state = stateRef && (await fetchContent(stateRef, signal));
  emit({ type: "training", round: round.round, localSteps: work.localSteps });
  const trained = await engine.train(
    {
      weights,
      ...(state && { state }),
      ...{ roundSeed: round.seed, taskId, round: round.round, slot, address: account },
    },
    (progress) =>
      emit("fellBack" in progress ? { type: "fellBack", notice: progress.fellBack } : { type: "progress", progress }),
    signal,
  );
  const { bytes, traceRoot, sampleCount, digest, loss, seconds, device } = trained;
  emit({ type: "trained", round: round.round, digest, loss, seconds, device });
  const ref = await fileRef(bytes);
  return {
    ...keyOf(trainer, round),
    opening: { updateDigest: ref.digest, byteLength: ref.byteLength, traceRoot, sampleCount, salt: newSalt() },
    update: bytes,
  };
}
