"use client";
/** Announces the account: keys are made and kept first, then the wallet signs who it is, then the transaction goes out. */
import { useEffect, useRef, useState } from "react";
import type { Address } from "viem";
import { useConfig } from "wagmi";
import { signTypedData } from "wagmi/actions";
import { Button } from "../../components/Button.tsx";
import { useChainSeconds } from "../../components/clock.ts";
import { Failure } from "../../components/States.tsx";
import { train as catalogue } from "../../messages/train.ts";
import { useTexts } from "../../messages/useTexts.ts";
import { useRuntime } from "../../runtime/RuntimeProvider.tsx";
import { announcementOf } from "../../training/announcement.ts";
import { openDatabase } from "../../training/store/database.ts";
import { openNodeKeys } from "../../training/store/nodeKeys.ts";
import { ActivityStatus } from "../../transactions/ActivityStatus.tsx";
import { TxButton } from "../../transactions/TxButton.tsx";
import { useWrite } from "../../transactions/useWrite.ts";
import { isRejection } from "../../transactions/walletError.ts";
import { useWallet } from "../../wallet/useWallet.ts";
import { trainFailure } from "./failure.ts";

/** A wallet may never answer. Unit: milliseconds. */
const WALLET_MS = 120_000;

export function AnnounceButton({ account }: { readonly account: Address }) {
  const t = useTexts(catalogue);
  const runtime = useRuntime();
  const config = useConfig();
  const wallet = useWallet();
  const now = useChainSeconds();
  const { start, activity, busy } = useWrite();
  const [isSigning, setSigning] = useState(false);
  const [error, setError] = useState<unknown>();
  const isHere = useRef(true);
  useEffect(() => {
    isHere.current = true;
    return () => {
      isHere.current = false;
    };
  }, []);

  const announce = async (): Promise<void> => {
    setSigning(true);
    setError(undefined);
    try {
      const database = await openDatabase();
      const keys = await openNodeKeys(database, account).finally(() => database.close());
      const typed = announcementOf({ runtime, account, keys, nowSeconds: now });
      const signature = await within(WALLET_MS, signTypedData(config, { ...typed, account }));
      const args = [typed.message, signature];
      start({ kind: "announce", subject: {}, call: { contract: "nodeRegistry", functionName: "announce", args } });
    } catch (problem) {
      if (isHere.current && !isRejection(problem)) setError(problem);
    } finally {
      if (isHere.current) setSigning(false);
    }
  };

  if (!wallet.isRightChain) return <TxButton spec={undefined}>{t.place.announceButton}</TxButton>; // says what to do first
  return (
    <div className="flex flex-col gap-2">
      <Button kind="primary" className="self-start" busy={isSigning || busy} onClick={() => void announce()}>
        {isSigning ? t.place.signing : t.place.announceButton}
      </Button>
      <ActivityStatus activity={activity} />
      {error !== undefined && (
        <Failure details={trainFailure(t.errors, error).details}>{trainFailure(t.errors, error).text}</Failure>
      )}
    </div>
  );
}

async function within<T>(ms: number, work: Promise<T>): Promise<T> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error("the wallet did not answer")), ms);
  });
  return Promise.race([work, late]).finally(() => clearTimeout(timer));
}
