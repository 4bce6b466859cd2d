"use client";
/** What every round paid, and for what; as a file too. */
import type { Address } from "viem";
import { Button } from "../../components/Button.tsx";
import { downloadCsv } from "../../components/csv.ts";
import { exactAmount } from "../../components/format.ts";
import { Link } from "../../components/Link.tsx";
import { links } from "../../components/links.ts";
import { Panel } from "../../components/Panel.tsx";
import { Empty } from "../../components/States.tsx";
import { type Column, Table } from "../../components/Table.tsx";
import { Amount, Count } from "../../components/Value.tsx";
import { useChainState } from "../../index/hooks.ts";
import { type RoundReward, rewardsOf } from "../../index/select.ts";
import { useTexts } from "../../messages/useTexts.ts";
import { walletPage as catalogue } from "../../messages/walletPage.ts";

export function Rewards({ account }: { readonly account: Address }) {
  const t = useTexts(catalogue);
  const rewards = rewardsOf(useChainState(), account);
  const columns: readonly Column<RoundReward>[] = [
    {
      key: "round",
      header: t.round,
      isName: true,
      sortBy: ({ round }) => round.opened.blockNumber,
      cell: ({ task, round }) => (
        <Link href={links.round(task.id, round.number)} className="hover:underline">
          {t.roundOf(round.number, `${task.id}`)}
        </Link>
      ),
    },
    { key: "why", header: t.reason, cell: (reward) => <Reasons reward={reward} /> },
    {
      key: "block",
      header: t.block,
      align: "end",
      cell: ({ round }) => round.ended && <Count value={round.ended.blockNumber} />,
    },
    {
      key: "paid",
      header: t.paid,
      align: "end",
      sortBy: ({ updateWei, verdictWei }) => updateWei + verdictWei,
      cell: ({ updateWei, verdictWei }) => <Amount wei={updateWei + verdictWei} />,
    },
  ];
  const save = () =>
    downloadCsv(`cairn-rewards-${account}`, [
      ["task", "round", "block", "transaction", "for", "CAIRN"],
      ...rewards.flatMap(({ task, round, updateWei, verdictWei }) =>
        [
          { what: "update accepted", wei: updateWei },
          { what: "verdict", wei: verdictWei },
        ]
          .filter(({ wei }) => wei > 0n)
          .map(({ what, wei }) => {
            const { blockNumber, transactionHash } = round.ended ?? round.opened;
            return [task.id, round.number, blockNumber, transactionHash, what, exactAmount(wei)];
          }),
      ),
    ]);
  return (
    <Panel
      title={t.rewards}
      note={t.rewardsNote}
      flush
      aside={
        rewards.length > 0 && (
          <Button size="small" kind="quiet" icon="download" onClick={save}>
            {t.csv}
          </Button>
        )
      }
    >
      {rewards.length === 0 ? (
        <Empty icon="stones" title={t.noRewards}>
          {t.noRewardsText}
        </Empty>
      ) : (
        <Table
          caption={t.rewards}
          columns={columns}
          rows={rewards}
          rowKey={({ task, round }) => `${task.id}-${round.number}`}
          pageRows={20}
        />
      )}
    </Panel>
  );
}

function Reasons({ reward: { updateWei, verdictWei } }: { readonly reward: RoundReward }) {
  const t = useTexts(catalogue);
  return <>{[updateWei > 0n && t.forUpdate, verdictWei > 0n && t.forVerdict].filter(Boolean).join(" · ")}</>;
}
