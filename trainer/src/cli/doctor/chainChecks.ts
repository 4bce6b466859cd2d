/** RPC, chain id, contracts, clock: everything about the chain but the account. */
import { openChain } from "../chainAccess.ts";
import { readHead } from "../chainClock.ts";
import type { Context } from "../command.ts";
import { durationText } from "../timeText.ts";
import { type Check, ok, skipped, warning } from "./check.ts";

/** A clock further off shows deadlines wrongly; signatures with a deadline may be refused. Unit: seconds. */
const CLOCK_TOLERANCE_SECONDS = 30;

export function chainChecks(context: Context): Check[] {
  const group = "Chain";
  const configured = async (): Promise<boolean> => (await context.config()).settings.network !== undefined;
  return [
    {
      group,
      name: "contracts",
      async run() {
        const { chain } = await openChain(context, { sign: false });
        return ok(`all there, on chain ${chain.deployment.chainId}`);
      },
    },
    {
      group,
      name: "clock",
      async run() {
        if (!(await configured())) return skipped("no network");
        const connected = await openChain(context, { sign: false }).catch(() => undefined);
        if (connected === undefined) return skipped("the chain cannot be asked");
        const head = await readHead(connected.chain, { signal: context.signal });
        const behind = Math.round(context.host.nowMs() / 1_000) - head.timestamp;
        const text = `block ${head.block}, ${durationText(Math.abs(behind))} ${behind < 0 ? "ahead of" : "behind"} this clock`;
        if (behind < -CLOCK_TOLERANCE_SECONDS)
          return warning(text, "set this machine's clock: deadlines would show wrongly");
        return behind > CLOCK_TOLERANCE_SECONDS
          ? warning(text, "the RPC lags or the chain stands still; or set the clock")
          : ok(text);
      },
    },
  ];
}
