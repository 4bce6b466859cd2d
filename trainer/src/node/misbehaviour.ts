/**
 * Faults that a node commits on purpose, for the demonstration and for tests. Local chain only (see `node.ts`).
 *
 * `forge`: a trainer that hands in what it did not compute (`forgery.ts`). `late-bit-flip`: one that lies in one bit
 * (`lateBitFlip.ts`). `lazy`: an auditor that accepts every update without a look, and could not say what a replay gives.
 * `false-aggregate`: an auditor that agrees on a mean with one wrong bit (`meanRuns.ts`), in a round's first committee.
 */
import { randomBytes } from "node:crypto";
import type { VerdictOpening } from "../protocol/commitment.ts";
import { toHex } from "../protocol/hex.ts";
import { newSalt } from "./journal.ts";

export const MISBEHAVIOURS = ["forge", "late-bit-flip", "lazy", "false-aggregate"] as const;

export type Misbehaviour = (typeof MISBEHAVIOURS)[number];

/** @returns the verdict of an auditor that looked at nothing: all accepted, the evidence made up. */
export function lazyVerdict(attempt: number, revealedBitmap: bigint): VerdictOpening {
  const evidence = toHex(randomBytes(32));
  return { attempt, acceptedBitmap: revealedBitmap, duplicateBitmap: 0n, evidence, salt: newSalt() };
}
