/** The chain's own time and head: deadlines are compared with block timestamps, never with this machine's clock. */
import type { CallOptions, Chain } from "../chain/connection.ts";

export interface ChainHead {
  readonly block: bigint;
  /** Unit: unix seconds. */
  readonly timestamp: number;
}

/** @throws {ChainError} */
export async function readHead(chain: Chain, options: CallOptions): Promise<ChainHead> {
  const block = await chain.request("eth_getBlockByNumber", () => chain.client.getBlock(), options);
  return { block: block.number, timestamp: Number(block.timestamp) };
}
