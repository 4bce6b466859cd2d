"use client";
/** After a deadline nothing moves by itself: anyone may move the round on. */
import { useChainSeconds } from "../../components/clock.ts";
import { Notice } from "../../components/States.tsx";
import type { Round } from "../../index/types.ts";
import { rounds } from "../../messages/rounds.ts";
import { transactions } from "../../messages/transactions.ts";
import { useTexts } from "../../messages/useTexts.ts";
import { TxButton } from "../../transactions/TxButton.tsx";

/** Nodes do it within moments; only when they don't is it worth a visitor's gas. Unit: seconds. */
const PATIENCE_SECONDS = 10;

export function AdvanceRound({ round }: { readonly round: Round }) {
  const t = useTexts(rounds);
  const { kinds } = useTexts(transactions);
  const now = useChainSeconds();
  const isOver = round.ended === undefined && round.deadline > 0 && now >= round.deadline + PATIENCE_SECONDS;
  if (!isOver) return null;
  const subject = { task: `${round.taskId}`, round: `${round.number}` };
  return (
    <Notice tone="warning">
      <p className="mb-2">{t.anyoneAdvances}</p>
      <TxButton
        size="small"
        kind="secondary"
        spec={{
          kind: "advance",
          subject,
          call: { contract: "flContract", functionName: "advance", args: [round.taskId] },
        }}
      >
        {kinds.advance(subject)}
      </TxButton>
    </Notice>
  );
}
