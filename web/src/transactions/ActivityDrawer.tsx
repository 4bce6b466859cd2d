"use client";
/** The way to the record of what was sent, and the voice that tells how it ended. */
import dynamic from "next/dynamic";
import { useEffect, useRef, useState } from "react";
import { useAnnounce } from "../components/Announcer.tsx";
import { Button } from "../components/Button.tsx";
import { Icon } from "../components/Icon.tsx";
import { transactions as catalogue } from "../messages/transactions.ts";
import { useTexts } from "../messages/useTexts.ts";
import { useWallet } from "../wallet/useWallet.ts";
import { type Activity, OVER } from "./activity.ts";
import { useTransactions } from "./TransactionsProvider.tsx";
import { useKindText } from "./useKindText.ts";

/** Loaded when somebody opens it. */
const ActivityDialog = dynamic(async () => (await import("./ActivityDialog.tsx")).ActivityDialog, { ssr: false });

/** In the header: how many are under way, and the way to the list. */
export function ActivityButton() {
  const t = useTexts(catalogue);
  const [isOpen, setOpen] = useState<boolean>();
  const { activities } = useTransactions();
  const wallet = useWallet();
  const underWay = activities.filter(({ step }) => !OVER.has(step)).length;
  useSayWhatEnded(activities);
  if (wallet.status !== "connected") return null;
  return (
    <>
      <Button size="small" kind="quiet" onClick={() => setOpen(true)} title={t.openActivity(underWay)}>
        <Icon name="clock" />
        <span className="sr-only">{t.activity}</span>
        {underWay > 0 && (
          <span className="tabular-nums">
            {underWay} <span className="sr-only">{t.underWay}</span>
          </span>
        )}
      </Button>
      {isOpen !== undefined && <ActivityDialog open={isOpen} onOpenChange={setOpen} />}
    </>
  );
}

/** Whoever has gone on to another part of the page hears how it ended. */
function useSayWhatEnded(activities: readonly Activity[]): void {
  const t = useTexts(catalogue);
  const kindText = useKindText();
  const say = useAnnounce();
  const before = useRef(new Map<string, string>());
  useEffect(() => {
    for (const activity of activities) {
      const known = before.current.get(activity.id);
      before.current.set(activity.id, activity.step);
      const hasEnded = known !== undefined && known !== activity.step && OVER.has(activity.step);
      if (hasEnded) say(`${kindText(activity)}: ${t.steps[activity.step]("")}`);
    }
  }, [activities, say, kindText, t]);
}
