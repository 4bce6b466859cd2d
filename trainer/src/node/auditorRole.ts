/** An auditor's duties: commit to a verdict on every update, and open it. The aggregate is `aggregateRole.ts`. */
import { evidence } from "../audit/evidence.ts";
import { type VerdictOpening, verdictCommitment } from "../protocol/commitment.ts";
import { newSalt } from "./journal.ts";
import { type Judgement, judgeWithin } from "./judgement.ts";
import { lazyVerdict } from "./misbehaviour.ts";
import { actor, keyOf, openingMissing, type RoundContext, type SeatContext, scopeOf } from "./roundContext.ts";
import { auditAllowanceMs } from "./verdictTime.ts";

export interface AuditorOptions {
  /** Accept everything unseen. */
  readonly lazy: boolean;
  /** Unit: unix seconds, of the chain's clock. */
  readonly nowSeconds: number;
}

/** Judges the opened updates, keeps the verdict's opening on disk, then sends its commitment. */
export async function commitVerdict(context: RoundContext, { lazy, nowSeconds }: AuditorOptions): Promise<void> {
  const { chain, job, journal, round, signal } = context;
  if ((await journal.verdictOpening(keyOf(context), round.attempt)) === undefined) {
    const { deadline, attempt, revealedBitmap } = round;
    const { blockSeconds } = await chain.read("flContract", "limits", [], { signal });
    const clock = { deadline, nowSeconds, blockSeconds, auditCommitSeconds: job.task.parameters.auditCommitSeconds };
    const opening = lazy
      ? lazyVerdict(attempt, revealedBitmap)
      : openingOf(context, await judgeWithin(context, auditAllowanceMs(clock)));
    await journal.keepVerdict(keyOf(context), opening);
  }
  await sendCommitment(context);
}

/** Commits to a verdict that is known already, such as a refusal. A verdict that is in the journal goes before it. */
export async function commitJudgement(context: SeatContext, judgement: Judgement): Promise<void> {
  await context.journal.keepVerdict(keyOf(context), openingOf(context, judgement)); // never replaces one
  await sendCommitment(context);
}

export async function revealVerdict(context: SeatContext): Promise<void> {
  const { chain, job, journal, round, signal } = context;
  const opening = await journal.verdictOpening(keyOf(context), round.attempt);
  if (opening === undefined) throw openingMissing(context, "verdict");
  await journal.sayOnce(keyOf(context), `verdict-${round.attempt}`, verdictCommitment(scopeOf(context), opening));
  const { acceptedBitmap, duplicateBitmap = 0n, evidence: proof, salt } = opening;
  if (duplicateBitmap === 0n) {
    await chain.send("flContract", "revealVerdict", [job.taskId, acceptedBitmap, proof, salt], { signal });
  } else {
    const opened = { acceptedBitmap, duplicateBitmap, evidence: proof, salt };
    await chain.send("flContract", "revealVerdictMarking", [job.taskId, opened], { signal });
  }
}

function openingOf(context: SeatContext, { acceptedBitmap, duplicateBitmap, traces }: Judgement): VerdictOpening {
  const { attempt, committeeSeed } = context.round;
  const proof = evidence(actor(context), traces, committeeSeed);
  return { attempt, acceptedBitmap, duplicateBitmap, evidence: proof, salt: newSalt() };
}

async function sendCommitment(context: SeatContext): Promise<void> {
  const { chain, job, journal, round, signal } = context;
  const opening = await journal.verdictOpening(keyOf(context), round.attempt);
  if (opening === undefined) throw openingMissing(context, "verdict");
  const commitment = verdictCommitment(scopeOf(context), opening);
  await journal.sayOnce(keyOf(context), `verdict-${round.attempt}`, commitment);
  await chain.send("flContract", "commitVerdict", [job.taskId, commitment], { signal });
}
