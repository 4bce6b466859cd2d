"use client";
/** Everything that the connected account sent from this browser, newest first: the record, where notices are only its echo. */
import { useEffect, useRef, useState } from "react";
import { useAnnounce } from "../components/Announcer.tsx";
import { Button } from "../components/Button.tsx";
import { Dialog } from "../components/Dialog.tsx";
import { formatDateTime } from "../components/format.ts";
import { Icon } from "../components/Icon.tsx";
import { Empty } from "../components/States.tsx";
import { Amount } from "../components/Value.tsx";
import { transactions as catalogue } from "../messages/transactions.ts";
import { useLanguage, useTexts } from "../messages/useTexts.ts";
import { useWallet } from "../wallet/useWallet.ts";
import { StepLine } from "./ActivityStatus.tsx";
import { type Activity, OVER } from "./activity.ts";
import { useTransactions } from "./TransactionsProvider.tsx";
import { useFailureText } from "./useFailureText.ts";
import { useKindText } from "./useKindText.ts";

/** In the header: how many are under way, and the way to the list. */
export function ActivityButton() {
  const t = useTexts(catalogue);
  const [isOpen, setOpen] = useState(false);
  const { activities } = useTransactions();
  const wallet = useWallet();
  const underWay = activities.filter(({ step }) => !OVER.has(step)).length;
  useSayWhatEnded(activities);
  if (wallet.status !== "connected") return null;
  return (
    <>
      <Button size="small" kind="quiet" onClick={() => setOpen(true)} aria-label={t.openActivity(underWay)}>
        <Icon name="clock" />
        {underWay > 0 && <span className="tabular-nums">{underWay}</span>}
      </Button>
      <Dialog open={isOpen} onOpenChange={setOpen} from="side" title={t.activity} lead={t.activityLead}>
        <ActivityList activities={activities} />
      </Dialog>
    </>
  );
}

function ActivityList({ activities }: { readonly activities: readonly Activity[] }) {
  const t = useTexts(catalogue);
  const { clearOver } = useTransactions();
  if (activities.length === 0) return <Empty icon="clock" title={t.nothingYet} />;
  return (
    <div className="flex flex-col gap-4">
      <ol className="flex flex-col divide-y divide-line">
        {activities.map((activity) => (
          <li key={activity.id} className="py-3 first:pt-0">
            <Entry activity={activity} />
          </li>
        ))}
      </ol>
      {activities.some(({ step }) => OVER.has(step)) && (
        <Button size="small" kind="quiet" className="self-start" onClick={clearOver}>
          {t.clearOver}
        </Button>
      )}
    </div>
  );
}

function Entry({ activity }: { readonly activity: Activity }) {
  const t = useTexts(catalogue);
  const kindText = useKindText();
  const explain = useFailureText();
  const { name = "" } = useWallet() as { readonly name?: string };
  const { failure, feeWei } = activity;
  return (
    <div className="text-sm">
      <div className="min-w-0">
        <p className="font-medium break-words">{kindText(activity)}</p>
        <StepLine activity={activity} walletName={name} />
        {failure !== undefined && (
          <p className="mt-1 text-muted">
            {explain(failure).what} {explain(failure).next}
          </p>
        )}
        <p className="mt-1 text-xs text-muted">
          <StartedAt ms={activity.startedAtMs} />
          {feeWei !== undefined && (
            <>
              {" · "}
              {t.fee} <Amount wei={BigInt(feeWei)} unit="ETH" digits={6} />
            </>
          )}
        </p>
      </div>
    </div>
  );
}

function StartedAt({ ms }: { readonly ms: number }) {
  const [language] = useLanguage();
  return <time dateTime={new Date(ms).toISOString()}>{formatDateTime(ms / 1_000, language)}</time>;
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
