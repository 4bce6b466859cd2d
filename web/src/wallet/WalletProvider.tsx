"use client";
/** wagmi and TanStack Query for the part of the page below; needs the index above it for its RPC. */
import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import dynamic from "next/dynamic";
import { createContext, type ReactNode, useCallback, useContext, useMemo, useState } from "react";
import { WagmiProvider } from "wagmi";
import { useIndexContext } from "../index/hooks.ts";
import { createWalletConfig } from "./walletConfig.ts";

/** Loaded when somebody opens it. */
const ConnectDialog = dynamic(async () => (await import("./ConnectDialog.tsx")).ConnectDialog, { ssr: false });

const OpenDialog = createContext<() => void>(() => {});

export function WalletProvider({ children }: { readonly children: ReactNode }) {
  const { runtime, rpc } = useIndexContext();
  const config = useMemo(() => createWalletConfig(runtime, rpc), [runtime, rpc]);
  const [queries] = useState(() => new QueryClient({ defaultOptions: { queries: { refetchOnWindowFocus: false } } }));
  const [isOpen, setOpen] = useState<boolean>();
  const open = useCallback(() => setOpen(true), []);
  return (
    <WagmiProvider config={config} reconnectOnMount>
      <QueryClientProvider client={queries}>
        <OpenDialog value={open}>
          {children}
          {isOpen !== undefined && <ConnectDialog open={isOpen} onOpenChange={setOpen} />}
        </OpenDialog>
      </QueryClientProvider>
    </WagmiProvider>
  );
}

/** @returns a function that opens the window in which a wallet is chosen, or the connected one is shown. */
export function useOpenWalletDialog(): () => void {
  return useContext(OpenDialog);
}
