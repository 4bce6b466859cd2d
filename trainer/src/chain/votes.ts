/** What several RPCs say, counted. Pure. */

/** @returns the highest block that more than half of those who answered have; heights of a lone one count. */
export function agreedHeight(heights: readonly bigint[]): bigint | undefined {
  const sorted = [...heights].sort((a, b) => (a < b ? 1 : a > b ? -1 : 0));
  return sorted[Math.floor(sorted.length / 2)];
}

export interface Vote<T> {
  readonly voter: number;
  /** What is compared. */
  readonly key: string;
  readonly value: T;
}

export interface Verdict<T> {
  readonly value: T;
  /** Who said something else. */
  readonly dissenters: readonly number[];
}

/** @returns what more than half of `voters` said; `undefined` when nothing was. */
export function majority<T>(votes: readonly Vote<T>[], voters: number): Verdict<T> | undefined {
  for (const { key, value } of votes) {
    if (votes.filter((vote) => vote.key === key).length * 2 <= voters) continue;
    return { value, dissenters: votes.filter((vote) => vote.key !== key).map(({ voter }) => voter) };
  }
  return undefined;
}

/** Unit: milliseconds. */
const BACK_OFF_MS = { first: 1_000, most: 60_000 } as const;

/**
 * @param failures in a row, from 1
 * @param random from 0 to 1: nodes that lost one RPC together do not come back to it together
 * @returns how long an RPC is left alone: twice as long each time, half to all of it. Unit: milliseconds.
 */
export function backOffMs(failures: number, random: number): number {
  const whole = Math.min(BACK_OFF_MS.most, BACK_OFF_MS.first * 2 ** Math.min(failures - 1, 16));
  return whole / 2 + (whole / 2) * random;
}
