"use client";
/** Rewards that wait: one transaction a task takes those of all its rounds. */
import type { Address } from "viem";
import { formatAmount } from "../../components/format.ts";
import { Link } from "../../components/Link.tsx";
import { links } from "../../components/links.ts";
import { Panel } from "../../components/Panel.tsx";
import { Empty } from "../../components/States.tsx";
import { Amount } from "../../components/Value.tsx";
import { useChainState } from "../../index/hooks.ts";
import { rewardsOf } from "../../index/select.ts";
import { useLanguage, useTexts } from "../../messages/useTexts.ts";
import { walletPage as catalogue } from "../../messages/walletPage.ts";
import { TxButton } from "../../transactions/TxButton.tsx";

export function Claims({ account }: { readonly account: Address }) {
  const t = useTexts(catalogue);
  const [language] = useLanguage();
  const state = useChainState();
  const earning = [...state.tasks.values()].filter(({ earned }) => earned.has(account)).reverse();
  const rewards = rewardsOf(state, account);
  const bountyWei = state.bounties.get(account) ?? 0n;
  return (
    <Panel title={t.claims} note={t.claimsNote}>
      {earning.length === 0 && bountyWei === 0n && <Empty icon="stones" title={t.nothingToClaim} />}
      <ul className="flex flex-col divide-y divide-line">
        {earning.map((task) => {
          const wei = task.claimable.get(account) ?? 0n;
          return (
            <li key={`${task.id}`} className="flex flex-col gap-2 py-3 first:pt-0 last:pb-0">
              <p className="flex flex-wrap items-baseline justify-between gap-2">
                <Link href={links.task(task.id)} className="font-medium hover:underline">
                  {t.task(`${task.id}`)}
                </Link>
                <span className="text-lg font-semibold">
                  <Amount wei={wei} />
                </span>
              </p>
              <p className="text-sm text-muted">
                {t.earnedIn(rewards.filter((reward) => reward.task.id === task.id).length)}
              </p>
              <TxButton
                size="small"
                blocked={wei === 0n ? t.allClaimed : undefined}
                spec={{
                  kind: "claim",
                  subject: { amountWei: `${wei}`, task: `${task.id}` },
                  call: { contract: "flContract", functionName: "claim", args: [task.id] },
                }}
              >
                {t.claimButton(formatAmount(wei, language))}
              </TxButton>
            </li>
          );
        })}
        {bountyWei > 0n && (
          <li className="flex flex-col gap-2 py-3 last:pb-0">
            <p className="flex justify-between gap-2">
              <span className="font-medium">{t.bounty}</span>
              <span className="text-lg font-semibold">
                <Amount wei={bountyWei} />
              </span>
            </p>
            <p className="text-sm text-muted">{t.bountyNote}</p>
            <TxButton
              size="small"
              spec={{
                kind: "claimBounty",
                subject: { amountWei: `${bountyWei}` },
                call: { contract: "nodeRegistry", functionName: "claimBounty", args: [] },
              }}
            >
              {t.claimButton(formatAmount(bountyWei, language))}
            </TxButton>
          </li>
        )}
      </ul>
    </Panel>
  );
}
