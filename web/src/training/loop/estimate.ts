/** Whether a training can be over before its deadline: measured speed times work, with room for the unforeseen. Pure. */

export interface Work {
  readonly localSteps: number;
  /** As measured here. */
  readonly stepsPerSecond: number;
}

/** A tab shares its machine: other tabs, heat, a battery. */
const SLOWDOWN = 1.5;

/** To fetch the weights, store and hand over the update, read the wallet's dialog and have the transaction included. */
const OVERHEAD_SECONDS = 12;

/** @returns how long a round's part may take, from the first byte to the included commitment. Unit: seconds. */
export function neededSeconds({ localSteps, stepsPerSecond }: Work): number {
  return (SLOWDOWN * localSteps) / stepsPerSecond + OVERHEAD_SECONDS;
}

/**
 * @param deadline first second at which the phase is over, by the chain's clock.
 * @returns seconds that are missing; 0 or less when there is time enough.
 */
export function shortBySeconds(
  work: Work,
  { deadline, now }: { readonly deadline: number; readonly now: number },
): number {
  return neededSeconds(work) - (deadline - now);
}
