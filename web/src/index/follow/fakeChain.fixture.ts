/**
 * A chain for tests: blocks with hashes and logs, as JSON-RPC tells them, that can fork, shrink, refuse and fall silent.
 *
 * Its logs are encoded by the contracts' own ABIs, so the decoder meets what it meets outside.
 */
import { cairnTokenAbi, flContractAbi, modelRegistryAbi, nodeRegistryAbi } from "@cairn/trainer/protocol/generated/abi";
import { type Abi, type Address, encodeAbiParameters, encodeEventTopics, type Hex, keccak256, toHex } from "viem";
import { type Rpc, RpcError } from "./rpc.ts";

export const ADDRESSES = {
  cairnToken: "0x0000000000000000000000000000000000000001",
  nodeRegistry: "0x0000000000000000000000000000000000000002",
  modelRegistry: "0x0000000000000000000000000000000000000003",
  dataRegistry: "0x0000000000000000000000000000000000000004",
  flContract: "0x0000000000000000000000000000000000000005",
  disputeGame: "0x0000000000000000000000000000000000000006",
  cohorts: "0x0000000000000000000000000000000000000007",
  aggregateGame: "0x0000000000000000000000000000000000000008",
  roundReports: "0x0000000000000000000000000000000000000009",
} as const satisfies Record<string, Address>;

const ENCODING: Readonly<Record<string, Abi>> = {
  cairnToken: cairnTokenAbi,
  nodeRegistry: nodeRegistryAbi,
  modelRegistry: modelRegistryAbi,
  flContract: flContractAbi,
};

export interface Said {
  readonly source: keyof typeof ADDRESSES;
  readonly name: string;
  readonly args: Readonly<Record<string, unknown>>;
}

interface FakeBlock {
  readonly hash: Hex;
  readonly logs: readonly Record<string, unknown>[];
}

export interface FakeChain {
  readonly rpc: Rpc;
  /** What was asked, newest last: `eth_getLogs 3-17`. */
  readonly asked: string[];
  /** Adds a block that says `events`. */
  mine(...events: readonly Said[]): void;
  /** Takes the last `depth` blocks away. The next ones have other hashes. */
  fork(depth: number): void;
  /** Widest range that `eth_getLogs` answers. */
  maxRange: number;
  isDown: boolean;
  /** Changes the logs that `eth_getLogs` gives: an RPC that leaves out, adds or twists. */
  twist: ((logs: Record<string, unknown>[]) => unknown) | undefined;
  /** Called after each `eth_getLogs`. */
  onLogs: (() => void) | undefined;
}

export function createFakeChain(): FakeChain {
  const blocks: FakeBlock[] = [];
  let history = 0;
  const chain: FakeChain = {
    rpc: { request: async (method, params) => answer(method, params) },
    asked: [],
    mine: (...events) => {
      const number = blocks.length;
      const hash = keccak256(toHex(`${number}/${history}/${blocks.at(-1)?.hash}`));
      const logs = events.map((event, logIndex) => encoded(event, { number, hash, logIndex }));
      blocks.push({ hash, logs });
    },
    fork: (depth) => {
      blocks.splice(blocks.length - depth);
      history++;
    },
    maxRange: Number.POSITIVE_INFINITY,
    isDown: false,
    twist: undefined,
    onLogs: undefined,
  };

  function answer(method: string, params: readonly unknown[]): unknown {
    if (chain.isDown) throw new RpcError({ code: "CHAIN_RPC_UNREACHABLE", status: undefined }, "down");
    if (method === "eth_getBlockByNumber") return blockAt(params[0] as string);
    if (method !== "eth_getLogs") throw new TypeError(`the fake chain knows no ${method}`);
    const { fromBlock, toBlock } = params[0] as { readonly fromBlock: Hex; readonly toBlock: Hex };
    const [from, to] = [Number(fromBlock), Number(toBlock)];
    chain.asked.push(`eth_getLogs ${from}-${to}`);
    if (to - from + 1 > chain.maxRange) {
      const detail = { code: "CHAIN_RPC_REFUSED", rpcCode: -32_005, data: undefined } as const;
      throw new RpcError(detail, "query returned more than 10000 results");
    }
    const logs = blocks.slice(from, to + 1).flatMap((block) => block.logs);
    chain.onLogs?.();
    return chain.twist === undefined ? logs : chain.twist(structuredClone(logs) as Record<string, unknown>[]);
  }

  function blockAt(tag: string): unknown {
    const number = tag === "latest" ? blocks.length - 1 : Number(tag);
    const block = blocks[number];
    if (block === undefined) return null;
    return { number: toHex(number), hash: block.hash, timestamp: toHex(1_700_000_000 + number) };
  }

  chain.mine();
  return chain;
}

function encoded(
  { source, name, args }: Said,
  { number, hash, logIndex }: { readonly number: number; readonly hash: Hex; readonly logIndex: number },
): Record<string, unknown> {
  const abi = ENCODING[source]!;
  const event = abi.find((item) => item.type === "event" && item.name === name);
  if (event?.type !== "event") throw new TypeError(`${source} has no event ${name}`);
  const plain = event.inputs.filter(({ indexed }) => indexed !== true);
  return {
    address: ADDRESSES[source],
    topics: encodeEventTopics({ abi, eventName: name, args }),
    data: encodeAbiParameters(
      plain,
      plain.map((input) => args[input.name ?? ""]),
    ),
    blockNumber: toHex(number),
    blockHash: hash,
    logIndex: toHex(logIndex),
    transactionHash: keccak256(toHex(`${hash}/${logIndex}`)),
    removed: false,
  };
}

/** An account of its own for each number. */
export function account(number: number): Address {
  return `0x${number.toString(16).padStart(40, "a")}`;
}

export function transfer(to: number, value: bigint): Said {
  return {
    source: "cairnToken",
    name: "Transfer",
    args: { from: "0x0000000000000000000000000000000000000000", to: account(to), value },
  };
}

export function announce(node: number): Said {
  const bytes32 = `0x${"11".repeat(32)}` as const;
  return {
    source: "nodeRegistry",
    name: "NodeAnnounced",
    args: {
      node: account(node),
      peerId: "0x0102",
      sealingKey: bytes32,
      sealingKeyVersion: 1n,
      peerProof: "0x03",
      multiaddrs: ["/ip4/127.0.0.1/tcp/1"],
      capabilities: 1,
    },
  };
}

export function stake(node: number, amountWei: bigint, newStakeWei: bigint): Said {
  return { source: "nodeRegistry", name: "StakeAdded", args: { node: account(node), amountWei, newStakeWei } };
}
