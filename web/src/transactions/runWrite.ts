/**
 * Carries one write out: check, permit where it saves a transaction, simulate, ask the wallet. What follows the hash is
 * `follow.ts`, which also works after a reload.
 *
 * Asks the site's own RPC about the chain and the wallet only to sign: so a wallet on a bad RPC can't mislead the check.
 */

import { ABIS } from "@cairn/trainer/protocol/generated/abi";
import { type Abi, type Address, encodeFunctionData, type Hash, type Hex } from "viem";
import type { Rpc } from "../index/follow/rpc.ts";
import type { EventSource } from "../index/types.ts";
import type { Runtime } from "../runtime/runtime.ts";
import { type ActivityStart, startActivity } from "./activity.ts";
import type { ActivityStore } from "./activityStore.ts";
import { failureOf, WriteError } from "./failureOf.ts";
import { permitTypedData, readAllowance, readBalance } from "./permit.ts";
import { isRejection, isUnsupported } from "./walletError.ts";

export interface Call {
  readonly contract: EventSource;
  readonly functionName: string;
  readonly args: readonly unknown[];
}

export interface WriteSpec {
  /** What it is, for the catalogue: `kinds.stake`. */
  readonly kind: string;
  /** What the catalogue's text is about, as text. */
  readonly subject: Readonly<Record<string, string>>;
  readonly call: Call;
  /** CAIRN that the called contract takes from the account. */
  readonly spends?: {
    readonly amountWei: bigint;
    /** The same call with a permit; without it, or where the wallet signs none, an approval is sent before. */
    readonly withPermit?: (permit: Permit) => Call;
  };
}

export interface Permit {
  /** Unit: unix seconds. */
  readonly deadline: bigint;
  readonly v: number;
  readonly r: Hex;
  readonly s: Hex;
}

/** What asks the visitor. The wallet's own chain is checked before each. */
export interface Signer {
  readonly address: Address;
  chainId(): Promise<number>;
  sendTransaction(request: { readonly to: Address; readonly data: Hex; readonly gas: bigint }): Promise<Hash>;
  signTypedData(typedData: Awaited<ReturnType<typeof permitTypedData>>): Promise<Hex>;
}

export interface WriteContext {
  readonly runtime: Runtime;
  readonly rpc: Rpc;
  readonly signer: Signer;
  readonly store: ActivityStore;
  /** Resolves when the activity is confirmed; rejects when it ends otherwise. */
  readonly untilConfirmed: (id: string) => Promise<void>;
  /** `block.timestamp` of the next block, about. Unit: unix seconds. */
  readonly chainSeconds: () => number;
  readonly nowMs: () => number;
  readonly newId: () => string;
}

/** How long a wallet may be silent. It can still answer later: then the transaction is found by its number. */
const WALLET_MS = { help: 20_000, over: 300_000 } as const;

/** Unit: seconds. */
const PERMIT_SECONDS = 1_200n;

/**
 * Whoever acts last in a phase also pays for the opening of the next. What is not used is not paid.
 * Source: trainer/src/chain/connection.ts.
 */
const ADVANCE_GAS = 600_000n;

/** Ends when the wallet has sent, or when it is clear that it won't. Never rejects: the store has the outcome. */
export async function runWrite(context: WriteContext, spec: WriteSpec): Promise<string> {
  const { store, runtime, signer, nowMs } = context;
  const start: ActivityStart = {
    id: context.newId(),
    chainId: runtime.chain.id,
    account: signer.address,
    kind: spec.kind,
    subject: spec.subject,
  };
  store.add(startActivity(start, nowMs()));
  try {
    await mustBeOnChain(context);
    const call = await allowed(context, start.id, spec);
    await send(context, start.id, call);
  } catch (error) {
    if (error instanceof WalletSilent) store.advance(start.id, { type: "reopened" });
    else if (isRejection(error)) store.advance(start.id, { type: "rejected" });
    else store.advance(start.id, { type: "failed", failure: failureOf(error) });
  }
  return start.id;
}

async function mustBeOnChain({ signer, runtime }: WriteContext): Promise<void> {
  const chainId = await signer.chainId();
  if (chainId !== runtime.chain.id) {
    throw new WriteError("WALLET_WRONG_CHAIN", `the wallet is on chain ${chainId}, this needs ${runtime.chain.id}`);
  }
}

