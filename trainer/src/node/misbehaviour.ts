/**
 * Faults that a node commits on purpose, for the demonstration and for tests. Local chain only (see `node.ts`).
 *
 * `forge`: a trainer that hands in what it did not compute (`forgery.ts`). `late-bit-flip`: one that lies in one bit
 * (`lateBitFlip.ts`). `lazy`: an auditor that accepts every update without a look, and could not say what a replay gives.
 * `false-aggregate`: an auditor that agrees on a mean with one wrong bit (`meanRuns.ts`), in the first committee of a task's
 * first round.
 */
import { randomBytes } from "node:crypto";
import type { VerdictOpening } from "../protocol/commitment.ts";
import { toHex } from "../protocol/hex.ts";
import type { Job } from "./job.ts";
import { newSalt } from "./journal.ts";
import { NodeError } from "./nodeError.ts";

export const MISBEHAVIOURS = ["forge", "late-bit-flip", "lazy", "false-aggregate"] as const;

/** @throws {NodeError} `NODE_LIE_IMPOSSIBLE` where the task has no terms for the disputes that the lie is there to lose */
export function requireTellable(
  misbehave: Misbehaviour | undefined,
  { taskId, dispute, mean }: Pick<Job, "taskId" | "dispute" | "mean">,
): void {
  const isMissing =
    (misbehave === "late-bit-flip" && dispute === undefined) || (misbehave === "false-aggregate" && mean === undefined);
  if (!isMissing) return;
  throw new NodeError(
    { code: "NODE_LIE_IMPOSSIBLE", taskId: `${taskId}`, misbehave },
    `--misbehave ${misbehave} lies about what can be disputed, and task ${taskId} has no terms for such disputes`,
  );
}

/** @returns whether an auditor that was bribed for it lies about what this committee agrees on. */
export function liesAboutMean(
  misbehave: Misbehaviour | undefined,
  { round, attempt }: { readonly round: number; readonly attempt: number },
): boolean {
  return misbehave === "false-aggregate" && round === 1 && attempt === 0;
}

export type Misbehaviour = (typeof MISBEHAVIOURS)[number];

/** @returns the verdict of an auditor that looked at nothing: all accepted, the evidence made up. */
export function lazyVerdict(attempt: number, revealedBitmap: bigint): VerdictOpening {
  const evidence = toHex(randomBytes(32));
  return { attempt, acceptedBitmap: revealedBitmap, duplicateBitmap: 0n, evidence, salt: newSalt() };
}
