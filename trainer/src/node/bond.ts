/** What a challenger puts up, and gets back. */
import { GAME_CONTRACTS, type GameKind } from "../audit/dispute/game.ts";
import type { CallOptions, Chain } from "../chain/connection.ts";
import { NodeError } from "./nodeError.ts";
import { actor } from "./roundContext.ts";

/**
 * Lets the game take one bond from the account.
 *
 * @throws {NodeError} `NODE_BOND_SHORT` when the account does not hold it
 * @throws {ChainError}
 */
export async function allowBond(chain: Chain, kind: GameKind, options: CallOptions): Promise<void> {
  const contract = GAME_CONTRACTS[kind];
  const owner = actor({ chain });
  const game = chain.deployment.contracts[contract];
  const { bondWei } = await chain.read(contract, "limits", [], options);
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
export async function withdrawBonds(chain: Chain, kind: GameKind, options: CallOptions): Promise<void> {
  const contract = GAME_CONTRACTS[kind];
  const owedWei = await chain.read(contract, "withdrawable", [actor({ chain })], options);
  if (owedWei > 0n) await chain.send(contract, "withdraw", [], options);
}
