/** What the contract owes and has paid, and what became of the liar's updates. Everything is read from the chain. */
import { type Address, getAddress } from "viem";
import { ABIS, type Chain } from "../../../trainer/src/chain/connection.ts";
import { readRound } from "../../../trainer/src/chain/task.ts";
import type { ReportedLiar, ReportedReward } from "../report/report.ts";
import { hasBit, type NodeState } from "../state/runState.ts";

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
