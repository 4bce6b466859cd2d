"use client";
/** Choosing a wallet, and what is known of the chosen one. Wallets announce themselves; their names and icons are theirs. */
import { useState } from "react";
import { type Connector, useConnect, useConnectors, useDisconnect } from "wagmi";
import { Address } from "../components/Address.tsx";
import { Button, ButtonLink } from "../components/Button.tsx";
import { Dialog } from "../components/Dialog.tsx";
import { Icon } from "../components/Icon.tsx";
import { links } from "../components/links.ts";
import { Failure } from "../components/States.tsx";
import { Amount } from "../components/Value.tsx";
import { useSelected } from "../index/hooks.ts";
import { useTexts } from "../messages/useTexts.ts";
import { wallet as catalogue } from "../messages/wallet.ts";
import { useRuntime } from "../runtime/RuntimeProvider.tsx";
import { failureOf } from "../transactions/failureOf.ts";
import { isRejection } from "../transactions/walletError.ts";
import { SwitchChain } from "./SwitchChain.tsx";
import { useDeadline } from "./useDeadline.ts";
import { useWallet, type Wallet } from "./useWallet.ts";

export interface ConnectDialogProps {
  readonly open: boolean;
  readonly onOpenChange: (open: boolean) => void;
}

export function ConnectDialog({ open, onOpenChange }: ConnectDialogProps) {
  const t = useTexts(catalogue);
  const wallet = useWallet();
  const close = () => onOpenChange(false);
  return (
    <Dialog
      open={open}
      onOpenChange={onOpenChange}
      title={wallet.status === "connected" ? t.yourWallet : t.connectTitle}
    >
      {wallet.status === "connected" ? <Connected wallet={wallet} onClose={close} /> : <Choices onDone={close} />}
    </Dialog>
  );
}

function Choices({ onDone }: { readonly onDone: () => void }) {
  const t = useTexts(catalogue);
  const connectors = useChoices();
  // on the hook, not on the call: this component is gone when the wallet has said yes
  const connect = useConnect({ mutation: { onSuccess: onDone } });
  const [asked, setAsked] = useState<Connector>();
  const patience = useDeadline(connect.isPending);
  const failed = connect.error !== null && !isRejection(connect.error) ? failureOf(connect.error) : undefined;
  const choose = (connector: Connector) => {
    setAsked(connector);
    connect.mutate({ connector });
  };
  if (connectors.length === 0) return <NoWallet />;
  return (
    <div className="flex flex-col gap-2">
      <p className="text-sm text-muted">{t.connectLead}</p>
      <ul className="my-1 flex flex-col gap-2">
        {connectors.map((connector) => (
          <li key={connector.uid}>
            <Button
              className="w-full !justify-start py-2"
              busy={connect.isPending && patience !== "over" && asked?.uid === connector.uid}
              onClick={() => choose(connector)}
            >
              <WalletIcon icon={connector.icon} />
              <span className="max-w-60 truncate">{connector.name}</span>
            </Button>
          </li>
        ))}
      </ul>
      <div role="status" className="text-sm">
        {connect.isPending && patience === "fine" && t.confirmIn(asked?.name ?? "")}
        {connect.isPending && patience === "help" && t.nothingShowing(asked?.name ?? "")}
        {connect.isPending && patience === "over" && (
          <p className="text-warning">{t.walletSilent(asked?.name ?? "")}</p>
        )}
        {connect.error !== null && isRejection(connect.error) && <p className="text-muted">{t.declined}</p>}
      </div>
      {failed !== undefined && (
        <Failure code={failed.code} details={failed.message}>
          {failed.code === "WALLET_BUSY" ? t.walletBusy : t.walletFailed}
        </Failure>
      )}
      <details className="mt-2 text-sm">
        <summary className="text-muted">{t.whatIsAWallet}</summary>
        <p className="mt-1 text-muted text-pretty">{t.whatIsAWalletText}</p>
      </details>
    </div>
  );
}

/** Announced ones only; the one without an announcement stands in where a wallet is too old to make one. */
function useChoices(): readonly Connector[] {
  const all = useConnectors();
  const announced = all.filter(({ id }) => id !== "injected");
  if (announced.length > 0) return announced;
  const hasOld = typeof window !== "undefined" && "ethereum" in window;
  return hasOld ? all : [];
}

/** Foreign: only ever an image, and only one that comes with the announcement, so nothing is asked of a server. */
function WalletIcon({ icon }: { readonly icon: string | undefined }) {
  if (icon === undefined || !icon.trim().startsWith("data:image/")) return <Icon name="wallet" className="size-6" />;
  // biome-ignore lint/performance/noImgElement: a data address of some kilobytes
  return <img src={icon.trim()} alt="" className="size-6 rounded" />;
}

function NoWallet() {
  const t = useTexts(catalogue);
  return (
    <div className="flex flex-col gap-3 text-sm">
      <p className="font-medium">{t.noWallet}</p>
      <p className="text-muted text-pretty">{t.noWalletText}</p>
      <p className="text-muted">
        {t.orCommandLine} <code className="rounded bg-sunken px-1">npx cairn init</code>
      </p>
    </div>
  );
}

interface ConnectedProps {
  readonly wallet: Extract<Wallet, { status: "connected" }>;
  readonly onClose: () => void;
}

function Connected({ wallet, onClose }: ConnectedProps) {
  const t = useTexts(catalogue);
  const { chain } = useRuntime();
  const disconnect = useDisconnect();
  const balanceWei = useSelected(({ state }) => state.balances.get(wallet.address)) ?? 0n;
  return (
    <div className="flex flex-col gap-4">
      <div className="flex flex-wrap items-center justify-between gap-2">
        <Address address={wallet.address} />
        <span className="text-sm text-muted">{wallet.name}</span>
      </div>
      {wallet.isRightChain ? (
        <p className="flex items-center gap-2 text-sm text-success">
          <Icon name="check" /> {t.onChain(chain.name)}
        </p>
      ) : (
        <SwitchChain />
      )}
      <p className="text-lg font-semibold">
        <Amount wei={balanceWei} />
      </p>
      <div className="flex flex-wrap gap-2">
        <span onClickCapture={onClose}>
          <ButtonLink href={links.wallet()} icon="wallet">
            {t.openWalletPage}
          </ButtonLink>
        </span>
        <Button
          kind="quiet"
          onClick={() => {
            disconnect.mutate({});
            onClose();
          }}
        >
          {t.disconnect}
        </Button>
      </div>
    </div>
  );
}
