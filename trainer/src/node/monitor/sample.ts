/** What the monitor looks up by itself, every so often: chain, money, peers, disk, and the process. */
import { statfs } from "node:fs/promises";
import { monitorEventLoopDelay } from "node:perf_hooks";
import type { CallOptions, Chain } from "../../chain/connection.ts";
import type { Endpoint } from "../../chain/endpoints.ts";
import type { TransactionState } from "../../chain/transactions/transactionRecord.ts";
import type { ContentStore } from "../../network/contentStore.ts";
import { actor } from "../roundContext.ts";

export interface ChainSample {
  /** When it was told. Unit: milliseconds since the epoch. */
  readonly atMs: number;
  readonly block: bigint;
  /** Unit: unix seconds. */
  readonly blockSeconds: number;
  readonly etherWei: bigint;
  readonly gasPriceWei: bigint;
  readonly cairnWei: bigint;
  readonly stakeWei: bigint;
}

/** What the connection itself knows; asked at once, of nobody. */
export interface ConnectionSample {
  /** By state: on their way, or mined and not final. */
  readonly transactions: ReadonlyMap<TransactionState, number>;
  readonly endpoints: readonly Endpoint[];
}

export function sampleConnection(chain: Chain): ConnectionSample {
  const transactions = new Map<TransactionState, number>([
    ["signed", 0],
    ["sent", 0],
    ["included", 0],
  ]);
  for (const { state } of chain.transactions()) transactions.set(state, (transactions.get(state) ?? 0) + 1);
  return { transactions, endpoints: chain.endpoints() };
}

export interface MachineSample {
  /** Undefined where the store cannot tell. */
  readonly peers: number | undefined;
  readonly sentBytes: number;
  readonly receivedBytes: number;
  /** Undefined where the system does not tell. */
  readonly diskFreeBytes: number | undefined;
  readonly rssBytes: number;
  readonly heapBytes: number;
  readonly cpuSeconds: number;
  /** Of the time since the sample before. Unit: seconds. */
  readonly loopDelay: { readonly p50: number; readonly p99: number; readonly max: number };
}

/** @throws {ChainError} */
export async function sampleChain(chain: Chain, nowMs: () => number, options: CallOptions): Promise<ChainSample> {
  const address = actor({ chain });
  const { client } = chain;
  const [block, etherWei, gasPriceWei, cairnWei, stakeWei] = await Promise.all([
    chain.request("eth_getBlockByNumber", () => client.getBlock(), options),
    chain.request("eth_getBalance", () => client.getBalance({ address }), options),
    chain.request("eth_gasPrice", () => client.getGasPrice(), options),
    chain.read("cairnToken", "balanceOf", [address], options),
    chain.read("nodeRegistry", "stakeOf", [address], options),
  ]);
  const { number, timestamp } = block;
  return { atMs: nowMs(), block: number, blockSeconds: Number(timestamp), etherWei, gasPriceWei, cairnWei, stakeWei };
}

/** How finely the event loop's delay is measured. Unit: milliseconds. */
const RESOLUTION_MS = 20;

const NANO = 1e9;

export interface MachineSampler {
  sample(): Promise<MachineSample>;
  stop(): void;
}

export function createMachineSampler(store: ContentStore, dataDir: string): MachineSampler {
  const delay = monitorEventLoopDelay({ resolution: RESOLUTION_MS });
  delay.enable();
  return {
    async sample() {
      const free = await statfs(dataDir).then(
        ({ bavail, bsize }) => bavail * bsize,
        () => undefined,
      );
      const { rss, heapUsed } = process.memoryUsage();
      const { user, system } = process.cpuUsage();
      // the histogram holds the whole time between two of its ticks, of which the resolution is no delay
      const seconds = (nanoseconds: number): number => Math.max(0, nanoseconds / NANO - RESOLUTION_MS / 1_000);
      const loopDelay = {
        p50: seconds(delay.percentile(50)),
        p99: seconds(delay.percentile(99)),
        max: seconds(delay.max),
      };
      delay.reset();
      const { sentBytes, receivedBytes } = store.traffic();
      return {
        ...{ peers: store.connectedPeers(), sentBytes, receivedBytes, diskFreeBytes: free },
        ...{ rssBytes: rss, heapBytes: heapUsed, cpuSeconds: (user + system) / 1e6, loopDelay },
      };
    },
    stop: () => delay.disable(),
  };
}
