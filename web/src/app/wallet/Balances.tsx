"use client";
/** Six figures, never one: what is free, what works, what waits and what is gone. */
import { useEffect, useState } from "react";
import type { Address } from "viem";
import { useChainSeconds } from "../../components/clock.ts";
import { Stat, StatRow } from "../../components/Stat.tsx";
import { Amount } from "../../components/Value.tsx";
import { useChainState, useIndexContext, useNode, useSelected } from "../../index/hooks.ts";
import { claimsOf, slashedWei } from "../../index/select.ts";
import type { Node } from "../../index/types.ts";
import { useEther, useView } from "../../index/useView.ts";
import { useTexts } from "../../messages/useTexts.ts";
import { walletPage as catalogue } from "../../messages/walletPage.ts";

export function Balances({ account }: { readonly account: Address }) {
  const t = useTexts(catalogue);
  const state = useChainState();
  const head = useSelected(({ status }) => status.head?.number);
  const etherWei = useEther(account, head);
  const node = useNode(account);
  const activatingWei = useActivating(node);
  const claimableWei = claimsOf(state, account).reduce((sum, { wei }) => sum + wei, state.bounties.get(account) ?? 0n);
  return (
    <StatRow>
      <Stat label={t.liquid} note={etherWei !== undefined && <Ether wei={etherWei} />}>
        <Amount wei={state.balances.get(account) ?? 0n} />
      </Stat>
      <Stat label={t.staked} note={node !== undefined && node.lockedWei > 0n && <Locked wei={node.lockedWei} />}>
        <Amount wei={node?.stakeWei ?? 0n} />
      </Stat>
      <Stat label={t.activating} note={t.activatingNote}>
        <Amount wei={activatingWei} />
      </Stat>
      <Stat label={t.unbonding} note={t.unbondingNote}>
        <Amount wei={node?.unbondingWei ?? 0n} />
      </Stat>
      <Stat label={t.claimable} note={t.claimableNote}>
        <Amount wei={claimableWei} />
      </Stat>
      <Stat label={t.slashed} note={t.slashedNote(node?.slashes.length ?? 0)}>
        <Amount wei={node === undefined ? 0n : slashedWei(node)} />
      </Stat>
    </StatRow>
  );
}

function Ether({ wei }: { readonly wei: bigint }) {
  const t = useTexts(catalogue);
  return (
    <>
      <Amount wei={wei} unit="ETH" /> {t.forGas}
    </>
  );
}

function Locked({ wei }: { readonly wei: bigint }) {
  const t = useTexts(catalogue);
  return (
    <>
      <Amount wei={wei} unit="" /> {t.lockedNote}
    </>
  );
}

/** Looked at among the latest only: older ones count for long. Unit: additions. */
const LATEST = 5;

/** Stake weighs in draws from the epoch after the one in which it was added. Unit: wei. */
function useActivating(node: Node | undefined): bigint {
  const { blockTime } = useIndexContext();
  const epochSeconds = Number(useView<number>({ contract: "nodeRegistry", functionName: "epochSeconds" }) ?? 0);
  const now = useChainSeconds();
  const [added, setAdded] = useState<readonly { readonly amountWei: bigint; readonly seconds: number }[]>([]);
  const latest = node?.stakeAdded;
  useEffect(() => {
    let wanted = true;
    const asked = (latest ?? []).slice(-LATEST).map(async ({ amountWei, at }) => {
      return { amountWei, seconds: await blockTime(at.blockNumber) };
    });
    Promise.all(asked).then(
      (found) => wanted && setAdded(found),
      () => {}, // the status says that the RPC does not answer
    );
    return () => {
      wanted = false;
    };
  }, [latest, blockTime]);
  if (epochSeconds === 0) return 0n;
  const epoch = Math.floor(now / epochSeconds);
  const isNew = ({ seconds }: { readonly seconds: number }) => Math.floor(seconds / epochSeconds) >= epoch;
  const sum = added.filter(isNew).reduce((total, { amountWei }) => total + amountWei, 0n);
  const stakeWei = node?.stakeWei ?? 0n;
  return sum < stakeWei ? sum : stakeWei;
}
