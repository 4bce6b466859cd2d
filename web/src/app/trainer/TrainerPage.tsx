"use client";
/** One account as a node: stake, reputation with its causes, rounds, losses. */
import { useSearchParams } from "next/navigation";
import { getAddress, isAddress } from "viem";
import { Address, Hash } from "../../components/Address.tsx";
import { useAccountAddress } from "../../components/account.ts";
import { ButtonLink } from "../../components/Button.tsx";
import { Feed } from "../../components/Feed.tsx";
import { shortHex } from "../../components/format.ts";
import { Link } from "../../components/Link.tsx";
import { links } from "../../components/links.ts";
import { PageHeading, Panel } from "../../components/Panel.tsx";
import { Properties, Stat, StatRow } from "../../components/Stat.tsx";
import { Empty, Loading } from "../../components/States.tsx";
import { Amount, Count, Percent } from "../../components/Value.tsx";
import { useChainState, useIndexStatus } from "../../index/hooks.ts";
import { feedOf, slashedWei, standings } from "../../index/select.ts";
import type { Node } from "../../index/types.ts";
import { trainers as catalogue } from "../../messages/trainers.ts";
import { useTexts } from "../../messages/useTexts.ts";
import { Losses } from "./Losses.tsx";
import { ReputationCurve } from "./ReputationCurve.tsx";
import { RoundsOf } from "./RoundsOf.tsx";

export function TrainerPage() {
  const t = useTexts(catalogue);
  const asked = useSearchParams().get("address") ?? "";
  const address = isAddress(asked, { strict: false }) ? getAddress(asked) : undefined;
  const state = useChainState();
  const { phase } = useIndexStatus();
  const me = useAccountAddress();
  const node = address && state.nodes.get(address);
  if (address === undefined || (node === undefined && (phase === "starting" || phase === "catchingUp"))) {
    return address === undefined ? (
      <Empty wholePage title={t.unknown} action={<All />} />
    ) : (
      <Loading lines={6} wholePage />
    );
  }
  return (
    <>
      <PageHeading
        over={
          <Link href={links.trainers()} className="hover:underline">
            {t.title}
          </Link>
        }
        title={<span className="font-mono text-[0.9em]">{shortHex(address)}</span>}
        lead={<Address address={address} mine={address === me} linked={false} />}
      />
      {node === undefined ? (
        <Empty icon="users" title={t.unknown} action={<All />}>
          {t.unknownText}
        </Empty>
      ) : (
        <NodeView node={node} />
      )}
      <RoundsOf account={address} />
      <Panel title={t.feed} flush>
        <Feed entries={feedOf(state, address)} me={me} />
      </Panel>
    </>
  );
}

function All() {
  const t = useTexts(catalogue);
  return <ButtonLink href={links.trainers()}>{t.back}</ButtonLink>;
}

function NodeView({ node }: { readonly node: Node }) {
  const { facts: f, rows, about, roles, reputationNew } = useTexts(catalogue);
  const state = useChainState();
  const standing = standings(state).find((one) => one.node === node);
  return (
    <>
      <StatRow>
        <Stat
          label={f.stake}
          note={
            node.lockedWei > 0n && (
              <>
                <Amount wei={node.lockedWei} /> {f.locked}
              </>
            )
          }
        >
          <Amount wei={node.stakeWei} />
        </Stat>
        {node.unbondingWei > 0n && (
          <Stat label={f.unbonding}>
            <Amount wei={node.unbondingWei} />
          </Stat>
        )}
        <Stat label={f.balance}>
          <Amount wei={state.balances.get(node.address) ?? 0n} />
        </Stat>
        <Stat label={f.reputation}>
          {node.reputation.length === 0 ? (
            <span className="text-base font-normal text-muted">{reputationNew}</span>
          ) : (
            <Percent share={node.reputationNano / 1e9} />
          )}
        </Stat>
        <Stat label={f.accepted} note={standing && `${standing.rejected} ${f.rejected}`}>
          <Count value={standing?.accepted ?? 0} />
        </Stat>
        <Stat label={f.earned}>
          <Amount wei={standing?.earnedWei ?? 0n} />
        </Stat>
        {node.slashes.length > 0 && (
          <Stat label={f.slashed}>
            <Amount wei={slashedWei(node)} />
          </Stat>
        )}
      </StatRow>
      <div className="grid gap-6 lg:grid-cols-2">
        <Panel
          title={about}
          aside={[node.trains && roles.trains, node.audits && roles.audits].filter(Boolean).join(", ") || roles.serves}
        >
          <Properties
            rows={[
              [rows.address, <Address key="a" address={node.address} linked={false} />],
              [rows.peer, <Hash key="p" hash={node.peerId} />],
              [
                rows.addresses,
                <ul key="l" className="font-mono text-xs break-all">
                  {node.multiaddrs.slice(0, 16).map((address) => (
                    <li key={address}>{address.slice(0, 256)}</li>
                  ))}
                </ul>,
              ],
              [rows.announced, <Count key="b" value={node.announced.blockNumber} />],
              [rows.first, <Count key="f" value={node.registered.blockNumber} />],
            ]}
          />
        </Panel>
        <ReputationCurve node={node} />
      </div>
      {node.slashes.length > 0 && <Losses node={node} />}
    </>
  );
}
