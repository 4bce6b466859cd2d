"use client";
/** Chain head, index, lag, and every reason there is to doubt what is shown. */
import { Address } from "../../components/Address.tsx";
import { Button } from "../../components/Button.tsx";
import { PageHeading, Panel } from "../../components/Panel.tsx";
import { Properties, Stat, StatRow } from "../../components/Stat.tsx";
import { Failure, Notice } from "../../components/States.tsx";
import { TimeAgo } from "../../components/Time.tsx";
import { Count } from "../../components/Value.tsx";
import { useIndex, useIndexContext } from "../../index/hooks.ts";
import type { ChainState, IndexStatus } from "../../index/types.ts";
import { status as catalogue } from "../../messages/status.ts";
import { useTexts } from "../../messages/useTexts.ts";
import { useRuntime } from "../../runtime/RuntimeProvider.tsx";

export function StatusPage() {
  const t = useTexts(catalogue);
  const { state, status } = useIndex();
  const { refresh } = useIndexContext();
  const { head, trouble } = status;
  return (
    <>
      <PageHeading
        title={t.title}
        lead={t.lead}
        actions={
          <Button icon="refresh" onClick={refresh}>
            {t.refresh}
          </Button>
        }
      />
      <StatRow>
        <Stat label={t.facts.state}>{t.phases[status.phase]}</Stat>
        <Stat label={t.facts.head} note={head && <TimeAgo at={head.timestamp} />}>
          {head ? <Count value={head.number} /> : "–"}
        </Stat>
        <Stat label={t.facts.indexed}>{status.indexedBlock < 0n ? "–" : <Count value={status.indexedBlock} />}</Stat>
        <Stat label={t.facts.behind} note={t.blocks}>
          <Count value={status.behindBlocks} />
        </Stat>
        <Stat label={t.facts.events}>
          <Count value={state.eventCount} />
        </Stat>
        <Stat label={t.facts.latency}>
          {status.latencyMs === undefined ? "–" : `${Math.round(status.latencyMs)} ms`}
        </Stat>
      </StatRow>
      {trouble !== undefined && (
        <Failure code={trouble.code} title={t.trouble} details={trouble.message} onRetry={refresh}>
          <TimeAgo at={Math.floor(trouble.sinceMs / 1000)} />
        </Failure>
      )}
      <div className="grid gap-6 lg:grid-cols-2">
        <Trust state={state} status={status} />
        <Contracts />
      </div>
    </>
  );
}

interface TrustProps {
  readonly state: ChainState;
  readonly status: IndexStatus;
}

function Trust({ state, status }: TrustProps) {
  const t = useTexts(catalogue);
  const { compared, mismatches } = status.crossCheck;
  return (
    <Panel title={t.trustTitle} note={t.trust}>
      <div className="flex flex-col gap-2 text-sm">
        {mismatches.map(({ what, events, view }) => (
          <Notice key={what} tone="danger">
            {t.mismatch(what, events, view)}
          </Notice>
        ))}
        {mismatches.length === 0 && (
          <Notice tone={compared > 0 ? "success" : "info"}>
            {compared > 0 ? t.compared(`${compared}`) : t.notCompared}
          </Notice>
        )}
        {state.contradictions.length > 0 ? (
          <Notice tone="danger">{t.contradictions(`${state.contradictions.length}`)}</Notice>
        ) : (
          <Notice tone="success">{t.clean}</Notice>
        )}
        {status.unknownLogs > 0 && <Notice tone="warning">{t.unknownLogs(`${status.unknownLogs}`)}</Notice>}
        {status.lastReorg && <Notice tone="info">{t.reorg(`${status.lastReorg.blocks}`)}</Notice>}
        <p className="text-muted">
          {t.thisTab}: {status.leader ? t.leader : t.follower}. {status.persistent ? t.persistent : t.notPersistent}.
        </p>
      </div>
    </Panel>
  );
}

function Contracts() {
  const { chainTitle, rows: t, notOffered } = useTexts(catalogue);
  const { chain, contracts, content, deployedAtBlock } = useRuntime();
  return (
    <Panel title={chainTitle}>
      <Properties
        rows={[
          [t.chain, `${chain.name} (${chain.id})`],
          [t.rpc, chain.rpcUrl],
          [t.since, <Count key="b" value={deployedAtBlock} />],
          ...Object.entries(contracts).map(
            ([name, address]) => [name, <Address key={name} address={address} linked={false} />] as const,
          ),
          [t.gateways, content.gateways.join(", ") || notOffered],
          [t.upload, content.upload ?? notOffered],
        ]}
      />
    </Panel>
  );
}
