"use client";
/** Below the header of every page while the wallet is on another chain. Reading goes on meanwhile. */
import { SwitchChain } from "./SwitchChain.tsx";
import { useWallet } from "./useWallet.ts";

export function WrongChainBanner() {
  const wallet = useWallet();
  if (wallet.status !== "connected" || wallet.isRightChain) return null;
  return <SwitchChain />;
}
