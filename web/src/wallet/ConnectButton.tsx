"use client";
/** In the header: connects, or shows who is connected. */
import { CairnMark } from "../components/Address.tsx";
import { Button } from "../components/Button.tsx";
import { shortHex } from "../components/format.ts";
import { Icon } from "../components/Icon.tsx";
import { useTexts } from "../messages/useTexts.ts";
import { wallet as catalogue } from "../messages/wallet.ts";
import { useWallet } from "./useWallet.ts";
import { useOpenWalletDialog } from "./WalletProvider.tsx";

export function ConnectButton() {
  const t = useTexts(catalogue);
  const wallet = useWallet();
  const open = useOpenWalletDialog();
  if (wallet.status !== "connected") {
    return (
      <Button size="small" kind="primary" busy={wallet.status === "connecting"} onClick={open}>
        {t.connect}
      </Button>
    );
  }
  return (
    <Button size="small" onClick={open} title={t.connectedAs(wallet.address)}>
      {wallet.isRightChain ? (
        <CairnMark address={wallet.address} />
      ) : (
        <Icon name="alert" className="size-4 text-warning" />
      )}
      <span className="sr-only">{t.yourWallet}</span>
      <span className="font-mono text-[0.92em]">{shortHex(wallet.address)}</span>
    </Button>
  );
}