/** @returns the call that will succeed: with a permit in it, or after an approval, where it spends CAIRN. */
async function allowed(context: WriteContext, id: string, spec: WriteSpec): Promise<Call> {
  const { call, spends } = spec;
  if (spends === undefined) return call;
  const { rpc, runtime, signer } = context;
  const token = runtime.contracts.cairnToken;
  const spender = runtime.contracts[call.contract];
  const balanceWei = await readBalance(rpc, token, signer.address);
  if (balanceWei < spends.amountWei) {
    const error = new WriteError("ERC20InsufficientBalance", `${balanceWei} of ${spends.amountWei} wei`);
    throw error;
  }
  const allowanceWei = await readAllowance(rpc, token, { owner: signer.address, spender });
  if (allowanceWei >= spends.amountWei) return call;
  await refuseWhatWouldFailAnyway(context, call);
  if (spends.withPermit !== undefined) {
    const permit = await askPermit(context, id, { spender, amountWei: spends.amountWei });
    if (permit !== undefined) return spends.withPermit(permit);
  }
  const approval = { contract: "cairnToken", functionName: "approve", args: [spender, spends.amountWei] } as const;
  const subject = { amountWei: `${spends.amountWei}` };
  await context.untilConfirmed(await runWrite(context, { kind: "approve", subject, call: approval }));
  return call;
}

/** Nobody should sign a permit for a call that will be refused. Only the want of an allowance is no reason yet. */
async function refuseWhatWouldFailAnyway({ rpc, runtime, signer }: WriteContext, call: Call): Promise<void> {
  try {
    await simulate(rpc, runtime, signer.address, call);
  } catch (error) {
    if (failureOf(error).code !== "ERC20InsufficientAllowance") throw error;
  }
}

interface Allowance {
  readonly spender: Address;
  readonly amountWei: bigint;
}

/** @returns `undefined` when the wallet signs no typed data. */
async function askPermit(context: WriteContext, id: string, allowance: Allowance): Promise<Permit | undefined> {
  const { runtime, rpc, signer, store } = context;
  const deadline = BigInt(context.chainSeconds()) + PERMIT_SECONDS;
  const typedData = await permitTypedData(rpc, {
    ...allowance,
    owner: signer.address,
    deadline,
    chainId: runtime.chain.id,
    token: runtime.contracts.cairnToken,
  });
  store.advance(id, { type: "permitAsked" });
  try {
    const signature = await patiently(context, id, signer.signTypedData(typedData));
    return { deadline, ...splitSignature(signature) };
  } catch (error) {
    if (isUnsupported(error)) return undefined;
    if (error instanceof WalletSilent) throw new WriteError("WALLET_SILENT", "the wallet did not answer");
    throw error;
  }
}

/** `r ‖ s ‖ v`; some wallets give the recovery bit for `v`. */
function splitSignature(signature: Hex): Omit<Permit, "deadline"> {
  if (!/^0x[0-9a-f]{130}$/i.test(signature))
    throw new WriteError("WALLET_FAILED", "the wallet gave no ECDSA signature");
  const last = Number.parseInt(signature.slice(130), 16);
  return { r: `0x${signature.slice(2, 66)}`, s: `0x${signature.slice(66, 130)}`, v: last < 27 ? last + 27 : last };
}

async function send(context: WriteContext, id: string, call: Call): Promise<void> {
  const { runtime, rpc, signer, store } = context;
  const to = runtime.contracts[call.contract];
  const data = dataOf(call);
  const from = signer.address;
  await simulate(rpc, runtime, from, call);
  const estimate = BigInt((await rpc.request("eth_estimateGas", [{ from, to, data }])) as Hex);
  const gas = estimate + estimate / 4n + (call.contract === "flContract" ? ADVANCE_GAS : 0n);
  const nonce = Number(await rpc.request("eth_getTransactionCount", [from, "pending"]));
  store.advance(id, { type: "walletAsked", request: { to, data, nonce } });
  const hash = await patiently(context, id, signer.sendTransaction({ to, data, gas }));
  store.advance(id, { type: "sent", hash, nonce: await nonceOf(rpc, hash) });
}

/** @throws {RpcError} with what the contract says */
async function simulate(rpc: Rpc, runtime: Runtime, from: Address, call: Call): Promise<void> {
  await rpc.request("eth_call", [{ from, to: runtime.contracts[call.contract], data: dataOf(call) }, "latest"]);
}

function dataOf({ contract, functionName, args }: Call): Hex {
  return encodeFunctionData({ abi: ABIS[contract] as Abi, functionName, args: [...args] });
}

/** Wallets may choose another number than the next one. */
async function nonceOf(rpc: Rpc, hash: Hash): Promise<number | undefined> {
  const transaction = await rpc.request("eth_getTransactionByHash", [hash]).catch(() => null); // looked up again later
  const nonce = (transaction as { readonly nonce?: unknown } | null)?.nonce;
  return typeof nonce === "string" ? Number(nonce) : undefined;
}

/** It may still answer, when nobody listens any more. */
class WalletSilent extends Error {}

async function patiently<T>({ store }: WriteContext, id: string, answer: Promise<T>): Promise<T> {
  const help = setTimeout(() => store.advance(id, { type: "slow" }), WALLET_MS.help);
  let over: ReturnType<typeof setTimeout> | undefined;
  const silence = new Promise<never>((_, reject) => {
    over = setTimeout(() => reject(new WalletSilent("the wallet did not answer")), WALLET_MS.over);
  });
  try {
    return await Promise.race([answer, silence]);
  } finally {
    clearTimeout(help);
    clearTimeout(over);
  }
}
