/** The connected wallet as a signer, by its own interface (EIP-1193): what is sent was worked out here already. */
import type { Address, Hash, Hex } from "viem";
import type { Config } from "wagmi";
import { WriteError } from "./failureOf.ts";
import type { Signer } from "./runWrite.ts";

interface Provider {
  request(question: { readonly method: string; readonly params: readonly unknown[] }): Promise<unknown>;
}

export function walletSigner(config: Config, account: Address): Signer {
  const ask = async (method: string, params: readonly unknown[]): Promise<unknown> => {
    const provider = (await connectorOf(config).getProvider()) as Provider;
    return provider.request({ method, params });
  };
  return {
    address: account,
    chainId: () => connectorOf(config).getChainId(),
    sendTransaction: async ({ to, data, gas }) => {
      const request = { from: account, to, data, gas: `0x${gas.toString(16)}` };
      return (await ask("eth_sendTransaction", [request])) as Hash;
    },
    signTypedData: async (typedData) => {
      const types = { EIP712Domain: DOMAIN, ...typedData.types };
      const text = JSON.stringify({ ...typedData, types }, (_, value) =>
        typeof value === "bigint" ? `${value}` : value,
      );
      return (await ask("eth_signTypedData_v4", [account, text])) as Hex;
    },
  };
}

/** Wallets want the domain's type spelled out. Source: EIP-712, with the fields that CairnToken's domain has. */
const DOMAIN = [
  { name: "name", type: "string" },
  { name: "version", type: "string" },
  { name: "chainId", type: "uint256" },
  { name: "verifyingContract", type: "address" },
] as const;

function connectorOf(config: Config) {
  const { connections, current } = config.state;
  const connector = current === null ? undefined : connections.get(current)?.connector;
  if (connector === undefined) throw new WriteError("WALLET_NOT_CONNECTED", "no wallet is connected");
  return connector;
}
