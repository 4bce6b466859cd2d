"use client";
/** Which data sets exist, what binds their records, and who used them. No data passes through here. */
import { Address } from "../../components/Address.tsx";
import { useAccountAddress } from "../../components/account.ts";
import { Badge } from "../../components/Badge.tsx";
import { Link } from "../../components/Link.tsx";
import { links } from "../../components/links.ts";
import { PageHeading, Panel } from "../../components/Panel.tsx";
import { Empty, Loading } from "../../components/States.tsx";
import { type Column, Table } from "../../components/Table.tsx";
import { Count } from "../../components/Value.tsx";
import { useChainState, useIndexStatus } from "../../index/hooks.ts";
import type { Dataset } from "../../index/types.ts";
import { datasets as catalogue } from "../../messages/datasets.ts";
import { useTexts } from "../../messages/useTexts.ts";
import { ModelName } from "../model/ModelName.tsx";

export function DatasetsPage() {
  const t = useTexts(catalogue);
  const all = [...useChainState().datasets.values()].reverse();
  const { phase } = useIndexStatus();
  return (
    <>
      <PageHeading title={t.title} lead={t.lead} />
      <Panel title={t.registered} flush>
        {all.length === 0 && phase !== "following" ? (
          <Loading lines={4} />
        ) : all.length === 0 ? (
          <Empty icon="database" title={t.none}>
            {t.noneText} <code className="rounded bg-sunken px-1 whitespace-nowrap">npx cairn data register</code>
          </Empty>
        ) : (
          <DatasetTable datasets={all} />
        )}
      </Panel>
    </>
  );
}

export function AccessBadge({ isPublic }: Pick<Dataset, "isPublic">) {
  const t = useTexts(catalogue);
  return isPublic ? (
    <Badge icon="eye" tone="info" title={t.publicNote}>
      {t.public}
    </Badge>
  ) : (
    <Badge icon="lock" tone="warning" title={t.restrictedNote}>
      {t.restricted}
    </Badge>
  );
}

function DatasetTable({ datasets }: { readonly datasets: readonly Dataset[] }) {
  const t = useTexts(catalogue);
  const me = useAccountAddress();
  const columns: readonly Column<Dataset>[] = [
    {
      key: "name",
      header: t.name,
      isName: true,
      sortBy: ({ name }) => name,
      cell: ({ id, name }) => (
        <Link href={links.dataset(id)} className="font-medium hover:underline">
          <ModelName name={name} />
        </Link>
      ),
    },
    {
      key: "records",
      header: t.records,
      align: "end",
      sortBy: ({ recordCount }) => recordCount,
      cell: ({ recordCount }) => <Count value={recordCount} />,
    },
    { key: "access", header: t.access, cell: ({ isPublic }) => <AccessBadge isPublic={isPublic} /> },
    {
      key: "usage",
      header: t.usedBy,
      align: "end",
      sortBy: ({ usageCount }) => usageCount,
      cell: ({ usageCount }) => <Count value={usageCount} />,
    },
    {
      key: "owner",
      header: t.owner,
      cell: ({ owner }) => <Address address={owner} mine={owner === me} copyable={false} />,
    },
  ];
  return (
    <Table
      caption={t.registered}
      columns={columns}
      rows={datasets}
      rowKey={({ id }) => `${id}`}
      isMine={({ owner }) => owner === me}
    />
  );
}
