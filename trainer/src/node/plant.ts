/**
 * Planted errors: a trainer's honest work under a trace root that is none, to catch auditors that accept unseen.
 *
 * The update itself is what training gives, to the last byte: so nothing but a replay tells a plant from other updates,
 * and one that a lazy committee lets through does the model no harm. It earns nothing where auditors are honest; half of
 * what each lazy one is slashed goes to the trainer.
 */
import { randomInt } from "node:crypto";
import { parseEventLogs } from "viem";
import { ChainError, refusalOf } from "../chain/chainError.ts";
import { acceptingAuditors, readRound } from "../chain/task.ts";
import { plantRoot, type UpdateOpening } from "../protocol/commitment.ts";
import { ABIS } from "../protocol/generated/abi.ts";
import type { Hex } from "../protocol/hex.ts";
import { newSalt } from "./journal.ts";
import { NodeError } from "./nodeError.ts";
import { actor, keyOf, logsOf, type RoundContext, type SeatContext, scopeOf } from "./roundContext.ts";

/** With fewer trainers a plant takes too much of a round's work from the model, or all of it. */
const MIN_EXPECTED = 3;

/** Rounds in a hundred in which a trainer plants. Source: the verifier's dilemma, evidence/verification.md. */
export const DEFAULT_PLANT_PERCENT = 2;

export interface PlantOptions {
  /** Range: 0 … 100. */
  readonly plantPercent: number;
  readonly slot: number;
}

/**
 * Throws the dice, where a plant does no harm, and keeps its salt on disk before anything is committed to it.
 *
 * @returns the trace root to claim; `undefined` to claim the true one.
 */
export async function plantedRoot(context: RoundContext, options: PlantOptions): Promise<Hex | undefined> {
  const { journal, job, round, emit } = context;
  if (job.task.mode !== "Replayable") return undefined; // nobody replays, so nobody could see it
  if (randomInt(100) >= options.plantPercent || !(await mayPlant(context, options.slot))) return undefined;
  const key = keyOf(context);
  await journal.keepPlant(key, newSalt());
  const salt = await journal.plantSalt(key); // that of before a crash, where there is one
  emit({ event: "planted", task: job.taskId.toString(), round: round.round });
  return plantRoot(scopeOf(context), salt!);
}

/** After a round that brought nothing a trainer plants nothing: three such rounds in a row can cost its place. */
async function mayPlant({ chain, job, round, signal }: RoundContext, slot: number): Promise<boolean> {
  if (round.expected < MIN_EXPECTED) return false;
  if (round.round === 1) return true;
  const { acceptedBitmap } = await readRound(chain, job.taskId, round.round - 1, { signal });
  return ((acceptedBitmap >> BigInt(slot)) & 1n) === 1n;
}

/** Reports every auditor that accepted this node's plant. Done again after a crash, it does nothing twice. */
export async function reportMissedPlants(context: SeatContext & { readonly slot: number }): Promise<void> {
  const { chain, journal, slot: index, signal } = context;
  const key = keyOf(context);
  const [salt, opening] = [await journal.plantSalt(key), await journal.updateOpening(key)];
  if (salt === undefined || opening?.traceRoot !== plantRoot(scopeOf(context), salt)) return;
  const auditors = await acceptingAuditors(chain, { ...logsOf(context), index }, { signal });
  for (const auditor of auditors) await report(context, { auditor, opening, salt });
}

interface Miss {
  readonly auditor: Hex;
  readonly opening: UpdateOpening;
  readonly salt: Hex;
}

async function report(context: SeatContext, { auditor, opening, salt }: Miss): Promise<void> {
  const { chain, job, round, signal, emit } = context;
  const { taskId } = job;
  try {
    const call = [taskId, actor(context), opening, salt, auditor] as const;
    const { logs } = await chain.send("flContract", "reportMissedPlant", call, { signal });
    const [reported] = parseEventLogs({ abi: ABIS.flContract, logs, eventName: "MissedPlantReported" });
    const takenWei = reported?.args.takenWei ?? 0n;
    const where = { task: taskId.toString(), round: round.round, auditor };
    emit({ event: "plantMissed", ...where, takenWei: `${takenWei}`, bountyWei: `${takenWei / 2n}` });
  } catch (error) {
    const refusal = refusalOf(error);
    if (!(error instanceof ChainError) || refusal === undefined) throw error;
    if (refusal.errorName === "FLContractPlantNotMissed") return; // reported before, or of another committee
    const where = { taskId: taskId.toString(), round: round.round, auditor };
    const late = new NodeError(
      { code: "NODE_PLANT_TOO_LATE", ...where },
      `${auditor} accepted the error planted in round ${round.round} of task ${taskId}; ${error.message}`,
    );
    emit({ event: "warning", code: late.code, message: late.message });
  }
}
