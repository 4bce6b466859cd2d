"use client";
/** What an account has, what of it is bound and until when, and every way to move it. */
import type { Address as AccountAddress } from "viem";
import { Address } from "../../components/Address.tsx";
import { Button } from "../../components/Button.tsx";
import { PageHeading } from "../../components/Panel.tsx";
import { Empty, Loading } from "../../components/States.tsx";
import { useIndexStatus } from "../../index/hooks.ts";
import { useTexts } from "../../messages/useTexts.ts";
import { wallet as walletTexts } from "../../messages/wallet.ts";
import { walletPage as catalogue } from "../../messages/walletPage.ts";
import { useRuntime } from "../../runtime/RuntimeProvider.tsx";
import { useWallet } from "../../wallet/useWallet.ts";
import { useOpenWalletDialog } from "../../wallet/WalletProvider.tsx";
import { Balances } from "./Balances.tsx";
import { Claims } from "./Claims.tsx";
import { Faucet } from "./Faucet.tsx";
import { Movements } from "./Movements.tsx";
import { Rewards } from "./Rewards.tsx";
import { Slashes } from "./Slashes.tsx";
import { StakeForms } from "./StakeForms.tsx";

export function WalletPage() {
  const t = useTexts(catalogue);
  const wallet = useWallet();
  const { phase } = useIndexStatus();
  return (
    <>
      <PageHeading
        title={t.title}
        lead={wallet.status === "connected" ? <Address address={wallet.address} mine /> : t.lead}
      />
      {wallet.status !== "connected" ? (
        <NoWallet />
      ) : phase === "starting" ? (
        <Loading lines={6} />
      ) : (
        <Account account={wallet.address} />
      )}
    </>
  );
}

function NoWallet() {
  const t = useTexts(catalogue);
  const w = useTexts(walletTexts);
  const open = useOpenWalletDialog();
  return (
    <section className="rounded-lg border border-line bg-surface">
      <Empty
        icon="wallet"
        title={t.noWallet}
        action={
          <Button kind="primary" onClick={open}>
            {w.connect}
          </Button>
        }
      >
        {t.noWalletText}
      </Empty>
    </section>
  );
}

function Account({ account }: { readonly account: AccountAddress }) {
  const { faucet } = useRuntime();
  return (
    <>
      <Balances account={account} />
      <div className="grid items-start gap-6 lg:grid-cols-2">
        <div className="flex min-w-0 flex-col gap-6">
          <Claims account={account} />
          {faucet !== undefined && <Faucet account={account} address={faucet} />}
        </div>
        <div className="flex min-w-0 flex-col gap-6">
          <StakeForms account={account} />
        </div>
      </div>
      <Rewards account={account} />
      <Slashes account={account} />
      <Movements account={account} />
    </>
  );
}
