/**
 * What became of a transaction, asked of the chain: also of one that the wallet sent again under another hash, took back,
 * or that nobody knows any more, and of one whose hash we never learned.
 *
 * A transaction is known by its sender and its number (nonce): whatever used that number is it or took its place.
 */
import type { Address, Hash, Hex } from "viem";
import type { Rpc } from "../index/follow/rpc.ts";

export interface Tracked {
  readonly account: Address;
  readonly request: { readonly to: Address; readonly data: Hex; readonly nonce: number };
  readonly hash: Hash | undefined;
}

export type Whereabouts =
  /** In a node's pool, or too young to tell. */
  | { readonly type: "pending" }
  /** No node that we ask knows it, and its number is not used. */
  | { readonly type: "unknown" }
  | {
      readonly type: "included";
      readonly hash: Hash;
      readonly blockNumber: bigint;
      readonly succeeded: boolean;
      readonly feeWei: bigint;
    }
  /** Its number was used by the same call under another hash. */
  | { readonly type: "repriced"; readonly hash: Hash }
  /** Its number was used by something else. */
  | { readonly type: "cancelled"; readonly hash: Hash };

interface TransactionAnswer {
  readonly hash: Hash;
  readonly from: Address;
  readonly to: Address | null;
  readonly input: Hex;
  readonly nonce: Hex;
}

/** How far back a replacement is looked for. Unit: blocks. */
const SEARCH_BLOCKS = 50_000n;

/** @throws {RpcError} */
export async function locate(rpc: Rpc, tracked: Tracked, signal: AbortSignal): Promise<Whereabouts> {
  const { account, request, hash } = tracked;
  if (hash !== undefined) {
    const receipt = await receiptOf(rpc, hash, signal);
    if (receipt !== undefined) return receipt;
  }
  const used = Number(await rpc.request("eth_getTransactionCount", [account, "latest"], signal));
  if (used > request.nonce) return findByNumber(rpc, tracked, signal);
  if (hash === undefined) return { type: "unknown" };
  const known = await rpc.request("eth_getTransactionByHash", [hash], signal);
  return known === null ? { type: "unknown" } : { type: "pending" };
}

async function receiptOf(rpc: Rpc, hash: Hash, signal: AbortSignal): Promise<Whereabouts | undefined> {
  const receipt = (await rpc.request("eth_getTransactionReceipt", [hash], signal)) as {
    readonly blockNumber: Hex;
    readonly status: Hex;
    readonly gasUsed: Hex;
    readonly effectiveGasPrice?: Hex;
  } | null;
  if (receipt === null) return undefined;
  const { blockNumber, status, gasUsed, effectiveGasPrice = "0x0" } = receipt;
  const feeWei = BigInt(gasUsed) * BigInt(effectiveGasPrice);
  return { type: "included", hash, blockNumber: BigInt(blockNumber), succeeded: BigInt(status) === 1n, feeWei };
}

/** Looks for the block in which the number was used, by halving: an account's count of transactions only grows. */
async function findByNumber(rpc: Rpc, tracked: Tracked, signal: AbortSignal): Promise<Whereabouts> {
  const { account, request } = tracked;
  const head = BigInt((await rpc.request("eth_blockNumber", [], signal)) as Hex);
  let below = head > SEARCH_BLOCKS ? head - SEARCH_BLOCKS : 0n;
  let at = head;
  while (at - below > 1n) {
    const middle = below + (at - below) / 2n;
    const count = await rpc.request("eth_getTransactionCount", [account, toHex(middle)], signal);
    if (Number(count) > request.nonce) at = middle;
    else below = middle;
  }
  const block = (await rpc.request("eth_getBlockByNumber", [toHex(at), true], signal)) as {
    readonly transactions: readonly TransactionAnswer[];
  } | null;
  const isOurs = ({ from, nonce }: TransactionAnswer) =>
    from.toLowerCase() === account.toLowerCase() && Number(nonce) === request.nonce;
  const found = block?.transactions.find(isOurs);
  if (found === undefined) return { type: "unknown" };
  const isSame = found.to?.toLowerCase() === request.to.toLowerCase() && found.input === request.data;
  if (!isSame) return { type: "cancelled", hash: found.hash };
  if (found.hash !== tracked.hash) return { type: "repriced", hash: found.hash };
  return (await receiptOf(rpc, found.hash, signal)) ?? { type: "pending" };
}

function toHex(value: bigint): Hex {
  return `0x${value.toString(16)}`;
}
