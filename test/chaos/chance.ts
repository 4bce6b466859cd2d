/** The chance of a scenario: from its seed, so that the same seed gives the same moments, order and choices. */
import { createRandomStream } from "../../trainer/src/engine/philox.ts";

export interface Chance {
  /** @returns a whole number from `least` to `most`, both included. */
  between(least: number, most: number): number;
  /** @returns true once in `n` times. */
  oneIn(n: number): boolean;
}

/** @param purpose keeps the draws of different scenarios apart */
export function createChance(seed: number, purpose: string): Chance {
  const bytes = new Uint8Array(32);
  new DataView(bytes.buffer).setUint32(28, seed);
  const stream = createRandomStream(bytes, `chaos/${purpose}`);
  const between = (least: number, most: number): number => least + stream.nextBelow(most - least + 1);
  return { between, oneIn: (n) => between(1, n) === 1 };
}
