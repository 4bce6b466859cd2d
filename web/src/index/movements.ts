/** What moved an account's CAIRN, one line each. Pure. */
import type { Address } from "viem";
import type { ChainState, EventRef, FeedEntry } from "./types.ts";

export type MovementKind =
  | "sent"
  | "received"
  | "staked"
  | "unstaking"
  | "withdrawn"
  | "slashed"
  | "claimed"
  | "bounty";

export interface Movement {
  readonly kind: MovementKind;
  /** What it was about. Unit: wei. */
  readonly amountWei: bigint;
  /** Whether that made the account's free CAIRN more (1), less (-1) or left it alone (0). */
  readonly sign: -1 | 0 | 1;
  readonly with: Address | undefined;
  readonly taskId: bigint | undefined;
  readonly at: EventRef;
}

/** @param contracts transfers to and from them are told by the events that caused them. */
export function movementsOf(state: ChainState, account: Address, contracts: readonly Address[]): Movement[] {
  const ours = new Set(contracts.map((contract) => contract.toLowerCase()));
  const movements: Movement[] = [];
  for (const entry of state.feed) {
    if (!entry.accounts.includes(account)) continue;
    const movement = movementIn(entry, account, ours);
    if (movement !== undefined) movements.push(movement);
  }
  return movements.reverse();
}

function movementIn({ event, taskId }: FeedEntry, account: Address, ours: ReadonlySet<string>): Movement | undefined {
  const { name, args } = event;
  const at = { blockNumber: event.blockNumber, logIndex: event.logIndex, transactionHash: event.transactionHash };
  const line = (kind: MovementKind, sign: Movement["sign"], wei: unknown, other?: unknown): Movement => {
    const amount = typeof wei === "bigint" ? wei : 0n;
    return { kind, amountWei: amount, sign, with: other as Address | undefined, taskId, at };
  };
  const { amountWei } = args;
  if (name === "Transfer") {
    const { from, to, value } = args as { readonly from: Address; readonly to: Address; readonly value: bigint };
    const other = from === account ? to : from;
    if (ours.has(other.toLowerCase())) return undefined;
    return from === account ? line("sent", -1, value, to) : line("received", 1, value, from);
  }
  if (args.node !== account && args.prover !== account) return undefined;
  switch (name) {
    case "StakeAdded":
      return line("staked", -1, amountWei);
    case "UnstakeRequested":
      return line("unstaking", 0, amountWei);
    case "StakeWithdrawn":
      return line("withdrawn", 1, amountWei);
    case "StakeSlashed":
      return args.node === account ? line("slashed", 0, takenIn(args), args.prover) : undefined;
    case "RewardClaimed":
      return line("claimed", 1, amountWei);
    case "BountyClaimed":
      return line("bounty", 1, amountWei);
    default:
      return undefined;
  }
}

function takenIn({ bountyWei, burnedWei }: Readonly<Record<string, unknown>>): bigint {
  return (bountyWei as bigint) + (burnedWei as bigint);
}
