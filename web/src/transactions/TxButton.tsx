"use client";
/**
 * A button that sends a transaction. The first thing that stands in the way is its label, and where it can be mended by a
 * press, a press mends it: connecting, switching the chain. How the write goes is told below it, and to screen readers.
 */
import { type ReactNode, useEffect, useRef } from "react";
import { Button, type ButtonKind } from "../components/Button.tsx";
import { transactions as catalogue } from "../messages/transactions.ts";
import { useTexts } from "../messages/useTexts.ts";
import { wallet as walletCatalogue } from "../messages/wallet.ts";
import { useRuntime } from "../runtime/RuntimeProvider.tsx";
import { useSwitchToSite } from "../wallet/SwitchChain.tsx";
import { useWallet } from "../wallet/useWallet.ts";
import { useOpenWalletDialog } from "../wallet/WalletProvider.tsx";
import { ActivityStatus } from "./ActivityStatus.tsx";
import type { WriteSpec } from "./runWrite.ts";
import { useWrite } from "./useWrite.ts";

export interface TxButtonProps {
  /** What is sent; `undefined` while `blocked`. */
  readonly spec: WriteSpec | undefined;
  /** Verb and object: "Stake 50 CAIRN". */
  readonly children: ReactNode;
  /** Why it can't be sent now, short enough for a label. */
  readonly blocked?: string | undefined;
  /** @default "primary" */
  readonly kind?: ButtonKind;
  readonly size?: "small" | "normal";
  /** Called once when the page shows what was sent. */
  readonly onDone?: () => void;
}

export function TxButton({ spec, children, blocked, kind = "primary", size = "normal", onDone }: TxButtonProps) {
  const t = useTexts(catalogue);
  const w = useTexts(walletCatalogue);
  const { chain } = useRuntime();
  const wallet = useWallet();
  const openWallet = useOpenWalletDialog();
  const change = useSwitchToSite();
  const { start, activity, busy } = useWrite();
  const look = { kind, size };
  const tell = useRef(onDone);
  tell.current = onDone;
  const isDone = activity?.step === "done";
  useEffect(() => {
    if (isDone) tell.current?.();
  }, [isDone]);

  if (wallet.status !== "connected") {
    return (
      <Button {...look} className="self-start" onClick={openWallet}>
        {w.connect}
      </Button>
    );
  }
  if (!wallet.isRightChain) {
    return (
      <Button {...look} className="self-start" busy={change.isPending} onClick={change.ask}>
        {w.switchTo(chain.name)}
      </Button>
    );
  }
  const isBlocked = blocked !== undefined || spec === undefined;
  return (
    <div className="flex min-w-0 flex-col gap-2">
      <Button
        {...look}
        className="self-start"
        inactive={isBlocked}
        busy={busy}
        onClick={() => spec !== undefined && start(spec)}
      >
        {busy && activity !== undefined ? t.stepsShort[activity.step] : (blocked ?? children)}
      </Button>
      <ActivityStatus activity={activity} />
    </div>
  );
}
