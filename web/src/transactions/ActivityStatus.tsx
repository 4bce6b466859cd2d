"use client";
/** How one write stands, in words, with what to do when it went wrong. */
import { Hash } from "../components/Address.tsx";
import { Icon, type IconName } from "../components/Icon.tsx";
import { Failure } from "../components/States.tsx";
import { transactions as catalogue } from "../messages/transactions.ts";
import { useTexts } from "../messages/useTexts.ts";
import { useWallet } from "../wallet/useWallet.ts";
import type { Activity, Step } from "./activity.ts";
import { useFailureText } from "./useFailureText.ts";

export const STEP_LOOK: Readonly<Record<Step, readonly [IconName, string]>> = {
  checking: ["dashed", "text-muted"],
  permitting: ["pen", "text-info"],
  awaitingWallet: ["wallet", "text-info"],
  interrupted: ["dashed", "text-warning"],
  pending: ["clock", "text-info"],
  confirmed: ["refresh", "text-info"],
  done: ["check", "text-success"],
  failed: ["alert", "text-danger"],
  rejected: ["minus", "text-muted"],
  reverted: ["alert", "text-danger"],
  cancelled: ["ban", "text-warning"],
  dropped: ["ban", "text-warning"],
};

export function ActivityStatus({ activity }: { readonly activity: Activity | undefined }) {
  const { name = "" } = useWallet() as { readonly name?: string };
  const isWrong = activity?.step === "failed" || activity?.step === "reverted";
  return (
    <div className="text-sm">
      <div role="status">
        {activity !== undefined && !isWrong && <StepLine activity={activity} walletName={name} />}
      </div>
      <div role="alert">{isWrong && <WhatWentWrong activity={activity} />}</div>
    </div>
  );
}

function WhatWentWrong({ activity: { step, failure } }: { readonly activity: Activity }) {
  const t = useTexts(catalogue);
  const explain = useFailureText();
  if (failure === undefined) return null;
  const { what, next } = explain(failure);
  return (
    <Failure
      code={failure.code}
      title={step === "reverted" ? t.revertedTitle : t.failedTitle}
      details={failure.message}
    >
      <p>{what}</p>
      <p className="mt-1 text-muted">{next}</p>
    </Failure>
  );
}

export function StepLine({ activity, walletName }: { readonly activity: Activity; readonly walletName: string }) {
  const t = useTexts(catalogue);
  const [icon, colour] = STEP_LOOK[activity.step];
  return (
    <p className="flex flex-wrap items-center gap-x-2 gap-y-0.5">
      <span className={`inline-flex items-center gap-1.5 ${colour}`}>
        <Icon name={icon} />
        {t.steps[activity.step](walletName)}
      </span>
      {activity.slow && <span className="text-muted">{t.slow[slowKind(activity.step)](walletName)}</span>}
      {activity.replaced !== undefined && activity.step === "pending" && <span>{t.spedUp}</span>}
      {activity.hash !== undefined && <Hash hash={activity.hash} kind="tx" />}
    </p>
  );
}

function slowKind(step: Step): "wallet" | "network" {
  return step === "permitting" || step === "awaitingWallet" ? "wallet" : "network";
}
