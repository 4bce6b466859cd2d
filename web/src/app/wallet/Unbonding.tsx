"use client";
/** Stake on its way out: each part with its own clock. */
import { useChainSeconds } from "../../components/clock.ts";
import { formatAmount } from "../../components/format.ts";
import { Countdown } from "../../components/Time.tsx";
import { Amount } from "../../components/Value.tsx";
import type { Node } from "../../index/types.ts";
import { useLanguage, useTexts } from "../../messages/useTexts.ts";
import { walletPage as catalogue } from "../../messages/walletPage.ts";
import { TxButton } from "../../transactions/TxButton.tsx";

export function Unbonding({ node }: { readonly node: Node }) {
  const t = useTexts(catalogue);
  const [language] = useLanguage();
  const now = useChainSeconds();
  if (node.unbonding.length === 0) return null;
  const maturedWei = node.unbonding.reduce((sum, it) => (it.availableAt <= now ? sum + it.amountWei : sum), 0n);
  return (
    <div className="mt-5 flex flex-col gap-3 border-t border-line pt-4">
      <h3 className="text-sm font-medium">{t.waiting}</h3>
      <ul className="flex flex-col gap-1.5 text-sm">
        {node.unbonding.map(({ amountWei, availableAt }) => (
          <li key={`${availableAt}-${amountWei}`} className="flex flex-wrap justify-between gap-2">
            <Amount wei={amountWei} />
            {availableAt <= now ? (
              <span className="text-success">{t.matured}</span>
            ) : (
              <span className="text-muted">
                {t.maturesIn} <Countdown until={availableAt} />
              </span>
            )}
          </li>
        ))}
      </ul>
      <TxButton
        kind="secondary"
        blocked={maturedWei === 0n ? t.nothingMatured : undefined}
        spec={{
          kind: "withdraw",
          subject: { amountWei: `${maturedWei}` },
          call: { contract: "nodeRegistry", functionName: "withdraw", args: [] },
        }}
      >
        {t.withdrawButton(formatAmount(maturedWei, language))}
      </TxButton>
    </div>
  );
}
