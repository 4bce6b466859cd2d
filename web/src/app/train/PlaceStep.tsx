"use client";
/** Step 3: known, staked, joined. Each line says whether it is done and holds the button that does it. */
import type { ReactNode } from "react";
import type { Address } from "viem";
import { Button } from "../../components/Button.tsx";
import { formatAmount } from "../../components/format.ts";
import { Icon } from "../../components/Icon.tsx";
import { Link } from "../../components/Link.tsx";
import { links } from "../../components/links.ts";
import { Panel } from "../../components/Panel.tsx";
import { Notice } from "../../components/States.tsx";
import { useChainState } from "../../index/hooks.ts";
import type { Task } from "../../index/types.ts";
import { train as catalogue } from "../../messages/train.ts";
import { useLanguage, useTexts } from "../../messages/useTexts.ts";
import { type Readiness, readinessOf } from "../../training/readiness.ts";
import { TxButton } from "../../transactions/TxButton.tsx";
import { useWallet } from "../../wallet/useWallet.ts";
import { useOpenWalletDialog } from "../../wallet/WalletProvider.tsx";
import { AnnounceButton } from "./AnnounceButton.tsx";

export function PlaceStep({ task }: { readonly task: Task }) {
  const t = useTexts(catalogue);
  const wallet = useWallet();
  const openWallet = useOpenWalletDialog();
  const state = useChainState();
  return (
    <Panel title={t.steps.place} note={t.place.lead}>
      {wallet.address === undefined ? (
        <Button kind="primary" icon="wallet" onClick={openWallet}>
          {t.place.wallet}
        </Button>
      ) : (
        <Places task={task} account={wallet.address} readiness={readinessOf(state, task, wallet.address)} />
      )}
    </Panel>
  );
}

interface PlacesProps {
  readonly task: Task;
  readonly account: Address;
  readonly readiness: Readiness;
}

function Places({ task, account, readiness }: PlacesProps) {
  const t = useTexts(catalogue);
  const [language] = useLanguage();
  const { isEnrolled, isAnnounced, isOtherNode, missingStakeWei, balanceWei, hasPlace } = readiness;
  const amount = (wei: bigint): string => formatAmount(wei, language);
  const hasStake = isEnrolled || (missingStakeWei === 0n && isAnnounced);
  const canPay = balanceWei >= missingStakeWei;
  const blocked = !hasPlace
    ? t.place.full
    : readiness.missingReputationNano > 0
      ? t.place.reputation
      : !isAnnounced || missingStakeWei > 0n
        ? t.place.first
        : undefined;
  if (isOtherNode) return <Notice tone="warning">{t.place.otherNode}</Notice>;
  return (
    <ol className="flex flex-col divide-y divide-line">
      <Line title={t.place.announce} text={t.place.announceText} isDone={isAnnounced}>
        <AnnounceButton account={account} />
      </Line>
      <Line title={t.place.stake} text={t.place.stakeText(amount(task.terms.minStakeWei))} isDone={hasStake}>
        <div className="flex flex-col gap-2">
          <TxButton
            blocked={!isAnnounced ? t.place.announceFirst : canPay ? undefined : t.place.notEnough(amount(balanceWei))}
            spec={{
              kind: "stake",
              subject: { amountWei: `${missingStakeWei}` },
              call: { contract: "nodeRegistry", functionName: "stake", args: [missingStakeWei] },
              spends: {
                amountWei: missingStakeWei,
                withPermit: ({ deadline, v, r, s }) => ({
                  contract: "nodeRegistry",
                  functionName: "stakeWithPermit",
                  args: [missingStakeWei, deadline, v, r, s],
                }),
              },
            }}
          >
            {t.place.stakeButton(amount(missingStakeWei))}
          </TxButton>
          {isAnnounced && !canPay && (
            <Link href={links.wallet()} className="text-sm underline">
              {t.place.faucet}
            </Link>
          )}
        </div>
      </Line>
      <Line title={t.place.join} text={t.place.joinText(amount(task.terms.missedRevealSlashWei))} isDone={isEnrolled}>
        <TxButton
          blocked={blocked}
          spec={{
            kind: "join",
            subject: { task: `${task.id}` },
            call: { contract: "flContract", functionName: "join", args: [task.id] },
          }}
        >
          {t.place.joinButton(`${task.id}`)}
        </TxButton>
      </Line>
    </ol>
  );
}

interface LineProps {
  readonly title: string;
  readonly text: string;
  readonly isDone: boolean;
  readonly children: ReactNode;
}

function Line({ title, text, isDone, children }: LineProps) {
  const t = useTexts(catalogue);
  return (
    <li className="flex gap-3 py-3 first:pt-1 last:pb-0">
      <Icon name={isDone ? "check" : "circle"} className={`mt-0.5 size-5 ${isDone ? "text-success" : "text-muted"}`} />
      <div className="flex min-w-0 flex-1 flex-col gap-2">
        <p>
          <span className="font-medium">{title}</span>{" "}
          <span className={`text-sm ${isDone ? "text-success" : "text-muted"}`}>
            ({isDone ? t.place.done : t.place.open})
          </span>
        </p>
        {!isDone && <p className="text-sm text-muted">{text}</p>}
        {!isDone && children}
      </div>
    </li>
  );
}
