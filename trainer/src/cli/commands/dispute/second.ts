/** `cairn dispute second <address>`: lets another account move in this one's games, or no more. */
import type { Command } from "commander";
import type { Address } from "viem";
import { GAME_CONTRACTS } from "../../../audit/dispute/game.ts";
import { address } from "../../addressArgument.ts";
import { openChain } from "../../chainAccess.ts";
import { action, type Context, type Outcome, type Session } from "../../command.ts";
import { withExamples } from "../../help.ts";

interface Options {
  readonly remove?: true;
}

export function defineDisputeSecond(parent: Command, session: Session): void {
  withExamples(
    parent.command("second").summary("name a second, who may move for you"),
    "cairn dispute second 0x70997970C51812dc3A010C7d01b50e0d17dc79C8",
  )
    .description(
      "Lets another account move for this one in all of its disputes, so that a game goes on from another machine when this one dies. A second can lose a game for you, and nothing else.",
    )
    .argument("<address>", "the second's account", address)
    .option("--remove", "take it back")
    .action(action(session, "dispute.second", second));
}

async function second(context: Context, who: Address, { remove }: Options): Promise<Outcome> {
  const { signal, output } = context;
  const { chain } = await openChain(context, { sign: true });
  const allowed = remove !== true;
  for (const contract of Object.values(GAME_CONTRACTS)) {
    const isSo = await chain.read(contract, "isSecond", [chain.account!.address, who], { signal });
    if (isSo !== allowed) await chain.send(contract, "nameSecond", [who, allowed], { signal });
  }
  output.done(allowed ? `${who} may move in this account's disputes` : `${who} may not move for this account any more`);
  return { data: { second: who, allowed }, text: () => who };
}
