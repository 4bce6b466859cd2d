/**
 * One connection to a deployment: typed reads, ordered writes, bounded waits.
 *
 * It is the only thing that signs. Writes of one account go out one after the other, so a nonce has one owner; a send
 * whose fate is in doubt is waited for, never repeated with another nonce. What overlaps is handed over one by one, too.
 */
import {
  type Address,
  type ContractFunctionArgs,
  type ContractFunctionName,
  type ContractFunctionReturnType,
  createPublicClient,
  createWalletClient,
  defineChain,
  type Hash,
  http,
  type LocalAccount,
  type PublicClient,
  type TransactionReceipt,
} from "viem";
import { CONTRACT_NAMES, type ContractName } from "../protocol/contractNames.ts";
import { ABIS } from "./abis.ts";
import { ChainError, refusalOf, rpcHost, wrapChainError } from "./chainError.ts";
import { withDeadline } from "./deadline.ts";
import type { Deployment } from "./deployment.ts";
import { createDoubt } from "./ownPool.ts";
import { receiptOf } from "./receipt.ts";

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
  /** @default the deployment's */
  readonly rpcUrl?: string | undefined;
  readonly account?: LocalAccount | undefined;
  readonly signal: AbortSignal;
  /** Bound of one call, inclusion of a transaction apart. Unit: milliseconds. @default 15_000 */
  readonly timeoutMs?: number;
  /** Bound of a transaction's inclusion. Unit: milliseconds. @default 120_000 */
  readonly inclusionTimeoutMs?: number;
  /** @default 150 on the local chain, else 2_000 */
  readonly pollingMs?: number;
  readonly onTransaction?: (transaction: SentTransaction) => void;
}

/**
 * Added to every estimate: between estimate and inclusion others may act, and whoever acts last also pays for the next
 * phase's opening. The most expensive opening, a tally of 64 verdicts, takes less. What is not used is not paid.
 */
const GAS_HEADROOM = 600_000n;

/** The chain id of Hardhat's local chain. */
export const LOCAL_CHAIN_ID = 31_337;

/**
 * Connects and checks that this is the right chain with the contracts on it.
 *
 * @throws {ChainError} `CHAIN_RPC_UNREACHABLE` | `CHAIN_WRONG_CHAIN` | `CHAIN_NOT_DEPLOYED` | `CHAIN_TIMEOUT` | `CHAIN_ABORTED`
 */
export async function connectChain(options: ConnectOptions): Promise<Chain> {
  const { deployment, account, signal, timeoutMs = 15_000, inclusionTimeoutMs: inclusionMs = 120_000 } = options;
  const rpcUrl = options.rpcUrl ?? deployment.rpcUrl;
  const pollingMs = options.pollingMs ?? (deployment.chainId === LOCAL_CHAIN_ID ? 150 : 2_000);
  const network = defineChain({
    id: deployment.chainId,
    name: `chain ${deployment.chainId}`,
    nativeCurrency: { name: "Ether", symbol: "ETH", decimals: 18 },
    rpcUrls: { default: { http: [rpcUrl] } },
  });
  const transport = http(rpcUrl, { timeout: timeoutMs, retryCount: 2, retryDelay: 100, batch: { wait: 0 } });
  const client = createPublicClient({ chain: network, transport, pollingInterval: pollingMs, cacheTime: 0 });
  const wallet = account === undefined ? undefined : createWalletClient({ account, chain: network, transport });

  async function request<T>(doing: string, work: () => Promise<T>, call: CallOptions): Promise<T> {
    try {
      const bound = { signal: call.signal, timeoutMs: call.timeoutMs ?? timeoutMs, doing };
      return await withDeadline(work(), bound);
    } catch (error) {
      throw wrapChainError(error, { doing, rpcUrl, account: account?.address });
    }
  }

  const doubt = createDoubt(client, pollingMs);

  // biome-ignore lint/suspicious/noExplicitAny: viem's conditional types do not survive a generic; the public signature does
  type Untyped = any;
  async function handOver(contract: ContractName, functionName: string, args: readonly unknown[], call: CallOptions) {
    if (wallet === undefined)
      throw new ChainError({ code: "CHAIN_ACCOUNT_MISSING" }, "this needs an account to sign with");
    const inclusion = { ...call, timeoutMs: inclusionMs };
    const waiting = AbortSignal.any([call.signal, AbortSignal.timeout(inclusionMs + 1_000)]);
    await request("eth_getTransactionCount", () => doubt.untilNone(wallet.account.address, waiting), inclusion);
    const target = { address: deployment.contracts[contract], abi: ABIS[contract], functionName, args, account };
    return request(
      `${contract}.${functionName}`,
      async () => {
        const estimate = await client.estimateContractGas(target as Untyped); // also refuses what would revert
        return wallet.writeContract({ ...target, gas: estimate + GAS_HEADROOM } as Untyped);
      },
      call,
    );
  }

  async function awaitInclusion(contract: ContractName, functionName: string, hash: Hash, call: CallOptions) {
    const doing = `${contract}.${functionName}`;
    const inclusion = { ...call, timeoutMs: inclusionMs };
    const signal = AbortSignal.any([call.signal, AbortSignal.timeout(inclusionMs + 1_000)]);
    const wait = { pollingMs, isLocal: deployment.chainId === LOCAL_CHAIN_ID, signal };
    const receipt = await request(`${doing} (${hash})`, () => receiptOf(client, hash, wait), inclusion);
    options.onTransaction?.({ contract, functionName, receipt });
    if (receipt.status === "reverted") {
      throw new ChainError(
        { code: "CHAIN_REVERTED", call: doing, errorName: undefined, args: [] },
        `${doing} was refused after it was sent (${hash})`,
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
      const hash = before.then(() => handOver(contract, name, args as readonly unknown[], call));
      const receipt = hash.then((sent) => awaitInclusion(contract, name, sent, call));
      const done = receipt.catch((error: unknown) => {
        if (refusalOf(error) === undefined) doubt.raise(); // it may be on its way all the same
      }); // the next one goes out whatever became of this one
      handedOver = call.overlaps === true ? hash.catch(() => {}) : done;
      included = Promise.all([included, done]);
      return receipt;
    },
  };
  await checkDeployment(chain, { signal });
  return chain;
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
