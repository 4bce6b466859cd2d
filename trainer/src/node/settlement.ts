/** Fetches what a task owes and has the work behind it credited to reputation. Nothing here has a deadline. */
import { parseEventLogs } from "viem";
import { refusalOf } from "../chain/chainError.ts";
import type { CallOptions, Chain } from "../chain/connection.ts";
import { ABIS } from "../protocol/generated/abi.ts";
import { actor } from "./roundContext.ts";

export interface Settlement {
  /** Unit: wei of CAIRN. */
  readonly claimedWei: bigint;
  /** Accepted updates and verdicts that the reputation was told of. */
  readonly outcomes: number;
}

/**
 * Two calls for any number of rounds. The contract knows an outcome as paid only once it is claimed, so the claim comes
 * first; where there is nothing to claim, nothing is sent.
 *
 * @throws {ChainError}
 */
export async function settleTask(chain: Chain, taskId: bigint, options: CallOptions): Promise<Settlement> {
  const owedWei = await chain.read("flContract", "claimable", [taskId, actor({ chain })], options);
  if (owedWei === 0n) return { claimedWei: 0n, outcomes: 0 };
  await chain.send("flContract", "claim", [taskId], options);
  return { claimedWei: owedWei, outcomes: await creditReputation(chain, taskId, options) };
}

/** @returns how many outcomes were credited; 0 when somebody else was first. @throws {ChainError} */
async function creditReputation(chain: Chain, taskId: bigint, options: CallOptions): Promise<number> {
  try {
    const { logs } = await chain.send("flContract", "creditReputation", [taskId, actor({ chain })], options);
    const [credited] = parseEventLogs({ abi: ABIS.nodeRegistry, logs, eventName: "ReputationCredited" });
    return Number(credited?.args.outcomes ?? 0n);
  } catch (error) {
    if (refusalOf(error)?.errorName === "FLContractNothingToCredit") return 0;
    throw error;
  }
}
