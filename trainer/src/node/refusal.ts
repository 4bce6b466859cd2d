/**
 * What an auditor does with a seat in a task that it cannot work for: it refuses everything, in time, and says why.
 *
 * Any task may seat any auditor, and silence costs stake. A refusal accepts nothing: it is the truth about updates that
 * this machine could not replay.
 */
import { pause } from "../chain/deadline.ts";
import { readDuty, readRound, readTask } from "../chain/task.ts";
import { isTagged } from "../protocol/errors.ts";
import { commitJudgement, revealVerdict } from "./auditorRole.ts";
import { REFUSAL } from "./judgement.ts";
import { actor, keyOf, type SeatContext } from "./roundContext.ts";

export interface Refuser extends Omit<SeatContext, "round"> {
  /** Why the task can't be worked for. */
  readonly reason: { readonly code: string; readonly message: string };
}

/** Waits between two tries. Unit: milliseconds. */
const RETRY_MS = { first: 500, most: 8_000 } as const;

/** Serves the seat in the task's present round until that is over, or the seat is left. @throws bugs only */
export async function refuseRound(refuser: Refuser): Promise<void> {
  const { chain, job, emit, signal } = refuser;
  const { taskId } = job;
  const number = (await readTask(chain, taskId, { signal })).round;
  let failures = 0;
  while (!signal.aborted) {
    try {
      if (await step(refuser, number)) return;
      failures = 0;
      await pause(chain.pollingMs, signal);
    } catch (error) {
      if (signal.aborted) return;
      if (!isTagged(error)) throw error;
      emit({ event: "error", code: error.code, message: `refusing task ${taskId}: ${error.message}` });
      await pause(Math.min(RETRY_MS.most, RETRY_MS.first * 2 ** failures++), signal);
    }
  }
}

/** @returns whether the seat asks for nothing more. */
async function step(refuser: Refuser, number: number): Promise<boolean> {
  const { chain, job, journal, emit, signal, reason } = refuser;
  const { taskId } = job;
  const round = { ...(await readRound(chain, taskId, number, { signal })), round: number };
  const duty = await readDuty(chain, { taskId, round: number, node: actor(refuser) }, { signal });
  if (!duty.seated || round.phase === "Final" || round.phase === "Failed") return true;
  const context = { ...refuser, round };
  const head = await chain.request("eth_getBlockByNumber", () => chain.client.getBlock(), { signal });
  if (head.timestamp >= BigInt(round.deadline)) return round.phase !== "AuditCommit" && round.phase !== "AuditReveal";
  if (round.phase === "AuditCommit" && !duty.verdictCommitted) {
    await journal.forgetBefore(keyOf(context));
    await commitJudgement(context, REFUSAL);
    const where = { task: taskId.toString(), round: number };
    emit({ event: "refused", ...where, ...reason, judged: 0, updates: round.revealed });
  } else if (round.phase === "AuditReveal" && duty.verdictCommitted && !duty.verdictRevealed) {
    await revealVerdict(context);
  }
  return round.phase === "Aggregate" || round.phase === "Challenge"; // an aggregate nobody here made is not attested
}
