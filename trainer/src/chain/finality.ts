/** What the chain itself calls final: blocks that it does not take back any more. */
import { BaseError, type PublicClient } from "viem";
import { ChainError } from "./chainError.ts";
import { isRpcFailure } from "./rpcFailure.ts";

/**
 * @returns the number of the newest block that the chain calls final; `undefined` where it has no such notion.
 * @throws as viem does, when no RPC answers or they disagree: that says nothing about the chain
 */
export async function finalBlock(client: PublicClient): Promise<bigint | undefined> {
  try {
    return (await client.getBlock({ blockTag: "finalized" })).number;
  } catch (error) {
    if (isRpcFailure(error) || isOwn(error)) throw error;
    return undefined; // such as an unknown tag, or no block with it
  }
}

/** Depth at which a block counts as final where the chain does not say so. Unit: blocks. Source: two epochs of Ethereum. */
export const FINAL_DEPTH = 64n;

/** @returns the newest block that is not taken back any more, as seen from `head`; below 0 where there is none yet. @throws as {@link finalBlock} */
export async function finalHeight(client: PublicClient, head: bigint): Promise<bigint> {
  return (await finalBlock(client)) ?? head - FINAL_DEPTH;
}

function isOwn(error: unknown): boolean {
  return error instanceof BaseError ? error.walk((e) => e instanceof ChainError) !== null : error instanceof ChainError;
}
