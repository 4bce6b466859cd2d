/** Figures that follow from the state, for several pages. Pure. */
import type { Address, Hex } from "viem";
import type { ChainState, FeedEntry, Group, Model, ModelVersion, Node, Round, Slash, Task } from "./types.ts";

/** What an account may claim, task by task; tasks with nothing are left out. Unit: wei. */
export function claimsOf(state: ChainState, account: Address): { readonly task: Task; readonly wei: bigint }[] {
  const claims = [...state.tasks.values()].map((task) => ({ task, wei: task.claimable.get(account) ?? 0n }));
  return claims.filter(({ wei }) => wei > 0n);
}

/** All that an account has earned in tasks, claimed or not. Unit: wei. */
export function earnedBy(state: ChainState, account: Address): bigint {
  let sum = 0n;
  for (const task of state.tasks.values()) sum += task.earned.get(account) ?? 0n;
  return sum;
}

/** One round's pay of one account, as trainer and as auditor together. */
export interface RoundReward {
  readonly task: Task;
  readonly round: Round;
  /** Unit: wei. */
  readonly updateWei: bigint;
  /** Unit: wei. */
  readonly verdictWei: bigint;
}

/** Newest first; rounds in which the account took no part, or earned nothing, are left out. */
export function rewardsOf(state: ChainState, account: Address): RoundReward[] {
  const rewards: RoundReward[] = [];
  for (const task of state.tasks.values()) {
    if (!task.earned.has(account)) continue;
    for (const round of task.rounds) {
      const updateWei = round.participants.find(({ trainer }) => trainer === account)?.rewardWei ?? 0n;
      const verdictWei = round.committee.find(({ auditor }) => auditor === account)?.rewardWei ?? 0n;
      if (updateWei + verdictWei > 0n) rewards.push({ task, round, updateWei, verdictWei });
    }
  }
  return rewards.sort((a, b) => compare(b.round.opened.blockNumber, a.round.opened.blockNumber));
}

/** What the feed tells about an account, newest first. */
export function feedOf(state: ChainState, account: Address): FeedEntry[] {
  return state.feed.filter(({ accounts }) => accounts.includes(account)).reverse();
}

/** What the feed tells about a task, or one of its rounds, newest first. */
export function feedOfTask(state: ChainState, taskId: bigint, round?: number): FeedEntry[] {
  const isMeant = (entry: FeedEntry) => entry.taskId === taskId && (round === undefined || entry.round === round);
  return state.feed.filter(isMeant).reverse();
}

/** Why stake was taken, as `Faults` names it. */
export type SlashReason = "missedReveal" | "silentAuditor" | "missedPlant" | "falseClaim" | "other";

const SLASH_REASONS: Readonly<Record<string, SlashReason>> = {
  "cairn.missed-reveal": "missedReveal",
  "cairn.silent-auditor": "silentAuditor",
  "cairn.missed-plant": "missedPlant",
  "cairn.false-claim": "falseClaim",
};

export function slashReasonOf({ reason }: Pick<Slash, "reason">): SlashReason {
  const text = asciiOf(reason);
  return Object.hasOwn(SLASH_REASONS, text) ? SLASH_REASONS[text]! : "other";
}

function asciiOf(bytes: Hex): string {
  const codes =
    bytes
      .slice(2)
      .match(/../g)
      ?.map((byte) => Number.parseInt(byte, 16)) ?? [];
  return String.fromCharCode(...codes.filter((code) => code >= 32 && code < 127));
}

export function slashedWei(node: Node): bigint {
  return node.slashes.reduce((sum, { bountyWei, burnedWei }) => sum + bountyWei + burnedWei, 0n);
}

/** The version that a round made. */
export function versionOfRound(state: ChainState, round: Round): ModelVersion | undefined {
  if (round.publishedVersion === 0) return undefined;
  const modelId = state.tasks.get(round.taskId)?.terms.modelId;
  return modelId === undefined ? undefined : state.models.get(modelId)?.versions[round.publishedVersion];
}

/** The task and round that made a version; `undefined` when its owner published it by hand. */
export function madeBy(state: ChainState, version: ModelVersion): { task: Task; round: Round } | undefined {
  const task = state.tasks.get(version.taskId);
  const round = task?.rounds[version.round - 1];
  return task === undefined || round === undefined ? undefined : { task, round };
}

/** @returns the epoch of its group that a version merged; `undefined` for what a round made, or its owner. */
export function mergedEpoch({ taskId, round }: ModelVersion): number | undefined {
  return taskId === 0n && round > 0 ? round : undefined;
}

/** A task's place among those that train one model together. */
export interface CohortPlace {
  readonly group: Group;
  /** Counts from 0. */
  readonly cohort: number;
}

/** @returns `undefined` for a task that is alone. */
export function cohortOf({ groups }: ChainState, taskId: bigint): CohortPlace | undefined {
  for (const group of groups.values()) {
    const cohort = group.cohorts.indexOf(taskId);
    if (cohort >= 0) return { group, cohort };
  }
  return undefined;
}

export function tasksOfModel(state: ChainState, modelId: bigint): Task[] {
  return [...state.tasks.values()].filter(({ terms }) => terms.modelId === modelId);
}

export function childrenOf(state: ChainState, modelId: bigint): Model[] {
  return [...state.models.values()].filter(({ parentModelId }) => parentModelId === modelId);
}

/** Rounds whose result can be disputed now. */
export function openChallenges(state: ChainState): Round[] {
  const last = [...state.tasks.values()].map(({ rounds }) => rounds.at(-1));
  return last.filter((round) => round?.phase === "Challenge") as Round[];
}

export interface Standing {
  readonly node: Node;
  readonly earnedWei: bigint;
  readonly accepted: number;
  readonly rejected: number;
  readonly missed: number;
  readonly verdicts: number;
}

/** Every node's record over all tasks, best first. */
export function standings(state: ChainState): Standing[] {
  const all = new Map<Address, { accepted: number; rejected: number; missed: number; verdicts: number }>();
  const of = (address: Address) => {
    const known = all.get(address) ?? { accepted: 0, rejected: 0, missed: 0, verdicts: 0 };
    all.set(address, known);
    return known;
  };
  for (const { rounds } of state.tasks.values()) {
    for (const { participants, committee } of rounds) {
      for (const { trainer, accepted, revealed, missedRevealWei } of participants) {
        if (missedRevealWei > 0n) of(trainer).missed++;
        else if (accepted === true) of(trainer).accepted++;
        else if (accepted === false && revealed !== undefined) of(trainer).rejected++;
      }
      for (const { auditor, verdict } of committee) if (verdict !== undefined) of(auditor).verdicts++;
    }
  }
  const rows = [...state.nodes.values()].map((node) => ({
    node,
    earnedWei: earnedBy(state, node.address),
    ...of(node.address),
  }));
  return rows.sort((a, b) => compare(b.earnedWei, a.earnedWei) || compare(b.node.stakeWei, a.node.stakeWei));
}

function compare(a: bigint, b: bigint): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
