/** What a challenger puts up, and gets back. */
import type { CallOptions, Chain } from "../chain/connection.ts";
import { NodeError } from "./nodeError.ts";
import { actor } from "./roundContext.ts";

/** About updates, or about aggregates. */
type Game = "disputeGame" | "aggregateGame";

/**
 * Lets the game take one bond from the account.
 *
 * @throws {NodeError} `NODE_BOND_SHORT` when the account does not hold it
 * @throws {ChainError}
 */
export async function allowBond(chain: Chain, options: CallOptions, kind: Game = "disputeGame"): Promise<void> {
  const owner = actor({ chain });
  const game = chain.deployment.contracts[kind];
  const { bondWei } = await chain.read(kind, "limits", [], options);
  const balanceWei = await chain.read("cairnToken", "balanceOf", [owner], options);
  if (balanceWei < bondWei) {
    throw new NodeError(
      { code: "NODE_BOND_SHORT", balanceWei: `${balanceWei}`, neededWei: `${bondWei}` },
      `${owner} holds ${balanceWei} wei of CAIRN, the bond of a dispute is ${bondWei}`,
    );
  }
  const allowanceWei = await chain.read("cairnToken", "allowance", [owner, game], options);
  if (allowanceWei < bondWei) await chain.send("cairnToken", "approve", [game, bondWei], options);
}

/** Fetches bonds that were won or came back, where there are any. @throws {ChainError} */
export async function withdrawBonds(chain: Chain, options: CallOptions, kind: Game = "disputeGame"): Promise<void> {
  const owedWei = await chain.read(kind, "withdrawable", [actor({ chain })], options);
  if (owedWei > 0n) await chain.send(kind, "withdraw", [], options);
}
