/**
 * When a task's pay is fetched: once the block up to which it was earned is final, so that nobody counts as paid for what a
 * reorganisation takes back. Where the chain has no such notion, once it is deep enough.
 */
import type { Chain } from "../chain/connection.ts";
import { finalHeight } from "../chain/finality.ts";
import type { NodeEvent } from "./nodeEvent.ts";
import { settleTask } from "./settlement.ts";

export interface PaydayOptions {
  readonly chain: Chain;
  readonly taskId: bigint;
  /** Asked at every look: a node that is to finish waits for nothing. */
  readonly isWanted: () => boolean;
  readonly emit: (event: NodeEvent) => void;
  /** Told what the contract or the RPC says against the claim. Nothing is lost by it: it stays claimable. */
  readonly onProblem: (error: unknown) => void;
  readonly signal: AbortSignal;
}

export interface Payday {
  /** All that was earned up to and in this round is to be fetched. Of one round once. */
  earn(round: number): void;
  /** Fetches it as soon as it may. @returns whether nothing is left to fetch @throws {ChainError} of the look at the chain */
  attend(): Promise<boolean>;
}

/** An epoch of Ethereum takes 32 times as long. Unit: looks at the chain. */
const LOOKS_BETWEEN = 6;

export function createPayday({ chain, taskId, isWanted, emit, onProblem, signal }: PaydayOptions): Payday {
  let last = -1;
  let isDue = false;
  let earnedAt: bigint | undefined;
  let nextLookMs = 0;

  async function isFinal(): Promise<boolean> {
    const head = await chain.request("eth_blockNumber", () => chain.client.getBlockNumber({ cacheTime: 0 }), {
      signal,
    });
    if (earnedAt === undefined) earnedAt = head;
    const final = await chain.request("eth_getBlockByNumber", () => finalHeight(chain.client, head), { signal });
    return final >= earnedAt;
  }

  async function settle(): Promise<void> {
    try {
      const { claimedWei, outcomes } = await settleTask(chain, taskId, { signal });
      if (claimedWei > 0n) emit({ event: "settled", task: `${taskId}`, claimedWei: `${claimedWei}`, outcomes });
    } catch (error) {
      if (!signal.aborted) onProblem(error);
    }
  }

  return {
    earn(round) {
      if (round <= last) return;
      last = round;
      [isDue, earnedAt, nextLookMs] = [true, undefined, 0];
    },
    async attend() {
      if (!isDue || !isWanted()) return true;
      if (performance.now() < nextLookMs) return false;
      nextLookMs = performance.now() + LOOKS_BETWEEN * chain.pollingMs;
      const isFirst = earnedAt === undefined;
      if (!(await isFinal())) {
        if (isFirst) emit({ event: "payWaits", task: `${taskId}`, block: `${earnedAt}` });
        return false;
      }
      isDue = false;
      await settle();
      return true;
    },
  };
}
