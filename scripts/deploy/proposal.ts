/** The text that an operator confirms: what will be sent, by whom, what it may cost, who holds what afterwards. Pure. */
import { formatEther, formatUnits } from "ethers";
import type { NetworkPlan } from "./networks/networkPlan.ts";
import type { Quote } from "./quote.ts";
import type { RehearsedStep } from "./rehearsal.ts";
import type { Addresses, Owners } from "./runModule.ts";

export interface Proposal {
  readonly plan: NetworkPlan;
  readonly owners: Owners;
  readonly signerTitle: string;
  readonly steps: readonly RehearsedStep[];
  /** An earlier run was interrupted, and `steps` is what its journal has no receipt of. */
  readonly isResumed: boolean;
  /** Absent without an RPC. */
  readonly quote?: Quote;
  /** Where the contracts will stand when nothing else is sent by the deployer in between. */
  readonly addresses?: Addresses;
}

export function proposalText({ plan, owners, signerTitle, steps, isResumed, quote, addresses }: Proposal): string {
  const lines = [
    `Cairn's contracts on ${plan.title} (chain ${plan.chainId})`,
    "",
    `  deployer        ${owners.deployer}, ${signerTitle}`,
    `  administrator   ${owners.admin}${owners.admin === owners.deployer ? " (the deployer keeps the role)" : ""}`,
    `  CAIRN           ${formatEther(plan.parameters.supplyWei)} to ${owners.holder}, none is ever made again`,
    "",
    "Parameters, fixed for good:",
    ...Object.entries(plan.parameters)
      .filter(([name]) => name !== "supplyWei")
      .map(([name, value]) => `  ${name.padEnd(22)}${value}`),
    "",
    isResumed ? "An earlier run goes on. Transactions to send or to wait for:" : "Transactions to send:",
    ...steps.map(({ step, gas }) => `  ${step.padEnd(34)}${grouped(gas).padStart(12)} gas`),
    `  ${"together".padEnd(34)}${grouped(steps.reduce((sum, { gas }) => sum + gas, 0n)).padStart(12)} gas`,
  ];
  if (addresses !== undefined && !isResumed) {
    lines.push("", "Contracts will stand at, if the deployer sends nothing else meanwhile:");
    for (const [name, address] of Object.entries(addresses)) lines.push(`  ${name.padEnd(16)}${address}`);
  }
  if (quote !== undefined) lines.push("", ...quoteLines(quote));
  return lines.join("\n");
}

function quoteLines(quote: Quote): readonly string[] {
  const price = (wei: bigint): string => `${formatUnits(wei, "gwei")} gwei`;
  return [
    `Cost at the present price of ${price(quote.presentFeePerGas)}: ${formatEther(quote.presentCostWei)} ether`,
    `Cost at most, at ${price(quote.maxFeePerGas)}: ${formatEther(quote.maxCostWei)} ether`,
    `Balance: ${formatEther(quote.balanceWei)} ether`,
  ];
}

function grouped(gas: bigint): string {
  return gas.toLocaleString("en-US");
}
