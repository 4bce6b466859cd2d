/** What the contract owes and has paid, and what became of the liar's updates. Everything is read from the chain. */
import { type Address, getAddress } from "viem";
import type { Chain } from "../../../trainer/src/chain/connection.ts";
import { readRound } from "../../../trainer/src/chain/task.ts";
import { ABIS } from "../../../trainer/src/protocol/generated/abi.ts";
import type { ReportedLazyAuditor, ReportedLiar, ReportedReward } from "../report/report.ts";
import { hasBit, type NodeState, type RoundState } from "../state/runState.ts";

export interface SettledTask {
  readonly taskId: bigint;
  /** Rounds that were opened. */
  readonly rounds: number;
  readonly nodes: readonly NodeState[];
  readonly signal: AbortSignal;
}

/** @returns what each node has earned: claimable now and claimed before. */
export async function readRewards(chain: Chain, task: SettledTask): Promise<ReportedReward[]> {
  const claimed = await readClaimed(chain, task);
  const rewards = task.nodes.map(async ({ name, role, address }) => {
    const owedWei = await chain.read("flContract", "claimable", [task.taskId, getAddress(address)], task);
    return { name, role, address, paidWei: `${owedWei + (claimed.get(getAddress(address)) ?? 0n)}` };
  });
  return Promise.all(rewards);
}

/** @returns how the liar fared, from the reveals in the log and each round's accepted bitmap in storage. */
export async function readLiar(
  chain: Chain,
  task: SettledTask & { readonly liar: NodeState; readonly rewards: readonly ReportedReward[] },
): Promise<ReportedLiar> {
  const { name, address } = task.liar;
  const reveals = await readReveals(chain, task, getAddress(address));
  const rejected: number[] = [];
  for (const { round, index } of reveals) {
    const { acceptedBitmap } = await readRound(chain, task.taskId, round, task);
    if (!hasBit(acceptedBitmap, index)) rejected.push(round);
  }
  return {
    name,
    address,
    lied: reveals.map(({ round }) => round),
    rejected,
    accepted: reveals.length - rejected.length,
    paidWei: task.rewards.find((reward) => reward.address === address)?.paidWei ?? "0",
  };
}

/** @returns what the auditor accepted unseen, from the verdicts in the log, and what it was slashed for that. */
export async function readLazyAuditor(
  chain: Chain,
  { taskId, signal, lazy, seen }: SettledTask & { readonly lazy: NodeState; readonly seen: readonly RoundState[] },
): Promise<ReportedLazyAuditor> {
  const { name, address } = lazy;
  const logs = await chain.request(
    "MissedPlantReported logs",
    () =>
      chain.client.getContractEvents({
        address: chain.deployment.contracts.flContract,
        abi: ABIS.flContract,
        eventName: "MissedPlantReported",
        args: { taskId, auditor: getAddress(address) },
        fromBlock: BigInt(chain.deployment.deployedAtBlock),
        strict: true,
      }),
    { signal },
  );
  return {
    name,
    address,
    accepted: seen.filter((round) => acceptsPlant(round, address)).map(({ round }) => round),
    caught: logs.map(({ args }) => args.round),
    slashedWei: `${logs.reduce((sum, { args }) => sum + args.takenWei, 0n)}`,
  };
}

function acceptsPlant({ planters, updates, verdicts }: RoundState, auditor: string): boolean {
  const bitmap = verdicts.find((verdict) => verdict.auditor === auditor)?.bitmap ?? 0n;
  return updates.some(({ trainer, index }) => planters.includes(trainer) && hasBit(bitmap, index));
}

async function readReveals(chain: Chain, { taskId, signal }: SettledTask, trainer: Address) {
  const logs = await chain.request(
    "UpdateRevealed logs",
    () =>
      chain.client.getContractEvents({
        address: chain.deployment.contracts.flContract,
        abi: ABIS.flContract,
        eventName: "UpdateRevealed",
        args: { taskId, trainer },
        fromBlock: BigInt(chain.deployment.deployedAtBlock),
        strict: true,
      }),
    { signal },
  );
  return logs.map(({ args: { round, index } }) => ({ round, index })).sort((a, b) => a.round - b.round);
}

async function readClaimed(chain: Chain, { taskId, signal }: SettledTask): Promise<Map<Address, bigint>> {
  const logs = await chain.request(
    "RewardClaimed logs",
    () =>
      chain.client.getContractEvents({
        address: chain.deployment.contracts.flContract,
        abi: ABIS.flContract,
        eventName: "RewardClaimed",
        args: { taskId },
        fromBlock: BigInt(chain.deployment.deployedAtBlock),
        strict: true,
      }),
    { signal },
  );
  const claimed = new Map<Address, bigint>();
  for (const { args } of logs) claimed.set(args.node, (claimed.get(args.node) ?? 0n) + args.amountWei);
  return claimed;
}
