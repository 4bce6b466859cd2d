/**
 * One connection to a deployment: typed reads, ordered writes, bounded waits.
 *
 * Writes of one account go out one after the other; what overlaps is handed over one by one, too. Who owns the nonces,
 * and what becomes of a transaction on its way, is `transactions/sender.ts`; which RPC answers is `endpoints.ts`.
 *
 * Longer than 250 lines: a third of it is the interface that everybody else reads.
 */
import {
  type Address,
  type ContractFunctionArgs,
  type ContractFunctionName,
  type ContractFunctionReturnType,
  createPublicClient,
  defineChain,
  encodeFunctionData,
  type LocalAccount,
  type PublicClient,
  type TransactionReceipt,
} from "viem";
import { CONTRACT_NAMES, type ContractName } from "../protocol/contractNames.ts";
import { ABIS } from "../protocol/generated/abi.ts";
import { ChainError, refusalOf, rpcHost, wrapChainError } from "./chainError.ts";
import { withDeadline } from "./deadline.ts";
import type { Deployment } from "./deployment.ts";
import { createEndpoints, type Endpoint } from "./endpoints.ts";
import type { ChainNotice } from "./notice.ts";
import { createKeyChain } from "./transactions/keyChain.ts";
import { createSender, type Handed } from "./transactions/sender.ts";
import type { TransactionRecord } from "./transactions/transactionRecord.ts";
import { memoryStore, type TransactionStore } from "./transactions/transactionStore.ts";

type Abis = typeof ABIS;
type Reading = "view" | "pure";
type Writing = "nonpayable" | "payable";

export interface CallOptions {
  readonly signal: AbortSignal;
  /** Unit: milliseconds. @default the connection's */
  readonly timeoutMs?: number;
}

export interface SendOptions extends CallOptions {
  /** Whether others that say so too may go out before this one is included: they must not depend on each other. @default false */
  readonly overlaps?: boolean;
}

export interface SentTransaction {
  readonly contract: ContractName;
  readonly functionName: string;
  readonly receipt: TransactionReceipt;
}

export interface Chain {
  readonly deployment: Deployment;
  readonly rpcUrl: string;
  readonly client: PublicClient;
  /** Absent: reading only. */
  readonly account: LocalAccount | undefined;
  /** How often to look for a new block or a receipt. Unit: milliseconds. */
  readonly pollingMs: number;
  /** How the RPCs are, in the order in which they were given. */
  endpoints(): readonly Endpoint[];
  /** The account's that are on their way, or mined and not final. */
  transactions(): readonly TransactionRecord[];
  /** One `eth_call`. @throws {ChainError} */
  read<C extends ContractName, F extends ContractFunctionName<Abis[C], Reading>>(
    contract: C,
    functionName: F,
    args: ContractFunctionArgs<Abis[C], Reading, F>,
    options: CallOptions,
  ): Promise<ContractFunctionReturnType<Abis[C], Reading, F>>;
  /**
   * Estimates, signs, sends and waits for the receipt. What overlaps goes out once the RPC has taken the one before, whose
   * nonce it counts then: so a nonce is never one too high, whatever became of that one.
   * @throws {ChainError} `CHAIN_REVERTED` before anything is sent when the contract would refuse
   */
  send<C extends ContractName, F extends ContractFunctionName<Abis[C], Writing>>(
    contract: C,
    functionName: F,
    args: ContractFunctionArgs<Abis[C], Writing, F>,
    options: SendOptions,
  ): Promise<TransactionReceipt>;
  /** Asks whether the contract would take the call now; sends nothing. @throws {ChainError} `CHAIN_REVERTED` if not */
  simulate<C extends ContractName, F extends ContractFunctionName<Abis[C], Writing>>(
    contract: C,
    functionName: F,
    args: ContractFunctionArgs<Abis[C], Writing, F>,
    options: CallOptions,
  ): Promise<void>;
  /** Any other RPC request or viem action, with the same bounds and errors. */
  request<T>(doing: string, work: () => Promise<T>, options: CallOptions): Promise<T>;
}

