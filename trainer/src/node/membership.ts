/** Gets a node into a task: stake where it is short, then the seat. Does nothing that is done already. */
import type { Address } from "viem";
import { ChainError } from "../chain/chainError.ts";
import type { CallOptions, Chain } from "../chain/connection.ts";
import { NodeError } from "./nodeError.ts";

/**
 * Brings the account's stake up to `neededWei`.
 *
 * @returns the stake afterwards. Unit: wei of CAIRN.
 * @throws {NodeError} `NODE_STAKE_SHORT` when the account does not hold what is missing
 * @throws {ChainError}
 */
export async function ensureStake(chain: Chain, neededWei: bigint, options: CallOptions): Promise<bigint> {
  const owner = accountOf(chain);
  const { nodeRegistry } = chain.deployment.contracts;
  const stakeWei = await chain.read("nodeRegistry", "stakeOf", [owner], options);
  if (stakeWei >= neededWei) return stakeWei;
  const missingWei = neededWei - stakeWei;
  const balanceWei = await chain.read("cairnToken", "balanceOf", [owner], options);
  if (balanceWei < missingWei) {
    throw new NodeError(
      { code: "NODE_STAKE_SHORT", balanceWei: balanceWei.toString(), neededWei: missingWei.toString() },
      `${owner} needs ${missingWei} wei of CAIRN more to stake and holds ${balanceWei}`,
    );
  }
  const allowanceWei = await chain.read("cairnToken", "allowance", [owner, nodeRegistry], options);
  if (allowanceWei < missingWei) await chain.send("cairnToken", "approve", [nodeRegistry, missingWei], options);
  await chain.send("nodeRegistry", "stake", [missingWei], options);
  return neededWei;
}

/**
 * @returns the stake with which the account can train in the task: no two tasks share a stake, so its minimum comes on
 * top of what others hold. Unit: wei of CAIRN.
 * @throws {ChainError}
 */
export async function trainersStake(
  chain: Chain,
  { taskId, minStakeWei }: { readonly taskId: bigint; readonly minStakeWei: bigint },
  options: CallOptions,
): Promise<bigint> {
  const trainer = accountOf(chain);
  const [, lockedWei] = await chain.read("nodeRegistry", "coverOf", [trainer], options);
  const [enrolled] = await chain.read("flContract", "slotOf", [taskId, trainer], options);
  return enrolled ? lockedWei : lockedWei + minStakeWei;
}

/**
 * Enrols the account as a trainer of the task.
 *
 * @returns its slot, which is its shard of the data.
 * @throws {ChainError}
 */
export async function ensureEnrolled(chain: Chain, taskId: bigint, options: CallOptions): Promise<number> {
  const trainer = accountOf(chain);
  const [enrolled, slot] = await chain.read("flContract", "slotOf", [taskId, trainer], options);
  if (enrolled) return slot;
  await chain.send("flContract", "join", [taskId], options);
  return (await chain.read("flContract", "slotOf", [taskId, trainer], options))[1];
}

function accountOf(chain: Chain): Address {
  if (chain.account === undefined) {
    throw new ChainError({ code: "CHAIN_ACCOUNT_MISSING" }, "this needs an account to sign with");
  }
  return chain.account.address;
}
