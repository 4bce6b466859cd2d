/** What an account still lacks to train in a task, from what the chain has said. Pure. */
import type { Address } from "viem";
import type { ChainState, Task } from "../index/types.ts";

export interface Readiness {
  readonly isEnrolled: boolean;
  /** Known as a trainer. */
  readonly isAnnounced: boolean;
  /** Known, but as something else: announcing again would take its node's address off the registry. */
  readonly isOtherNode: boolean;
  /** To be staked before joining. Unit: wei. */
  readonly missingStakeWei: bigint;
  /** Liquid. Unit: wei. */
  readonly balanceWei: bigint;
  readonly hasPlace: boolean;
  readonly missingReputationNano: number;
}

/** Whoever is new has a flawless score. Unit: 10^-9. */
const FRESH_REPUTATION_NANO = 1_000_000_000;

export function readinessOf({ nodes, balances }: ChainState, task: Task, account: Address): Readiness {
  const node = entryOf(nodes, account);
  const isEnrolled = entryOf(task.trainers, account) !== undefined;
  const freeWei = node === undefined ? 0n : node.stakeWei - node.lockedWei;
  const missingWei = task.terms.minStakeWei - (freeWei > 0n ? freeWei : 0n);
  return {
    isEnrolled,
    isAnnounced: node?.trains === true,
    isOtherNode: node !== undefined && !node.trains,
    missingStakeWei: isEnrolled || missingWei < 0n ? 0n : missingWei,
    balanceWei: entryOf(balances, account) ?? 0n,
    hasPlace: isEnrolled || task.trainers.size < task.terms.maxTrainers,
    missingReputationNano: Math.max(0, task.terms.minReputationNano - (node?.reputationNano ?? FRESH_REPUTATION_NANO)),
  };
}

/** However an address is written. */
function entryOf<T>(map: ReadonlyMap<Address, T>, account: Address): T | undefined {
  const exact = map.get(account);
  if (exact !== undefined) return exact;
  for (const [address, value] of map) if (address.toLowerCase() === account.toLowerCase()) return value;
  return undefined;
}
