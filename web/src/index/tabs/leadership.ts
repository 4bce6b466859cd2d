/**
 * One tab asks the RPC, the others listen: leadership is a Web Lock. A hidden tab, whose timers browsers slow down, hands
 * it to one that waits.
 *
 * Where the browser has no Web Locks (a page that is neither https nor localhost) every tab leads for itself; the store
 * takes each batch once all the same.
 */

export interface Leadership {
  /** Runs `lead` whenever this tab is the leader; its signal fires when it no longer is. Until `signal` fires. */
  hold(lead: (signal: AbortSignal) => Promise<void>, signal: AbortSignal): Promise<void>;
}

/** How often a hidden leader looks whether another tab waits. Unit: milliseconds. */
const LOOK_MS = 1_000;

/** After handing over, a moment in which the other tab can take the lock. Unit: milliseconds. */
const HANDOVER_MS = 2_000;

export interface LeadershipOptions {
  readonly name: string;
  readonly locks: Pick<LockManager, "request" | "query"> | undefined;
  readonly isHidden: () => boolean;
  readonly pause: (ms: number, signal: AbortSignal) => Promise<void>;
}

export function createLeadership({ name, locks, isHidden, pause }: LeadershipOptions): Leadership {
  if (locks === undefined) return { hold: (lead, signal) => lead(signal) };

  /** Resolves when this tab is hidden and another one waits. */
  async function wanted(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      await pause(LOOK_MS, signal);
      if (!isHidden() || signal.aborted) continue;
      const { pending } = await locks!.query();
      if (pending?.some((lock) => lock.name === name)) return;
    }
  }

  async function leadOnce(lead: (signal: AbortSignal) => Promise<void>, signal: AbortSignal): Promise<void> {
    const over = new AbortController();
    const bound = AbortSignal.any([signal, over.signal]);
    const leading = lead(bound);
    await Promise.race([leading, wanted(bound)]);
    over.abort();
    await leading; // nothing may be written after the lock is given away
  }

  return {
    hold: async (lead, signal) => {
      while (!signal.aborted) {
        await locks.request(name, { signal }, () => leadOnce(lead, signal)).catch(() => {}); // the page goes
        await pause(HANDOVER_MS, signal);
      }
    },
  };
}
