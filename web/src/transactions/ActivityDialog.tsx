"use client";
/** Everything that the connected account sent from this browser, newest first: the record, where notices are only its echo. */
import { Button } from "../components/Button.tsx";
import { Dialog } from "../components/Dialog.tsx";
import { formatDateTime } from "../components/format.ts";
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

export interface ActivityDialogProps {
  readonly open: boolean;
  readonly onOpenChange: (open: boolean) => void;
}

export function ActivityDialog({ open, onOpenChange }: ActivityDialogProps) {
  const t = useTexts(catalogue);
  const { activities } = useTransactions();
  return (
    <Dialog open={open} onOpenChange={onOpenChange} from="side" title={t.activity} lead={t.activityLead}>
      <ActivityList activities={activities} />
    </Dialog>
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
