/** The plain mean of updates: what a subset of a round's trainers is valued by, whatever rule the plan has. Pure. */
import { addScaled, divide } from "./aggregation/vectors.ts";

export interface WeightedUpdate {
  /** Shape `[P]`. */
  readonly values: Float32Array;
  /** Above 0. */
  readonly weight: number;
}

/** `Σ wₖ·xₖ / Σ wₖ` in binary32, in the order given. @param updates one or more @returns shape `[P]`, a fresh array */
export function weightedMean(updates: readonly WeightedUpdate[]): Float32Array {
  const sum = new Float32Array(updates[0]!.values.length);
  let total = 0;
  for (const { values, weight } of updates) {
    addScaled(sum, values, weight);
    total += weight;
  }
  divide(sum, total);
  return sum;
}
