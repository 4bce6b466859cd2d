/**
 * Looks again and again while there is something to look for. Knows nothing of transactions.
 *
 * Outages have codes, and are waited out: the next look finds out. What has none is a mistake of this program; it ends the
 * looking and is told, for nobody would notice a loop that fails the same way for ever.
 */
import { isTagged } from "../../protocol/errors.ts";
import { pause } from "../deadline.ts";

export interface PumpOptions {
  /** One look at everything. */
  readonly look: () => Promise<void>;
  /** @returns how long the next look may wait; `undefined` when there is nothing left to look for. Unit: milliseconds. */
  readonly restMs: () => number | undefined;
  readonly onBug: (error: unknown) => void;
  readonly signal: AbortSignal;
}

export interface Pump {
  /** Begins to look, unless it does. */
  run(): void;
  /** There is something new: the next look comes at once, also when one is under way. */
  wake(): void;
}

export function createPump({ look, restMs, onBug, signal }: PumpOptions): Pump {
  let isRunning = false;
  let waking = new AbortController();

  async function follow(): Promise<void> {
    for (let ms = restMs(); ms !== undefined && !signal.aborted; ms = restMs()) {
      waking = new AbortController(); // before the look: what comes while it looks may not be in it
      try {
        await look();
      } catch (error) {
        if (!isTagged(error)) throw error;
      }
      await pause(restMs() ?? 0, AbortSignal.any([signal, waking.signal]), { holdsProcess: false });
    }
    isRunning = false; // in the same turn as the last question: who asks for a run later gets one
  }

  return {
    run() {
      if (isRunning) return;
      isRunning = true;
      follow().catch((error: unknown) => {
        isRunning = false;
        onBug(error);
      });
    },
    wake: () => waking.abort(),
  };
}
