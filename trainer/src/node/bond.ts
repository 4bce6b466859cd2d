/** What a challenger puts up, and gets back. */
import type { CallOptions, Chain } from "../chain/connection.ts";
import { NodeError } from "./nodeError.ts";
import { actor } from "./roundContext.ts";

/**
 * Lets the game take one bond from the account.
 *
 * @throws {NodeError} `NODE_BOND_SHORT` when the account does not hold it
 * @throws {ChainError}
 */
export async function allowBond(chain: Chain, options: CallOptions): Promise<void> {
  const owner = actor({ chain });
  const { disputeGame } = chain.deployment.contracts;
  const { bondWei } = await chain.read("disputeGame", "limits", [], options);
  const balanceWei = await chain.read("cairnToken", "balanceOf", [owner], options);
  if (balanceWei < bondWei) {
    throw new NodeError(
      { code: "NODE_BOND_SHORT", balanceWei: `${balanceWei}`, neededWei: `${bondWei}` },
      `${owner} holds ${balanceWei} wei of CAIRN, the bond of a dispute is ${bondWei}`,
    );
  }
  const allowanceWei = await chain.read("cairnToken", "allowance", [owner, disputeGame], options);
  if (allowanceWei < bondWei) await chain.send("cairnToken", "approve", [disputeGame, bondWei], options);
}

/** Fetches bonds that were won or came back, where there are any. @throws {ChainError} */
export async function withdrawBonds(chain: Chain, options: CallOptions): Promise<void> {
  const owedWei = await chain.read("disputeGame", "withdrawable", [actor({ chain })], options);
  if (owedWei > 0n) await chain.send("disputeGame", "withdraw", [], options);
}
