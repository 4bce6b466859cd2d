/**
 * The chain's clock between two blocks: the last block's timestamp and what has passed here since it was first heard of.
 *
 * Takes a clock that nobody can set (`performance.now()`), so a visitor's wrong clock decides nothing. Pure.
 */
export interface ChainClock {
  /** @param timestamp Unit: unix seconds. */
  hear(block: { readonly number: bigint; readonly timestamp: bigint }): void;
  /** @returns the chain's time; `undefined` before the first block. Unit: unix seconds, with a fraction. */
  seconds(): number | undefined;
}

export function createChainClock(nowMs: () => number): ChainClock {
  let last: { readonly number: bigint; readonly timestamp: number; readonly heardAtMs: number } | undefined;
  return {
    hear({ number, timestamp }) {
      if (last !== undefined && number === last.number && Number(timestamp) === last.timestamp) return;
      last = { number, timestamp: Number(timestamp), heardAtMs: nowMs() };
    },
    seconds: () => (last === undefined ? undefined : last.timestamp + (nowMs() - last.heardAtMs) / 1_000),
  };
}
