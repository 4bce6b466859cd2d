/** Duties of the house: what anyone may do so that a round never waits for somebody in particular. */
import { type Address, keccak256, numberToHex, stringToBytes } from "viem";
import type { CallOptions, Chain } from "../chain/connection.ts";
import { encodeBlockHeader, type RpcBlock } from "../protocol/blockHeader.ts";
import type { KeeperDuty } from "./duty.ts";

export interface KeeperCall {
  readonly chain: Chain;
  readonly taskId: bigint;
  readonly seedTargetBlock: bigint;
}

/** Does one duty of the house. @throws {ChainError} `CHAIN_REVERTED` when somebody else was first */
export async function keep(duty: KeeperDuty, call: KeeperCall, options: CallOptions): Promise<void> {
  const { chain, taskId } = call;
  switch (duty) {
    case "openRound":
    case "advance":
    case "retargetSeed":
      await chain.send("flContract", duty, [taskId], options);
      return;
    case "drawCommittee": {
      const header = await headerOf(chain, call.seedTargetBlock, options);
      await chain.send("flContract", duty, [taskId, header], options);
      return;
    }
    default:
      return duty satisfies never;
  }
}

/** @returns the header that proves a block's RANDAO value. */
async function headerOf(chain: Chain, blockNumber: bigint, options: CallOptions) {
  const block = await chain.request(
    "eth_getBlockByNumber",
    () => chain.client.request({ method: "eth_getBlockByNumber", params: [numberToHex(blockNumber), false] }),
    options,
  );
  return encodeBlockHeader((block ?? {}) as unknown as RpcBlock); // an RPC behind the others has not got it yet
}

/** So many places in the queue; more nodes than this share one, and the contract lets one of them through. */
const PLACES = 8n;

/**
 * How long this node lets others go first with a duty of the house, so that not all send the same transaction.
 *
 * The order changes with every duty, by hash, so the gas is shared.
 *
 * @returns milliseconds.
 */
export function keeperDelayMs(node: Address, duty: string, placeMs: number): number {
  const draw = BigInt(keccak256(stringToBytes(`${node.toLowerCase()}/${duty}`)));
  return Number(draw % PLACES) * placeMs;
}
