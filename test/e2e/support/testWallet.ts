/**
 * A wallet in the browser that announces itself as wallets do (EIP-6963), and signs in the test: a real account, real
 * signatures, and a visitor whose mood the test sets.
 */
import type { BrowserContext } from "playwright-core";
import { type AbiFunction, createWalletClient, defineChain, type Hex, http, toFunctionSelector } from "viem";
import { privateKeyToAccount } from "viem/accounts";
import { flContractAbi } from "../../../trainer/src/protocol/generated/abi.ts";

/** What the visitor does with a question of the wallet; who hesitates signs in the end. */
export type Mood = "sign" | "hesitate" | "decline" | "ignore";

/** Unit: milliseconds. */
const HESITATION_MS = 8_000;

export interface TestWallet {
  readonly address: `0x${string}`;
  /** @default "sign" for both */
  readonly mood: { reveal: Mood; rest: Mood };
  /** Methods that were asked, in order. */
  readonly asked: string[];
}

interface Call {
  readonly to: `0x${string}`;
  readonly data?: Hex;
  readonly value?: Hex;
  readonly gas?: Hex;
}

export interface TestWalletOptions {
  readonly rpcUrl: string;
  readonly chainId: number;
  readonly key: Hex;
  /** The chain on which the wallet says it is. @default chainId */
  readonly shownChainId?: number;
}

/** EIP-1193: the user said no. */
const REJECTED = 4001;

/** Must come before the first page is opened. */
export async function addTestWallet(
  context: BrowserContext,
  { rpcUrl, chainId, key, shownChainId = chainId }: TestWalletOptions,
): Promise<TestWallet> {
  const account = privateKeyToAccount(key);
  const chain = defineChain({
    id: chainId,
    name: "test",
    nativeCurrency: { name: "Ether", symbol: "ETH", decimals: 18 },
    rpcUrls: { default: { http: [rpcUrl] } },
  });
  const client = createWalletClient({ account, chain, transport: http(rpcUrl) });
  let isConnected = false; // as long as the browser lives, like a real one
  const wallet: TestWallet = { address: account.address, mood: { reveal: "sign", rest: "sign" }, asked: [] };

  const signing: Readonly<Record<string, (params: readonly unknown[]) => Promise<unknown>>> = {
    eth_sendTransaction: async ([request]) => {
      const { to, data, value, gas } = request as Call;
      return client.sendTransaction({
        to,
        ...(data && { data }),
        ...(value && { value: BigInt(value) }),
        ...(gas && { gas: BigInt(gas) }),
      });
    },
    eth_signTypedData_v4: async ([, typed]) => {
      const data = typeof typed === "string" ? JSON.parse(typed) : typed;
      return account.signTypedData(data);
    },
  };

  async function answer(method: string, params: readonly unknown[]): Promise<unknown> {
    wallet.asked.push(method);
    switch (method) {
      case "eth_requestAccounts":
        isConnected = true;
        return [account.address];
      case "eth_accounts":
        return isConnected ? [account.address] : [];
      case "eth_chainId":
        return `0x${shownChainId.toString(16)}`;
      case "wallet_requestPermissions":
        return [{ parentCapability: "eth_accounts" }];
      case "wallet_switchEthereumChain":
      case "wallet_revokePermissions":
        return null;
      default:
    }
    const sign = signing[method];
    if (sign === undefined) return client.request({ method: method as never, params: params as never });
    const mood = isReveal(params[0]) ? wallet.mood.reveal : wallet.mood.rest;
    if (mood === "ignore") return new Promise(() => {});
    if (mood === "decline") return { $error: { code: REJECTED, message: "User rejected the request." } };
    if (mood === "hesitate") await new Promise((resolve) => setTimeout(resolve, HESITATION_MS));
    return sign(params);
  }

  await context.exposeFunction("__wallet", answer);
  await context.addInitScript(announce);
  return wallet;
}

const REVEAL_UPDATE = toFunctionSelector(
  flContractAbi.find((item) => item.type === "function" && item.name === "revealUpdate") as AbiFunction,
);

function isReveal(request: unknown): boolean {
  return typeof request === "object" && request !== null && String((request as Call).data).startsWith(REVEAL_UPDATE);
}

/** Runs in the page. */
function announce(): void {
  type Answer = { readonly $error?: { readonly code: number; readonly message: string } } | null;
  const ask = (window as unknown as { __wallet(method: string, params: readonly unknown[]): Promise<Answer> }).__wallet;
  const provider = {
    async request({ method, params = [] }: { readonly method: string; readonly params?: readonly unknown[] }) {
      const result = await ask(method, params);
      const error = typeof result === "object" ? result?.$error : undefined;
      if (error !== undefined) throw Object.assign(new Error(error.message), { code: error.code });
      return result;
    },
    on() {},
    removeListener() {},
  };
  const info = Object.freeze({
    uuid: "350670db-19fa-4704-a166-e52e178b59d2",
    name: "Test Wallet",
    icon: "data:image/svg+xml,<svg xmlns='http://www.w3.org/2000/svg'/>",
    rdns: "test.wallet",
  });
  const tell = () => {
    const detail = Object.freeze({ info, provider });
    window.dispatchEvent(new CustomEvent("eip6963:announceProvider", { detail }));
  };
  window.addEventListener("eip6963:requestProvider", tell);
  tell();
}
