/** Plays this account's disputes of a task until none is open. */
import type { DeskOptions } from "../node/disputeDesk.ts";
import type { RoundContext } from "../node/roundContext.ts";
import type { Context, Outcome } from "./command.ts";

/** Waits after a failure that may pass. Unit: milliseconds. */
const RETRY_MS = 1_000;

/**
 * @param at gives the round as it is now.
 * @returns nothing to print: the moves were told as they came.
 */
export async function playToEnd(
  { signal, output }: Context,
  at: () => Promise<RoundContext>,
  { only }: Pick<DeskOptions, "only">,
): Promise<Outcome> {
  const [{ createDisputeDesk }, { pause }, { isTagged }] = await Promise.all([
    import("../node/disputeDesk.ts"),
    import("../chain/deadline.ts"),
    import("../protocol/errors.ts"),
  ]);
  const desk = createDisputeDesk({ roles: [], misbehave: undefined, only });
  let hasPlayed = false;
  try {
    for (;;) {
      signal.throwIfAborted();
      try {
        const now = await at();
        const head = await now.chain.request("eth_getBlockByNumber", () => now.chain.client.getBlock(), { signal });
        await desk.attend(now, Number(head.timestamp));
        if (!desk.isBusy()) break;
        hasPlayed = true;
        await pause(now.chain.pollingMs, signal);
      } catch (error) {
        if (!isTagged(error) || signal.aborted) throw error;
        output.warn(`${error.code}: ${error.message}`);
        await pause(RETRY_MS, signal);
      }
    }
  } finally {
    desk.dispose();
  }
  if (!hasPlayed) output.say("no game of this account is open");
  return { data: {}, text: () => "" };
}
