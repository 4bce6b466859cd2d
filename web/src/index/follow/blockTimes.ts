/** When blocks were made: asked once each, and few at a time. */
import type { Rpc } from "./rpc.ts";

/** Kept at most; a page shows a few hundred. Unit: blocks. */
const MAX_KNOWN = 5_000;

/** @returns a function that gives a block's timestamp. Unit: unix seconds. */
export function createBlockTimes(rpc: Rpc): (blockNumber: bigint) => Promise<number> {
  const known = new Map<bigint, Promise<number>>();
  return (blockNumber) => {
    const asked = known.get(blockNumber);
    if (asked !== undefined) return asked;
    if (known.size >= MAX_KNOWN) known.clear();
    const answer = rpc.request("eth_getBlockByNumber", [`0x${blockNumber.toString(16)}`, false]).then((block) => {
      const seconds = Number((block as { readonly timestamp?: unknown } | null)?.timestamp);
      if (!Number.isSafeInteger(seconds)) throw new Error(`no block ${blockNumber}`);
      return seconds;
    });
    answer.catch(() => known.delete(blockNumber));
    known.set(blockNumber, answer);
    return answer;
  };
}
