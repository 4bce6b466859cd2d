"use client";
/** Coins for whoever asks, on a chain of one's own. */
import { useMutation } from "@tanstack/react-query";
import type { Address } from "viem";
import { useAnnounce } from "../../components/Announcer.tsx";
import { Button } from "../../components/Button.tsx";
import { Panel } from "../../components/Panel.tsx";
import { Failure } from "../../components/States.tsx";
import { useIndexContext } from "../../index/hooks.ts";
import { useTexts } from "../../messages/useTexts.ts";
import { walletPage as catalogue } from "../../messages/walletPage.ts";

/** Unit: milliseconds. */
const DEADLINE_MS = 20_000;

export function Faucet({ account, address }: { readonly account: Address; readonly address: string }) {
  const t = useTexts(catalogue);
  const say = useAnnounce();
  const { refresh } = useIndexContext();
  const ask = useMutation({
    mutationFn: async () => {
      const answer = await fetch(address, {
        method: "POST",
        body: JSON.stringify({ account }),
        headers: { "content-type": "application/json" },
        signal: AbortSignal.timeout(DEADLINE_MS),
      });
      if (!answer.ok) throw new Error((await answer.text()).slice(0, 300));
    },
    onSuccess: () => {
      refresh();
      say(t.faucetDone);
    },
  });
  return (
    <Panel title={t.faucet} note={t.faucetNote}>
      <div className="flex flex-wrap items-center gap-3">
        <Button busy={ask.isPending} onClick={() => ask.mutate()}>
          {t.faucetButton}
        </Button>
        {ask.isSuccess && <span className="text-sm text-success">{t.faucetDone}</span>}
      </div>
      {ask.error !== null && (
        <div className="mt-3">
          <Failure details={ask.error.message} onRetry={() => ask.mutate()}>
            {t.faucetFailed}
          </Failure>
        </div>
      )}
    </Panel>
  );
}
