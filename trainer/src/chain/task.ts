/** A task and its rounds as the contract tells them, and the few events that carry what storage does not. */
import type { Address } from "viem";
import type { Hex } from "../protocol/hex.ts";
import { ABIS, type CallOptions, type Chain } from "./connection.ts";

/** Order of `enum Phase` in the contract. */
export const PHASES = [
  "None",
  "Commit",
  "Reveal",
  "Draw",
  "AuditCommit",
  "AuditReveal",
  "Aggregate",
  "Challenge",
  "Final",
  "Failed",
] as const;

export type Phase = (typeof PHASES)[number];

/** Order of `enum TaskMode` in the contract. */
export const TASK_MODES = ["None", "Replayable", "Private", "Sealed"] as const;

export type TaskMode = (typeof TASK_MODES)[number];

export type TaskView = Awaited<ReturnType<typeof readTask>>;
export type RoundView = Awaited<ReturnType<typeof readRound>>;
export type DutyView = Awaited<ReturnType<typeof readDuty>>;

// The return types of these three follow the ABI; writing them out would be the second copy of the contract's structs.

export async function readTask(chain: Chain, taskId: bigint, options: CallOptions) {
  const task = await chain.read("flContract", "taskOf", [taskId], options);
  return { ...task, mode: TASK_MODES[task.parameters.mode] ?? "None" };
}

export async function readRound(chain: Chain, taskId: bigint, round: number, options: CallOptions) {
  const view = await chain.read("flContract", "roundOf", [taskId, round], options);
  return { ...view, phase: PHASES[view.phase] ?? "None" };
}

export async function readDuty(
  chain: Chain,
  { taskId, round, node }: { readonly taskId: bigint; readonly round: number; readonly node: Address },
  options: CallOptions,
) {
  return chain.read("flContract", "dutyOf", [taskId, round, node], options);
}

export interface RevealedUpdate {
  readonly trainer: Address;
  /** Its bit in the round's bitmaps, which is the trainer's slot and so its shard. */
  readonly index: number;
  readonly updateDigest: Hex;
  /** Unit: bytes. */
  readonly byteLength: number;
  readonly traceRoot: Hex;
  readonly sampleCount: number;
}

/** Most RPCs refuse wider log queries. Unit: blocks. Source: the common limit of public endpoints. */
const MAX_LOG_BLOCKS = 10_000n;

/** @returns the round's opened updates in ascending index, read from events since the round opened. */
export async function revealedUpdates(
  chain: Chain,
  { taskId, round, openedAtBlock }: { readonly taskId: bigint; readonly round: number; readonly openedAtBlock: bigint },
  options: CallOptions,
): Promise<RevealedUpdate[]> {
  const head = await chain.request("eth_blockNumber", () => chain.client.getBlockNumber(), options);
  const updates: RevealedUpdate[] = [];
  for (let fromBlock = openedAtBlock; fromBlock <= head; fromBlock += MAX_LOG_BLOCKS) {
    const toBlock = fromBlock + MAX_LOG_BLOCKS - 1n < head ? fromBlock + MAX_LOG_BLOCKS - 1n : head;
    const logs = await chain.request(
      "UpdateRevealed logs",
      () =>
        chain.client.getContractEvents({
          address: chain.deployment.contracts.flContract,
          abi: ABIS.flContract,
          eventName: "UpdateRevealed",
          args: { taskId, round },
          fromBlock,
          toBlock,
          strict: true,
        }),
      options,
    );
    for (const { args } of logs) {
      const { trainer, index, updateDigest, byteLength, traceRoot, sampleCount } = args;
      updates.push({ trainer, index, updateDigest, byteLength, traceRoot, sampleCount });
    }
  }
  return updates.sort((a, b) => a.index - b.index);
}
