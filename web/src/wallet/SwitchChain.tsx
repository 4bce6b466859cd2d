"use client";
/** The wallet is on another chain: says so, offers to switch (and to add the chain), and how to do it by hand. */
import { useSwitchChain } from "wagmi";
import { Button } from "../components/Button.tsx";
import { Copy } from "../components/Copy.tsx";
import { Icon } from "../components/Icon.tsx";
import { useTexts } from "../messages/useTexts.ts";
import { wallet as catalogue } from "../messages/wallet.ts";
import { useRuntime } from "../runtime/RuntimeProvider.tsx";
import { isRejection, messageOf } from "../transactions/walletError.ts";
import { useDeadline } from "./useDeadline.ts";
import { useWallet } from "./useWallet.ts";

/** @returns a function that asks the wallet to switch, and how that goes. */
export function useSwitchToSite() {
  const { chain } = useRuntime();
  const change = useSwitchChain();
  const ask = () => change.mutate({ chainId: chain.id, addEthereumChainParameter: { rpcUrls: [chain.rpcUrl] } });
  return { ask, isPending: change.isPending, error: change.error };
}

export function SwitchChain() {
  const t = useTexts(catalogue);
  const { chain } = useRuntime();
  const wallet = useWallet();
  const { ask, isPending, error } = useSwitchToSite();
  const patience = useDeadline(isPending);
  if (wallet.status !== "connected" || wallet.isRightChain) return null;
  const declined = error !== null && isRejection(error);
  return (
    <div className="rounded-lg border border-warning bg-warning-soft px-4 py-3 text-sm">
      <p className="flex items-center gap-2 font-semibold text-warning">
        <Icon name="alert" /> {t.wrongChain}
      </p>
      <p className="mt-1">{t.wrongChainText(wallet.chainId ?? 0, chain.name)}</p>
      <div className="mt-2 flex flex-wrap items-center gap-3">
        <Button size="small" kind="primary" busy={isPending && patience !== "over"} onClick={ask}>
          {t.switchTo(chain.name)}
        </Button>
        <span role="status">
          {isPending && patience !== "fine" && t.nothingShowing(wallet.name)}
          {declined && t.declined}
        </span>
      </div>
      {error !== null && !declined && (
        <details className="mt-2" open>
          <summary>{t.switchByHand}</summary>
          <p className="mt-1 text-muted">{t.switchByHandText}</p>
          <dl className="mt-1 grid grid-cols-[auto_1fr] gap-x-3">
            <dt className="text-muted">{t.chainId}</dt>
            <dd>{chain.id}</dd>
            <dt className="text-muted">RPC</dt>
            <dd className="flex items-center gap-1 break-all">
              {chain.rpcUrl} <Copy text={chain.rpcUrl} what="RPC" />
            </dd>
          </dl>
          <p className="mt-1 text-xs text-muted break-words">{messageOf(error)}</p>
        </details>
      )}
    </div>
  );
}
