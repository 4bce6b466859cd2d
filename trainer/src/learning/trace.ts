/**
 * The trace of a training run: a Merkle tree over the hashes of its states.
 *
 * Whoever commits to the root has committed to every intermediate state, so a false run can be narrowed down to the
 * first stretch that is false.
 */
import { fromHex, type Hex } from "../protocol/hex.ts";
import { leafHash, merkleRoot } from "../protocol/merkle.ts";

/** @returns whether the state after step number `step` (counted from 1) enters the trace: every `stride`-th, and the last. */
export function isTraced(step: number, stride: number, steps: number): boolean {
  return step % stride === 0 || step === steps;
}

/** @returns how many leaves the trace of a run has. */
export function traceLength(steps: number, stride: number): number {
  return Math.ceil(steps / stride);
}

/** @returns the steps (counted from 1) whose states are the trace's leaves. */
export function tracedSteps(steps: number, stride: number): number[] {
  return Array.from({ length: traceLength(steps, stride) }, (_, i) => Math.min(steps, (i + 1) * stride));
}

/** @returns the root over state hashes, in the order of their steps. */
export function traceRoot(stateHashes: readonly Hex[]): Hex {
  return merkleRoot(stateHashes.map((hash) => leafHash(fromHex(hash, 32))));
}

/** @returns index of the first leaf in which two traces differ, or `undefined` when they are equal. */
export function firstDivergentLeaf(claimed: readonly Hex[], replayed: readonly Hex[]): number | undefined {
  const length = Math.max(claimed.length, replayed.length);
  for (let i = 0; i < length; i++) if (claimed[i]?.toLowerCase() !== replayed[i]?.toLowerCase()) return i;
  return undefined;
}
