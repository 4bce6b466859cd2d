"use client";
/** The frame around every page, and the services that pages rest on: language, chain, wallet. */
import { usePathname } from "next/navigation";
import { type ReactNode, useEffect } from "react";
import { IndexProvider } from "../../index/IndexProvider.tsx";
import { shell } from "../../messages/shell.ts";
import { useLanguage, useTexts } from "../../messages/useTexts.ts";
import { RuntimeProvider, useRuntimeState } from "../../runtime/RuntimeProvider.tsx";
import { TrainingBridge } from "../../training/TrainingBridge.tsx";
import { ActivityButton } from "../../transactions/ActivityDrawer.tsx";
import { TransactionsProvider } from "../../transactions/TransactionsProvider.tsx";
import { ConnectButton } from "../../wallet/ConnectButton.tsx";
import { WalletProvider } from "../../wallet/WalletProvider.tsx";
import { WrongChainBanner } from "../../wallet/WrongChainBanner.tsx";
import { Announcer } from "../Announcer.tsx";
import { Failure, Loading } from "../States.tsx";
import { Banner } from "./Banner.tsx";
import { BottomBar } from "./BottomBar.tsx";
import { Footer } from "./Footer.tsx";
import { Header } from "./Header.tsx";
import { NetworkBadge } from "./NetworkBadge.tsx";

export function Frame({ children }: { readonly children: ReactNode }) {
  return (
    <Announcer>
      <RuntimeProvider>
        <DocumentLanguage />
        <Services>{children}</Services>
      </RuntimeProvider>
    </Announcer>
  );
}

function Services({ children }: { readonly children: ReactNode }) {
  const state = useRuntimeState();
  if (state.status !== "ready") return <Page offline>{children}</Page>;
  return (
    <IndexProvider runtime={state.runtime}>
      <WalletProvider>
        <TransactionsProvider>
          <TrainingBridge />
          <Page>{children}</Page>
        </TransactionsProvider>
      </WalletProvider>
    </IndexProvider>
  );
}

function Page({ offline = false, children }: { readonly offline?: boolean; readonly children: ReactNode }) {
  const t = useTexts(shell);
  return (
    <>
      <a
        href="#main"
        className="sr-only z-50 rounded-md bg-accent px-3 py-2 text-on-accent focus:not-sr-only focus:fixed focus:left-3 focus:top-3"
      >
        {t.skip}
      </a>
      <Header>
        {!offline && (
          <>
            <NetworkBadge />
            <ActivityButton />
            <ConnectButton />
          </>
        )}
      </Header>
      <main
        id="main"
        tabIndex={-1}
        className="mx-auto flex w-full max-w-7xl flex-col gap-6 px-4 pt-6 outline-none sm:px-6"
      >
        {offline ? (
          <WithoutChain>{children}</WithoutChain>
        ) : (
          <>
            <Banner />
            <WrongChainBanner />
            {children}
          </>
        )}
      </main>
      <Footer live={!offline} />
      <BottomBar />
    </>
  );
}

/** Pages that need no chain are readable without one. */
const NEEDS_NO_CHAIN = /^\/errors\//;

function WithoutChain({ children }: { readonly children: ReactNode }) {
  const t = useTexts(shell);
  const state = useRuntimeState();
  if (NEEDS_NO_CHAIN.test(`${usePathname()}/`)) return children;
  if (state.status !== "missing") return <Loading lines={6} />;
  return (
    <Failure
      title={t.missing.title}
      details={state.error instanceof Error ? state.error.message : String(state.error)}
      onRetry={state.retry}
    >
      <p>{t.missing.text}</p>
      <p className="mt-1">{t.missing.next}</p>
    </Failure>
  );
}

function DocumentLanguage() {
  const [language] = useLanguage();
  useEffect(() => {
    document.documentElement.lang = language;
  }, [language]);
  return null;
}