export interface ConnectOptions {
  readonly deployment: Deployment;
  /** One, or several with commas between: see `endpoints.ts`. @default the deployment's */
  readonly rpcUrl?: string | undefined;
  readonly account?: LocalAccount | undefined;
  readonly signal: AbortSignal;
  /** Bound of one call, inclusion of a transaction apart. Unit: milliseconds. @default 15_000 */
  readonly timeoutMs?: number;
  /** Bound of a transaction's inclusion. Unit: milliseconds. @default 120_000 */
  readonly inclusionTimeoutMs?: number;
  /** @default 150 on the local chain, else 2_000 */
  readonly pollingMs?: number;
  /** Where transactions are kept. @default nowhere: the process must be the account's only one, and must not die */
  readonly transactions?: TransactionStore | undefined;
  /** Most that a unit of gas may cost, tip included. Unit: wei. @default {@link DEFAULT_MAX_FEE_WEI} */
  readonly maxFeeWei?: bigint | undefined;
  /** How long a transaction waits before a dearer copy of it goes out. Unit: milliseconds. @default {@link BUMP_AFTER_MS} */
  readonly bumpAfterMs?: number;
  readonly onNotice?: (notice: ChainNotice) => void;
  readonly onTransaction?: (transaction: SentTransaction) => void;
}

/**
 * Added to every estimate: between estimate and inclusion others may act, and whoever acts last also pays for the next
 * phase's opening. The most expensive opening, a tally of 64 verdicts, takes less. What is not used is not paid.
 */
const GAS_HEADROOM = 600_000n;

/** More than Ethereum has asked for in years, and less than empties an account at once. Unit: wei. */
export const DEFAULT_MAX_FEE_WEI = 500n * 10n ** 9n;

/** Five slots of Ethereum; the local chain mines at once. Unit: milliseconds. */
const BUMP_AFTER_MS = { local: 10_000, other: 60_000 } as const;

/** The chain id of Hardhat's local chain. */
export const LOCAL_CHAIN_ID = 31_337;

/**
 * Connects and checks that this is the right chain with the contracts on it.
 *
 * @throws {ChainError} `CHAIN_RPC_UNREACHABLE` | `CHAIN_WRONG_CHAIN` | `CHAIN_NOT_DEPLOYED` | `CHAIN_TIMEOUT` | `CHAIN_ABORTED`
 */
