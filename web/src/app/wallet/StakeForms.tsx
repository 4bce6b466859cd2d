"use client";
/** Adding stake and taking it out again, with what each binds and for how long. */
import { useState } from "react";
import { type Address, parseUnits } from "viem";
import { Button, ButtonLink } from "../../components/Button.tsx";
import { TextField } from "../../components/Field.tsx";
import { exactAmount, formatAmount, formatDuration } from "../../components/format.ts";
import { links } from "../../components/links.ts";
import { Panel } from "../../components/Panel.tsx";
import { Empty } from "../../components/States.tsx";
import { useChainState, useNode } from "../../index/hooks.ts";
import type { Node } from "../../index/types.ts";
import { useView } from "../../index/useView.ts";
import { useLanguage, useTexts } from "../../messages/useTexts.ts";
import { walletPage as catalogue } from "../../messages/walletPage.ts";
import { TxButton } from "../../transactions/TxButton.tsx";
import { Unbonding } from "./Unbonding.tsx";

export function StakeForms({ account }: { readonly account: Address }) {
  const t = useTexts(catalogue);
  const node = useNode(account);
  if (node === undefined) {
    return (
      <Panel title={t.stake}>
        <Empty
          icon="stones"
          title={t.notANode}
          action={
            <ButtonLink href={links.train()} icon="play">
              {t.trainHere}
            </ButtonLink>
          }
        >
          {t.notANodeText} <code className="rounded bg-sunken px-1 whitespace-nowrap">npx cairn node start</code>
        </Empty>
      </Panel>
    );
  }
  return (
    <>
      <Panel title={t.stake} note={t.stakeNote}>
        <StakeForm account={account} />
      </Panel>
      <Panel title={t.unstake} note={t.unstakeNote}>
        <UnstakeForm node={node} />
        <Unbonding node={node} />
      </Panel>
    </>
  );
}

function StakeForm({ account }: { readonly account: Address }) {
  const t = useTexts(catalogue);
  const [language] = useLanguage();
  const balanceWei = useChainState().balances.get(account) ?? 0n;
  const epochSeconds = useView<number>({ contract: "nodeRegistry", functionName: "epochSeconds" });
  const [text, setText] = useState("");
  const amountWei = parseAmount(text);
  const problem = problemOf(text, amountWei, balanceWei, t.notEnoughLiquid(formatAmount(balanceWei, language)), t);
  const isReady = amountWei !== undefined && problem === undefined;
  return (
    <div className="flex flex-col gap-3">
      <AmountField label={t.amount} text={text} onChange={setText} maxWei={balanceWei} problem={problem} />
      <p className="text-sm text-muted">
        {t.stakePreview(epochSeconds === undefined ? "…" : formatDuration(Number(epochSeconds), language))}
      </p>
      <TxButton
        blocked={text === "" ? t.enterAmount : problem && t.checkAmount}
        onDone={() => setText("")}
        spec={
          isReady
            ? {
                kind: "stake",
                subject: { amountWei: `${amountWei}` },
                call: { contract: "nodeRegistry", functionName: "stake", args: [amountWei] },
                spends: {
                  amountWei,
                  withPermit: ({ deadline, v, r, s }) => ({
                    contract: "nodeRegistry",
                    functionName: "stakeWithPermit",
                    args: [amountWei, deadline, v, r, s],
                  }),
                },
              }
            : undefined
        }
      >
        {t.stakeButton(amountWei === undefined ? "" : formatAmount(amountWei, language))}
      </TxButton>
    </div>
  );
}

function UnstakeForm({ node }: { readonly node: Node }) {
  const t = useTexts(catalogue);
  const [language] = useLanguage();
  const unbondingSeconds = useView<number>({ contract: "nodeRegistry", functionName: "unbondingSeconds" });
  const [text, setText] = useState("");
  const freeWei = node.stakeWei - node.lockedWei;
  const amountWei = parseAmount(text);
  const problem = problemOf(text, amountWei, freeWei, t.notEnoughFree(formatAmount(freeWei, language)), t);
  const isReady = amountWei !== undefined && problem === undefined;
  return (
    <div className="flex flex-col gap-3">
      <AmountField label={t.amount} text={text} onChange={setText} maxWei={freeWei} problem={problem} />
      <p className="text-sm text-muted">
        {t.unstakePreview(unbondingSeconds === undefined ? "…" : formatDuration(Number(unbondingSeconds), language))}
      </p>
      <TxButton
        kind="secondary"
        blocked={text === "" ? t.enterAmount : problem && t.checkAmount}
        onDone={() => setText("")}
        spec={
          isReady
            ? {
                kind: "unstake",
                subject: { amountWei: `${amountWei}` },
                call: { contract: "nodeRegistry", functionName: "requestUnstake", args: [amountWei] },
              }
            : undefined
        }
      >
        {t.unstakeButton(amountWei === undefined ? "" : formatAmount(amountWei, language))}
      </TxButton>
    </div>
  );
}

interface AmountFieldProps {
  readonly label: string;
  readonly text: string;
  readonly onChange: (text: string) => void;
  readonly maxWei: bigint;
  readonly problem: string | undefined;
}

function AmountField({ label, text, onChange, maxWei, problem }: AmountFieldProps) {
  const t = useTexts(catalogue);
  return (
    <div className="flex items-start gap-2">
      <div className="min-w-0 flex-1">
        <TextField
          label={label}
          value={text}
          onChange={onChange}
          unit="CAIRN"
          inputMode="decimal"
          autoComplete="off"
          problem={problem}
        />
      </div>
      <Button className="mt-6" inactive={maxWei <= 0n} onClick={() => onChange(exactAmount(maxWei))}>
        {t.all}
      </Button>
    </div>
  );
}

/** Both decimal marks are taken; at most 18 digits after it. @returns `undefined` when it is no amount. Unit: wei. */
export function parseAmount(text: string): bigint | undefined {
  const plain = text.trim().replace(",", ".");
  return /^(\d{1,30})(\.\d{0,18})?$/.test(plain) ? parseUnits(plain, 18) : undefined;
}

function problemOf(
  text: string,
  amountWei: bigint | undefined,
  maxWei: bigint,
  tooMuch: string,
  t: { readonly notAnAmount: string; readonly nothing: string },
): string | undefined {
  if (text === "") return undefined;
  if (amountWei === undefined) return t.notAnAmount;
  if (amountWei === 0n) return t.nothing;
  return amountWei > maxWei ? tooMuch : undefined;
}
