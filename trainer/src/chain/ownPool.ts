/**
 * Holds writes back while something of the account may wait in the chain's pool of which this process does not know.
 *
 * A process that was killed does not know what it sent last. While that waits to be mined the chain looks as if it had
 * never been sent, and the same duty would go out again, under the next nonce: to be mined and refused, at best. The same
 * goes for a send that failed on the way.
 */
import type { Address, PublicClient } from "viem";
import { pause } from "./deadline.ts";

export interface Doubt {
  /** Waits until nothing of `address` waits in the pool, where that is in doubt. Ends at `signal`: whoever waits bounds it. */
  untilNone(address: Address, signal: AbortSignal): Promise<void>;
  /** Something may have been sent. */
  raise(): void;
}

/** @returns the doubt of a process that begins: it does not know what the one before it sent. */
export function createDoubt(client: PublicClient, pollingMs: number): Doubt {
  let isRaised = true;
  return {
    raise() {
      isRaised = true;
    },
    async untilNone(address, signal) {
      while (isRaised && !signal.aborted) {
        const [mined, all] = await Promise.all([
          client.getTransactionCount({ address, blockTag: "latest" }),
          client.getTransactionCount({ address, blockTag: "pending" }),
        ]);
        if (all <= mined) isRaised = false;
        else await pause(pollingMs, signal);
      }
    },
  };
}
