"use client";
/** Who trains here, and what it brought. */
import { useMemo } from "react";
import type { Address as AccountAddress } from "viem";
import { Address } from "../../components/Address.tsx";
import { Panel } from "../../components/Panel.tsx";
import { Empty } from "../../components/States.tsx";
import { type Column, Table } from "../../components/Table.tsx";
import { Amount } from "../../components/Value.tsx";
import type { Task } from "../../index/types.ts";
import { tasks as catalogue } from "../../messages/tasks.ts";
import { useTexts } from "../../messages/useTexts.ts";

interface Row {
  readonly trainer: AccountAddress;
  readonly fromRound: number;
  readonly accepted: number;
  readonly rejected: number;
  readonly earnedWei: bigint;
  readonly claimableWei: bigint;
}

export function TaskTrainers({ task, me }: { readonly task: Task; readonly me: AccountAddress | undefined }) {
  const { trainers: t } = useTexts(catalogue);
  const rows = useMemo(() => rowsOf(task), [task]);
  const columns: readonly Column<Row>[] = [
    {
      key: "trainer",
      header: t.trainer,
      isName: true,
      cell: ({ trainer }) => <Address address={trainer} mine={trainer === me} />,
    },
    { key: "since", header: t.since, align: "end", sortBy: (row) => row.fromRound, cell: (row) => row.fromRound },
    { key: "accepted", header: t.accepted, align: "end", sortBy: (row) => row.accepted, cell: (row) => row.accepted },
    { key: "rejected", header: t.rejected, align: "end", sortBy: (row) => row.rejected, cell: (row) => row.rejected },
    {
      key: "earned",
      header: t.earned,
      align: "end",
      sortBy: (row) => row.earnedWei,
      cell: (row) => <Amount wei={row.earnedWei} />,
    },
    {
      key: "claimable",
      header: t.claimable,
      align: "end",
      sortBy: (row) => row.claimableWei,
      cell: (row) => <Amount wei={row.claimableWei} />,
    },
  ];
  return (
    <Panel title={t.title} flush>
      {rows.length === 0 ? (
        <Empty icon="users" title={t.none} />
      ) : (
        <Table
          caption={t.caption}
          columns={columns}
          rows={rows}
          rowKey={({ trainer }) => trainer}
          isMine={({ trainer }) => trainer === me}
        />
      )}
    </Panel>
  );
}

function rowsOf(task: Task): Row[] {
  const updates = task.rounds.flatMap(({ participants }) => participants);
  return [...task.trainers].map(([trainer, { fromRound }]) => {
    const own = updates.filter((update) => update.trainer === trainer);
    return {
      trainer,
      fromRound,
      accepted: own.filter(({ accepted }) => accepted === true).length,
      rejected: own.filter(({ accepted, revealed }) => accepted === false && revealed !== undefined).length,
      earnedWei: task.earned.get(trainer) ?? 0n,
      claimableWei: task.claimable.get(trainer) ?? 0n,
    };
  });
}