export async function connectChain(options: ConnectOptions): Promise<Chain> {
  const { deployment, account, signal, timeoutMs = 15_000, inclusionTimeoutMs: inclusionMs = 120_000 } = options;
  const rpcUrls = rpcUrlsOf(options.rpcUrl ?? deployment.rpcUrl);
  const rpcUrl = rpcUrls[0]!;
  const isLocal = deployment.chainId === LOCAL_CHAIN_ID;
  const pollingMs = options.pollingMs ?? (isLocal ? 150 : 2_000);
  const onNotice = options.onNotice ?? (() => {});
  const network = defineChain({
    id: deployment.chainId,
    name: `chain ${deployment.chainId}`,
    nativeCurrency: { name: "Ether", symbol: "ETH", decimals: 18 },
    rpcUrls: { default: { http: [rpcUrl] } },
  });
  const endpoints = createEndpoints({ urls: rpcUrls, timeoutMs, onNotice });
  const { transport } = endpoints;
  const client = createPublicClient({ chain: network, transport, pollingInterval: pollingMs, cacheTime: 0 });

  async function request<T>(doing: string, work: () => Promise<T>, call: CallOptions): Promise<T> {
    try {
      const bound = { signal: call.signal, timeoutMs: call.timeoutMs ?? timeoutMs, doing };
      return await withDeadline(work(), bound);
    } catch (error) {
      throw wrapChainError(error, { doing, rpcUrl: endpoints.current(), account: account?.address });
    }
  }

  // biome-ignore lint/suspicious/noExplicitAny: viem's conditional types do not survive a generic; the public signature does
  type Untyped = any;
  const sender =
    account === undefined
      ? undefined
      : createSender({
          ...{ account, chainId: deployment.chainId, isLocal, pollingMs, signal, onNotice },
          chain: createKeyChain({
            ...{ client, account, isLocal, rpcUrl: endpoints.current },
            isAgreed: (block) => endpoints.isAgreed(block),
          }),
          store: options.transactions ?? memoryStore(),
          maxFeeWei: options.maxFeeWei ?? DEFAULT_MAX_FEE_WEI,
          bumpAfterMs: options.bumpAfterMs ?? (isLocal ? BUMP_AFTER_MS.local : BUMP_AFTER_MS.other),
        });

  /** Its fate is awaited for {@link ConnectOptions.inclusionTimeoutMs}, and so is that of what is before it. */
  async function handOver(contract: ContractName, functionName: string, args: readonly unknown[], call: CallOptions) {
    if (account === undefined || sender === undefined)
      throw new ChainError({ code: "CHAIN_ACCOUNT_MISSING" }, "this needs an account to sign with");
    const target = { address: deployment.contracts[contract], abi: ABIS[contract], functionName, args, account };
    const doing = `${contract}.${functionName}`;
    const waiting = AbortSignal.any([call.signal, AbortSignal.timeout(inclusionMs + 1_000)]);
    const outgoing = {
      call: doing,
      to: target.address,
      data: encodeFunctionData(target as Untyped),
      overlaps: (call as SendOptions).overlaps === true,
      estimate: async () =>
        GAS_HEADROOM + (await request(doing, () => client.estimateContractGas(target as Untyped), call)), // refuses what would revert
    };
    return request(doing, () => sender.handOver(outgoing, waiting), { ...call, timeoutMs: inclusionMs });
  }

  async function awaitInclusion(contract: ContractName, functionName: string, handed: Handed, call: CallOptions) {
    const doing = `${contract}.${functionName}`;
    let receipt: TransactionReceipt;
    try {
      receipt = await request(`${doing} (nonce ${handed.nonce})`, () => handed.included, {
        ...call,
        timeoutMs: inclusionMs,
      });
    } catch (error) {
      const reason = sender?.reasonOf(handed.nonce);
      sender?.abandon(handed.nonce);
      throw reason instanceof ChainError && isTimeout(error) ? reason : error;
    }
    options.onTransaction?.({ contract, functionName, receipt });
    if (receipt.status === "reverted") {
      const told = wrapChainError(sender?.reasonOf(handed.nonce), { doing, rpcUrl, account: account?.address });
      if (refusalOf(told) !== undefined) throw told;
      throw new ChainError(
        { code: "CHAIN_REVERTED", call: doing, errorName: undefined, args: [] },
        `${doing} was refused after it was sent (${receipt.transactionHash})`,
      );
    }
    return receipt;
  }

  /** What the next call that overlaps waits for, and what any other does. */
  let handedOver: Promise<unknown> = Promise.resolve();
  let included: Promise<unknown> = Promise.resolve();
  const chain: Chain = {
    deployment,
    rpcUrl,
    client,
    account,
    pollingMs,
    endpoints: () => endpoints.all(),
    transactions: () => sender?.records() ?? [],
    request,
    read: (contract, functionName, args, call) => {
      const target = { address: deployment.contracts[contract], abi: ABIS[contract], functionName, args };
      return request(`${contract}.${functionName}`, () => client.readContract(target as Untyped), call) as Untyped;
    },
    simulate: async (contract, functionName, args, call) => {
      const target = { address: deployment.contracts[contract], abi: ABIS[contract], functionName, args, account };
      const doing = `${contract}.${functionName as string}`;
      await request(doing, () => client.estimateContractGas(target as Untyped), call);
    },
    send: (contract, functionName, args, call) => {
      const name = functionName as string;
      const before = call.overlaps === true ? handedOver : included;
      const handed = before.then(() => handOver(contract, name, args as readonly unknown[], call));
      const receipt = handed.then((sent) => awaitInclusion(contract, name, sent, call));
      const done = receipt.catch(() => {}); // the next one waits in the sender, if it must
      handedOver = call.overlaps === true ? handed.catch(() => {}) : done;
      included = Promise.all([included, done]);
      return receipt;
    },
  };
  await checkDeployment(chain, { signal });
  return chain;
}

const isTimeout = (error: unknown): boolean => error instanceof ChainError && error.code === "CHAIN_TIMEOUT";

/** @returns the RPCs that a setting names. */
export function rpcUrlsOf(setting: string): string[] {
  const urls = setting
    .split(",")
    .map((url) => url.trim())
    .filter((url) => url !== "");
  return urls.length === 0 ? [setting] : [...new Set(urls)];
}

async function checkDeployment(chain: Chain, options: CallOptions): Promise<void> {
  const { deployment, client } = chain;
  const actual = await chain.request("eth_chainId", () => client.getChainId(), options);
  if (actual !== deployment.chainId) {
    throw new ChainError(
      { code: "CHAIN_WRONG_CHAIN", actual, expected: deployment.chainId },
      `the RPC at ${rpcHost(chain.rpcUrl)} serves chain ${actual}, the contracts are on chain ${deployment.chainId}`,
    );
  }
  for (const contract of CONTRACT_NAMES) {
    const address: Address = deployment.contracts[contract];
    const code = await chain.request("eth_getCode", () => client.getCode({ address }), options);
    if (code === undefined || code === "0x") {
      throw new ChainError(
        { code: "CHAIN_NOT_DEPLOYED", contract, address },
        `there is no ${contract} at ${address} on chain ${actual}`,
      );
    }
  }
}
