/**
 * A lie as small as a lie can be: one bit of one gradient in the last step, everything after it computed as it should be.
 * For the demonstration and for tests. Local chain only (see `node.ts`).
 *
 * The same round gives the same lie, so that the liar can defend itself after a restart.
 */
import type { DisputeRun, Fault, RunAnswers } from "../audit/dispute/disputeRun.ts";
import { encodeParameters } from "../engine/checkpoint.ts";
import { tracedSteps, traceRoot } from "../learning/trace.ts";
import { type Hex, toHex } from "../protocol/hex.ts";

/** The highest bit of a binary32 number's fraction: half of its own size or a third of it, more or less. */
const MASK = 1 << 22;

/** @returns the run with the bit flipped, over the memory of `honest`. */
export function flipLateBit(honest: DisputeRun): DisputeRun {
  const { steps } = honest.program.terms;
  const step = steps - 1;
  for (const fault of candidates(honest, step)) {
    const liar = honest.lyingAt(fault);
    if (toHex(liar.stateRoot(steps)) !== toHex(honest.stateRoot(steps))) return liar;
  }
  throw new RangeError("no gradient of the last step moves a weight");
}

/** The largest number of each product of the step, the last product first: that is a weight's gradient. */
function* candidates(run: DisputeRun, step: number): Generator<Fault> {
  const { writes } = run.program;
  for (let write = writes.length - 1; write >= 0; write--) {
    if (!writes[write]!.title.endsWith(PRODUCT)) continue;
    const { after } = run.writeView(step, write);
    const values = new Float32Array(after.buffer, after.byteOffset, after.length);
    let element = 0;
    values.forEach((value, at) => {
      if (Math.abs(value) > Math.abs(values[element]!)) element = at;
    });
    yield { step, write, element, mask: MASK };
  }
}

const PRODUCT = ", matmul";

export interface FlippedUpdate {
  readonly bytes: Uint8Array;
  readonly traceRoot: Hex;
}

/** @returns what its trainer hands in. */
export function updateOf(run: RunAnswers, traceStride: number): FlippedUpdate {
  const { steps } = run.program.terms;
  const root = traceRoot(tracedSteps(steps, traceStride).map((step) => toHex(run.stateRoot(step))));
  return { bytes: encodeParameters(run.state(steps).parameters), traceRoot: root };
}
