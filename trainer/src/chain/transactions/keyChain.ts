/**
 * What the sender asks the chain about its one key.
 *
 * Whatever an RPC does wrong leaves here with a code. So above, an error without one is a mistake of this program, and is
 * never waited out as an outage would be.
 */
import {
  type Address,
  BlockNotFoundError,
  type Hash,
  type Hex,
  type LocalAccount,
  type PublicClient,
  type TransactionReceipt,
  TransactionReceiptNotFoundError,
} from "viem";
import { wrapChainError } from "../chainError.ts";
import { FINAL_DEPTH, finalBlock } from "../finality.ts";

export interface Head {
  readonly number: bigint;
  readonly hash: Hash;
  readonly parentHash: Hash;
  /** Unit: wei. Absent on a chain without EIP-1559. */
  readonly baseFeePerGas: bigint | undefined;
}

/** Every call throws {ChainError} when the RPC fails. */
export interface KeyChain {
  /** Of the chain's first block. */
  genesisHash(): Promise<Hash>;
  /** How many of the account are mined. */
  minedCount(): Promise<number>;
  /** The same, and with those that the RPC's pool knows. */
  counts(): Promise<{ readonly mined: number; readonly known: number }>;
  head(): Promise<Head>;
  /** @returns `undefined` where the chain is not that long. */
  hashAt(block: bigint): Promise<Hash | undefined>;
  /** What a miner asks for besides the base fee. Unit: wei. */
  tip(): Promise<bigint>;
  /** On a chain without EIP-1559. Unit: wei. */
  gasPrice(): Promise<bigint>;
  /** @returns the receipt, in a block that the RPCs agree on. */
  receipt(hash: Hash): Promise<TransactionReceipt | undefined>;
  offer(raw: Hex): Promise<void>;
  /** @returns whether the contract would take the call now. */
  wouldTake(call: { readonly to: Address; readonly data: Hex }): Promise<boolean>;
  /** The newest block that is not taken back any more, as seen from `head`. */
  finalBlock(head: bigint): Promise<bigint>;
}

export interface KeyChainOptions {
  readonly client: PublicClient;
  readonly account: LocalAccount;
  readonly isLocal: boolean;
  /** Who is asked now, for the message. */
  readonly rpcUrl: () => string;
  /** @returns whether the endpoints agree that this block is the chain's. */
  readonly isAgreed: (block: { readonly number: bigint; readonly hash: Hex }) => Promise<boolean>;
}

export function createKeyChain({ client, account, isLocal, rpcUrl, isAgreed }: KeyChainOptions): KeyChain {
  const { address } = account;
  let hasFinality = !isLocal; // the local chain calls its newest block final, and takes it back all the same

  async function ask<T>(doing: string, work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (error) {
      throw wrapChainError(error, { doing, rpcUrl: rpcUrl(), account: address });
    }
  }

  const count = (blockTag: "latest" | "pending"): Promise<number> =>
    ask("eth_getTransactionCount", () => client.getTransactionCount({ address, blockTag }));

  return {
    genesisHash: () => ask("eth_getBlockByNumber", async () => (await client.getBlock({ blockNumber: 0n })).hash),
    minedCount: () => count("latest"),
    async counts() {
      const [mined, known] = await Promise.all([count("latest"), count("pending")]);
      return { mined, known };
    },
    async head() {
      const block = await ask("eth_getBlockByNumber", () => client.getBlock());
      const { number, hash, parentHash, baseFeePerGas } = block;
      return { number, hash, parentHash, baseFeePerGas: baseFeePerGas ?? undefined };
    },
    hashAt: (blockNumber) =>
      ask("eth_getBlockByNumber", () => client.getBlock({ blockNumber }).then(({ hash }) => hash, absent)),
    tip: () => ask("eth_maxPriorityFeePerGas", () => client.estimateMaxPriorityFeePerGas()),
    gasPrice: () => ask("eth_gasPrice", () => client.getGasPrice()),
    async receipt(hash) {
      const found = await ask("eth_getTransactionReceipt", () => client.getTransactionReceipt({ hash }).catch(absent));
      if (found === undefined) return undefined;
      const block = { number: found.blockNumber, hash: found.blockHash };
      const isThere = await ask("eth_getBlockByNumber", () => isAgreed(block));
      return isThere ? { ...found, transactionHash: hash } : undefined;
    },
    async offer(serializedTransaction) {
      await ask("eth_sendRawTransaction", () => client.sendRawTransaction({ serializedTransaction }));
    },
    wouldTake: ({ to, data }) =>
      ask("eth_call", () => client.call({ account, to, data })).then(
        () => true,
        (error: unknown) => {
          if ((error as { readonly code?: unknown }).code === "CHAIN_REVERTED") return false;
          throw error;
        },
      ),
    async finalBlock(head) {
      const told = hasFinality ? await ask("eth_getBlockByNumber", () => finalBlock(client)) : undefined;
      if (told !== undefined) return told;
      hasFinality = false;
      return head > FINAL_DEPTH ? head - FINAL_DEPTH : -1n;
    },
  };
}

/** That there is none is an answer. */
function absent(error: unknown): undefined {
  if (error instanceof TransactionReceiptNotFoundError || error instanceof BlockNotFoundError) return undefined;
  throw error;
}
