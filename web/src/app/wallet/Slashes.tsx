"use client";
/** What was taken and why. Shown only to whom it happened. */
import type { Address as AccountAddress } from "viem";
import { zeroAddress } from "viem";
import { Address, Hash } from "../../components/Address.tsx";
import { Panel } from "../../components/Panel.tsx";
import { type Column, Table } from "../../components/Table.tsx";
import { Amount, Count } from "../../components/Value.tsx";
import { useNode } from "../../index/hooks.ts";
import { slashReasonOf } from "../../index/select.ts";
import type { Slash } from "../../index/types.ts";
import { useTexts } from "../../messages/useTexts.ts";
import { walletPage as catalogue } from "../../messages/walletPage.ts";

export function Slashes({ account }: { readonly account: AccountAddress }) {
  const t = useTexts(catalogue);
  const slashes = useNode(account)?.slashes ?? [];
  if (slashes.length === 0) return null;
  const columns: readonly Column<Slash>[] = [
    { key: "why", header: t.reason, isName: true, cell: (slash) => t.slashReasons[slashReasonOf(slash)] },
    {
      key: "prover",
      header: t.reportedBy,
      cell: ({ prover }) =>
        prover === zeroAddress ? t.nobody : <Address address={prover} mine={prover === account} />,
    },
    { key: "block", header: t.block, align: "end", cell: ({ at }) => <Count value={at.blockNumber} /> },
    { key: "tx", header: t.transaction, cell: ({ at }) => <Hash hash={at.transactionHash} kind="tx" /> },
    {
      key: "taken",
      header: t.taken,
      align: "end",
      sortBy: ({ bountyWei, burnedWei }) => bountyWei + burnedWei,
      cell: ({ bountyWei, burnedWei }) => <Amount wei={bountyWei + burnedWei} />,
    },
  ];
  return (
    <Panel title={t.slashes} note={t.slashesNote} flush>
      <Table
        caption={t.slashes}
        columns={columns}
        rows={[...slashes].reverse()}
        rowKey={({ at }) => `${at.transactionHash}-${at.logIndex}`}
      />
    </Panel>
  );
}
