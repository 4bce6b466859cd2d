/** A trainer's two duties: train and commit, then open the commitment. */
import { readRound } from "../chain/task.ts";
import { EngineError } from "../engine/errors.ts";
import type { Parameters } from "../engine/tensor.ts";
import { layoutOf } from "../learning/aggregation/layout.ts";
import { trainOnCard } from "../learning/cardTraining.ts";
import { plannedCompression } from "../learning/compression/compression.ts";
import type { UpdateFile } from "../learning/compression/updateFile.ts";
import { type LocalTrainingJob, type LocalUpdate, trainLocally } from "../learning/localTraining.ts";
import { type UpdateOpening, updateCommitment } from "../protocol/commitment.ts";
import type { Hex } from "../protocol/hex.ts";
import { correctionOf, trainingBase } from "./aggregation.ts";
import { forgeUpdate } from "./forgery.ts";
import { localWork, requireTerms } from "./job.ts";
import { newSalt } from "./journal.ts";
import { type FlippedUpdate, updateOf } from "./lateBitFlip.ts";
import { type PlantOptions, plantedRoot } from "./plant.ts";
import { openRelayed } from "./relay/relayedDuty.ts";
import type { TrainersRelay } from "./relay/trainersRelay.ts";
import { actor, keyOf, openingMissing, type RoundContext, scopeOf, timed } from "./roundContext.ts";
import { runOfTrainer } from "./trainersRun.ts";

export interface TrainerOptions extends PlantOptions {
  /** How to lie: with an update that was not computed, or with one wrong bit. @default honest */
  readonly lie?: "forge" | "late-bit-flip" | undefined;
  /** Who sends commitments, as long as it does. @default the trainer itself */
  readonly relay?: TrainersRelay | undefined;
}

/**
 * Trains, stores and pins the update, keeps its opening on disk, and only then sends the commitment.
 *
 * After a crash the opening is there: the same commitment goes out again and nothing is trained twice.
 */
export async function commitUpdate(context: RoundContext, options: TrainerOptions): Promise<void> {
  const { chain, job, journal, signal } = context;
  const key = keyOf(context);
  let opening = await journal.updateOpening(key);
  if (opening === undefined) {
    await requireTerms(chain, job, { signal }); // the owner may have fixed them since: nothing is committed under others
    const { traceRoot: trueRoot, sampleCount, ...update } = await makeUpdate(context, options);
    const traceRoot = (options.lie !== undefined ? undefined : await plantedRoot(context, options)) ?? trueRoot;
    const ref = await context.store.put(update.bytes, { signal });
    opening = { updateDigest: ref.digest, byteLength: ref.byteLength, traceRoot, sampleCount, salt: newSalt() };
    await journal.keepUpdate(key, opening, update);
  } else {
    await serveAgain(context, opening);
  }
  const commitment = updateCommitment(scopeOf(context), opening);
  await journal.sayOnce(key, "update", commitment);
  if (await options.relay?.commit(context, { commitment, slot: options.slot })) return;
  await chain.send("flContract", "commitUpdate", [job.taskId, commitment], { signal });
}

/** Opens the commitment from the journal. Without the journal's record nothing can be opened, and nothing is tried. */
export async function revealUpdate(context: RoundContext): Promise<void> {
  const { chain, job, journal, signal } = context;
  const opening = await journal.updateOpening(keyOf(context));
  if (opening === undefined) throw openingMissing(context, "update");
  await journal.sayOnce(keyOf(context), "update", updateCommitment(scopeOf(context), opening));
  await serveAgain(context, opening);
  if (await openRelayed(context, opening)) return;
  await chain.send("flContract", "revealUpdate", [job.taskId, opening], { signal });
}

interface Update extends UpdateFile {
  readonly traceRoot: Hex;
  readonly sampleCount: number;
}

async function makeUpdate(context: RoundContext, { lie, slot }: TrainerOptions): Promise<Update> {
  const { job, round, emit, signal } = context;
  const { parameters: base, state } = await trainingBase(context, job, round.baseVersion, { signal });
  const residual = await residualOf(context, base);
  const work = { ...localWork(job, round, slot), residual, correction: correctionOf(job, state, actor(context)) };
  if (lie === "forge") return { ...forgeUpdate({ ...work, base }), sampleCount: work.shard.length };
  if (lie === "late-bit-flip") return { ...(await flippedUpdate(context, slot)), sampleCount: work.shard.length };
  const train = (): Promise<LocalUpdate> => trainSomewhere(context, { ...work, base, signal });
  const { seconds, cpuSeconds, value } = await timed<LocalUpdate>(train);
  emit({
    event: "trained",
    task: job.taskId.toString(),
    round: round.round,
    seconds,
    cpuSeconds,
    samples: value.sampleCount,
    loss: value.loss,
    updateDigest: value.digest,
    byteLength: value.bytes.length,
  });
  return value;
}

/** @returns what this trainer's updates lost until now; none where the plan has no error feedback, or nothing was lost yet. */
async function residualOf(context: RoundContext, base: Parameters): Promise<Float32Array | undefined> {
  const { chain, job, journal, signal } = context;
  if (plannedCompression(job.plan)?.errorFeedback !== true) return undefined;
  const kept = await journal.residualBefore(keyOf(context), layoutOf(base).size);
  if (kept === undefined) return undefined;
  const { seed } = await readRound(chain, job.taskId, kept.round, { signal });
  return kept.isOf(seed) ? kept.values : undefined; // else it is another chain's
}

/** What the training gives, but for one bit. */
async function flippedUpdate(context: RoundContext, slot: number): Promise<FlippedUpdate> {
  const run = await runOfTrainer(context, { slot, lies: true });
  try {
    return updateOf(run, context.job.plan.traceStride);
  } finally {
    run.dispose();
  }
}

/** On the card where there is one. A card that was lost is not asked again: the processor takes over, from the base. */
async function trainSomewhere({ job, emit }: RoundContext, work: LocalTrainingJob): Promise<LocalUpdate> {
  const { card } = job;
  if (card === undefined || work.correction !== undefined) return trainLocally(work);
  try {
    return await trainOnCard({ ...work, card: card.executor });
  } catch (error) {
    if (!(error instanceof EngineError) || error.detail.code !== "ENGINE_DEVICE_LOST") throw error;
    job.card = undefined;
    card.dispose();
    emit({ event: "device", task: job.taskId.toString(), device: "processor", reason: error.message });
    return trainLocally(work);
  }
}

/** The store may have been emptied since; the journal has the bytes. */
async function serveAgain(context: RoundContext, opening: UpdateOpening): Promise<void> {
  const { store, journal, signal } = context;
  if (await store.has({ digest: opening.updateDigest, byteLength: opening.byteLength })) return;
  const bytes = await journal.updateBytes(keyOf(context));
  if (bytes !== undefined) await store.put(bytes, { signal });
}
