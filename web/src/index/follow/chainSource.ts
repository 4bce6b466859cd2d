/** What following a chain needs from it: heads, blocks and logs. The adapter narrows an RPC's answers once, here. */
import { type Address, type Hash, type Hex, isAddress, isHash, isHex } from "viem";
import type { RawLog } from "../fold/decodeLogs.ts";
import { type Rpc, RpcError } from "./rpc.ts";

export interface BlockMark {
  readonly number: bigint;
  readonly hash: Hash;
}

export interface Block extends BlockMark {
  /** Unit: unix seconds. */
  readonly timestamp: number;
}

export interface ChainSource {
  head(signal: AbortSignal): Promise<Block>;
  /** @returns `undefined` when the chain is shorter. */
  block(number: bigint, signal: AbortSignal): Promise<Block | undefined>;
  /** @returns all logs of our contracts in the blocks from `from` to `to`, both included. */
  logs(from: bigint, to: bigint, signal: AbortSignal): Promise<RawLog[]>;
}

export function createChainSource(rpc: Rpc, addresses: readonly Address[]): ChainSource {
  const ours = new Set(addresses.map((address) => address.toLowerCase()));
  return {
    head: async (signal) => {
      const block = blockOf(await rpc.request("eth_getBlockByNumber", ["latest", false], signal));
      if (block === undefined) throw malformed("eth_getBlockByNumber");
      return block;
    },
    block: async (number, signal) => {
      const block = blockOf(await rpc.request("eth_getBlockByNumber", [quantity(number), false], signal));
      if (block !== undefined && block.number !== number) throw malformed("eth_getBlockByNumber");
      return block;
    },
    logs: async (from, to, signal) => {
      const filter = { address: addresses, fromBlock: quantity(from), toBlock: quantity(to) };
      const answer = await rpc.request("eth_getLogs", [filter], signal);
      if (!Array.isArray(answer)) throw malformed("eth_getLogs");
      const logs = answer.filter((log) => log?.removed !== true).map(logOf);
      const isAsked = ({ address, blockNumber }: RawLog) =>
        ours.has(address.toLowerCase()) && blockNumber >= from && blockNumber <= to;
      if (!logs.every(isAsked)) throw malformed("eth_getLogs");
      return logs;
    },
  };
}

function blockOf(answer: unknown): Block | undefined {
  if (answer === null) return undefined;
  const { number, hash, timestamp } = answer as { readonly [field: string]: unknown };
  if (!isQuantity(number) || !isQuantity(timestamp) || typeof hash !== "string" || !isHash(hash)) {
    throw malformed("eth_getBlockByNumber");
  }
  return { number: BigInt(number), hash, timestamp: Number(timestamp) };
}

/** The most topics that a log has. */
const MAX_TOPICS = 4;

function logOf(answer: unknown): RawLog {
  const log = (answer ?? {}) as { readonly [field: string]: unknown };
  const { address, topics, data, blockNumber, logIndex, transactionHash } = log;
  const isLog =
    typeof address === "string" &&
    isAddress(address, { strict: false }) &&
    Array.isArray(topics) &&
    topics.length <= MAX_TOPICS &&
    topics.every((topic) => typeof topic === "string" && isHash(topic)) &&
    isHex(data) &&
    isQuantity(blockNumber) &&
    isQuantity(logIndex) &&
    typeof transactionHash === "string" &&
    isHash(transactionHash);
  if (!isLog) throw malformed("eth_getLogs");
  return {
    address: address as Address,
    topics: topics as Hex[],
    data,
    blockNumber: BigInt(blockNumber),
    logIndex: Number(logIndex),
    transactionHash,
  };
}

function isQuantity(value: unknown): value is Hex {
  return typeof value === "string" && /^0x[0-9a-f]{1,16}$/i.test(value);
}

function quantity(value: bigint): Hex {
  return `0x${value.toString(16)}`;
}

function malformed(method: string): RpcError {
  const detail = { code: "CHAIN_RPC_REFUSED", rpcCode: undefined, data: undefined } as const;
  return new RpcError(detail, `the RPC's answer to ${method} is not what was asked for`);
}
