/** What softmax and its cross-entropy are made of, row by row. Other code that needs a row's loss uses these, too. */
import { exp32, log32 } from "../arithmetic.ts";
import { largestOf } from "./numbers.ts";

const { fround } = Math;

/**
 * `eⱼ = exp(zⱼ − max z)` and their sum in rising order.
 *
 * @param row One row of logits.
 */
export function softmaxParts(row: Float32Array): { exponentials: Float32Array; sum: number; largest: number } {
  const largest = largestOf(row);
  const exponentials = row.map((logit) => exp32(fround(logit - largest)));
  let sum = 0;
  for (const exponential of exponentials) sum = fround(sum + exponential);
  return { exponentials, sum, largest };
}

/** @returns `log(sum) − (logit − largest)`, the cross-entropy of one row. Unit: nats. */
export function crossEntropy(sum: number, logit: number, largest: number): number {
  return fround(log32(sum) - fround(logit - largest));
}
