"use client";
/** Every movement of an account's CAIRN, as a table and as a file. */
import type { Address as AccountAddress } from "viem";
import { zeroAddress } from "viem";
import { Address, Hash } from "../../components/Address.tsx";
import { Button } from "../../components/Button.tsx";
import { downloadCsv } from "../../components/csv.ts";
import { exactAmount } from "../../components/format.ts";
import { Panel } from "../../components/Panel.tsx";
import { Empty } from "../../components/States.tsx";
import { type Column, Table } from "../../components/Table.tsx";
import { TimeAgo } from "../../components/Time.tsx";
import { Amount } from "../../components/Value.tsx";
import { useBlockTime, useChainState, useIndexContext } from "../../index/hooks.ts";
import { type Movement, movementsOf } from "../../index/movements.ts";
import { useTexts } from "../../messages/useTexts.ts";
import { walletPage as catalogue } from "../../messages/walletPage.ts";
import { useRuntime } from "../../runtime/RuntimeProvider.tsx";

export function Movements({ account }: { readonly account: AccountAddress }) {
  const t = useTexts(catalogue);
  const { contracts } = useRuntime();
  const { blockTime } = useIndexContext();
  const movements = movementsOf(useChainState(), account, Object.values(contracts));
  const columns: readonly Column<Movement>[] = [
    { key: "what", header: t.what, isName: true, cell: ({ kind }) => t.moved[kind] },
    { key: "with", header: t.with, cell: (movement) => <With movement={movement} /> },
    {
      key: "when",
      header: t.when,
      sortBy: ({ at }) => at.blockNumber,
      cell: ({ at }) => <When blockNumber={at.blockNumber} />,
    },
    { key: "tx", header: t.transaction, cell: ({ at }) => <Hash hash={at.transactionHash} kind="tx" /> },
    {
      key: "amount",
      header: t.amount,
      align: "end",
      sortBy: ({ amountWei }) => amountWei,
      cell: ({ amountWei, sign }) => (
        <>
          {sign === 1 ? "+" : sign === -1 ? "−" : ""}
          <Amount wei={amountWei} />
        </>
      ),
    },
  ];
  const save = async () => {
    const rows = movements.map(async ({ kind, amountWei, sign, taskId, at, with: other }) => {
      const seconds = await blockTime(at.blockNumber).catch(() => undefined); // the row is worth having without it
      const time = seconds === undefined ? "" : new Date(seconds * 1_000).toISOString();
      return [time, at.blockNumber, at.transactionHash, kind, taskId, other, sign, exactAmount(amountWei)];
    });
    const header = ["time", "block", "transaction", "kind", "task", "with", "sign", "CAIRN"];
    downloadCsv(`cairn-movements-${account}`, [header, ...(await Promise.all(rows))]);
  };
  return (
    <Panel
      title={t.history}
      note={t.historyNote}
      flush
      aside={
        movements.length > 0 && (
          <Button size="small" kind="quiet" icon="download" onClick={() => void save()}>
            {t.csv}
          </Button>
        )
      }
    >
      {movements.length === 0 ? (
        <Empty icon="wallet" title={t.noMovements} />
      ) : (
        <Table
          caption={t.history}
          columns={columns}
          rows={movements}
          rowKey={({ at }) => `${at.transactionHash}-${at.logIndex}`}
          pageRows={25}
        />
      )}
    </Panel>
  );
}

function With({ movement }: { readonly movement: Movement }) {
  const t = useTexts(catalogue);
  if (movement.taskId !== undefined) return <>{t.taskShort(`${movement.taskId}`)}</>;
  if (movement.with === undefined || movement.with === zeroAddress) return <span className="text-muted">–</span>;
  return <Address address={movement.with} copyable={false} />;
}

function When({ blockNumber }: { readonly blockNumber: bigint }) {
  const at = useBlockTime(blockNumber);
  return at === undefined ? <>…</> : <TimeAgo at={at} />;
}
