"use client";
/** Every time stake was taken, with the reason that the contract gave. */
import { Hash } from "../../components/Address.tsx";
import { Panel } from "../../components/Panel.tsx";
import { type Column, Table } from "../../components/Table.tsx";
import { Amount } from "../../components/Value.tsx";
import { slashReasonOf } from "../../index/select.ts";
import type { Node, Slash } from "../../index/types.ts";
import { chain } from "../../messages/chain.ts";
import { trainers as catalogue } from "../../messages/trainers.ts";
import { useTexts } from "../../messages/useTexts.ts";

export function Losses({ node }: { readonly node: Node }) {
  const t = useTexts(catalogue);
  const { slashReasons } = useTexts(chain);
  const columns: readonly Column<Slash>[] = [
    { key: "why", header: t.why, isName: true, cell: (slash) => slashReasons[slashReasonOf(slash)] },
    {
      key: "lost",
      header: t.lost,
      align: "end",
      sortBy: ({ bountyWei, burnedWei }) => bountyWei + burnedWei,
      cell: ({ bountyWei, burnedWei }) => <Amount wei={bountyWei + burnedWei} />,
    },
    { key: "where", header: t.where, align: "end", cell: ({ at }) => <Hash hash={at.transactionHash} kind="tx" /> },
  ];
  return (
    <Panel title={t.slashes} flush>
      <Table
        caption={t.slashesCaption}
        columns={columns}
        rows={node.slashes}
        rowKey={({ at }) => `${at.transactionHash}-${at.logIndex}`}
      />
    </Panel>
  );
}
