/** wagmi for the chain that the site names. Wallets are those that announce themselves (EIP-6963); nothing else is loaded. */
import { defineChain } from "viem";
import { type Config, createConfig, createStorage, custom, injected, noopStorage } from "wagmi";
import type { Rpc } from "../index/follow/rpc.ts";
import type { Runtime } from "../runtime/runtime.ts";

export function createWalletConfig(runtime: Runtime, rpc: Rpc): Config {
  const { id, name, rpcUrl, explorerUrl, isTestnet } = runtime.chain;
  const chain = defineChain({
    id,
    name,
    nativeCurrency: { name: "Ether", symbol: "ETH", decimals: 18 },
    rpcUrls: { default: { http: [rpcUrl] } },
    testnet: isTestnet,
    ...(explorerUrl === undefined ? {} : { blockExplorers: { default: { name: "Explorer", url: explorerUrl } } }),
  });
  const request = ({ method, params }: { readonly method: string; readonly params?: unknown }) =>
    rpc.request(method, (params as readonly unknown[] | undefined) ?? []);
  return createConfig({
    chains: [chain],
    transports: { [id]: custom({ request }, { retryCount: 1 }) },
    connectors: [injected({ shimDisconnect: true })],
    multiInjectedProviderDiscovery: true,
    storage: createStorage({ key: `cairn.wallet.${id}`, storage: localStorageOrNone() }),
  });
}

function localStorageOrNone() {
  try {
    return window.localStorage;
  } catch {
    return noopStorage; // forbidden here: the wallet is asked for again at the next visit
  }
}
