"use client";
/** The connected wallet, as pages need it. */
import type { Address } from "viem";
import { useConnection } from "wagmi";
import { useRuntime } from "../runtime/RuntimeProvider.tsx";

export type Wallet =
  | { readonly status: "none" | "connecting"; readonly address: undefined; readonly isRightChain: false }
  | {
      readonly status: "connected";
      readonly address: Address;
      /** Of the wallet; it may be another than the site's. */
      readonly chainId: number | undefined;
      readonly isRightChain: boolean;
      readonly name: string;
    };

const NONE: Wallet = { status: "none", address: undefined, isRightChain: false };
const CONNECTING: Wallet = { status: "connecting", address: undefined, isRightChain: false };

export function useWallet(): Wallet {
  const { chain } = useRuntime();
  const { address, chainId, connector, status } = useConnection();
  if (status === "connecting" || (status === "reconnecting" && address === undefined)) return CONNECTING;
  if (address === undefined) return NONE;
  const name = connector?.name ?? "";
  return { status: "connected", address, chainId, isRightChain: chainId === chain.id, name };
}
