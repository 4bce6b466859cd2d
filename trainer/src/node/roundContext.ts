/** What every duty of a round works with. */
import type { Address } from "viem";
import { ChainError } from "../chain/chainError.ts";
import type { Chain } from "../chain/connection.ts";
import type { RoundView } from "../chain/task.ts";
import type { ContentStore } from "../network/contentStore.ts";
import type { CommitmentScope } from "../protocol/commitment.ts";
import type { Job } from "./job.ts";
import type { Journal, RoundKey } from "./journal.ts";
import { NodeError } from "./nodeError.ts";
import type { NodeEvent } from "./nodeEvent.ts";

/** What a commitment and its opening need: nothing of the task's work. */
export interface SeatContext {
  readonly chain: Chain;
  readonly journal: Journal;
  readonly job: Pick<Job, "taskId">;
  readonly round: RoundView & { readonly round: number };
  readonly emit: (event: NodeEvent) => void;
  readonly signal: AbortSignal;
}

export interface RoundContext extends SeatContext {
  readonly store: ContentStore;
  readonly job: Job;
  readonly pace: Pace;
}

/** What one round's work of an auditor knows of the rounds and tries before. Decides only what it may try for. */
export interface Pace {
  /** What this machine's replays of the task took lately; 0 before the first. */
  replaySeconds: number;
  /** Why a verdict could not be made when it was tried last. */
  trouble?: { readonly code: string; readonly message: string };
}

/** @returns the account that acts. @throws {ChainError} `CHAIN_ACCOUNT_MISSING` */
export function actor({ chain }: Pick<SeatContext, "chain">): Address {
  if (chain.account === undefined) {
    throw new ChainError({ code: "CHAIN_ACCOUNT_MISSING" }, "this needs an account to sign with");
  }
  return chain.account.address;
}

/** @returns under what the journal keeps this round. */
export function keyOf({ job, round }: SeatContext): RoundKey {
  return { taskId: job.taskId, round: round.round, seed: round.seed };
}

/** @returns the error for a commitment on chain that this machine cannot open. */
export function openingMissing({ job, round }: SeatContext, what: "update" | "verdict"): NodeError {
  return new NodeError(
    { code: "NODE_OPENING_MISSING", taskId: job.taskId.toString(), round: round.round, what },
    `the ${what} committed in round ${round.round} of task ${job.taskId} cannot be opened: its record is not in this journal`,
  );
}

/** @returns where the round's events are, and which of them there must be. */
export function logsOf({ job, round }: Pick<SeatContext, "job" | "round">) {
  const { openedAtBlock, revealedBitmap } = round;
  return { taskId: job.taskId, round: round.round, openedAtBlock: BigInt(openedAtBlock), revealedBitmap };
}

/** @returns what binds a commitment of this account to this round. */
export function scopeOf(context: SeatContext): CommitmentScope {
  const { chainId, contracts } = context.chain.deployment;
  return {
    chainId: BigInt(chainId),
    flContract: contracts.flContract,
    taskId: context.job.taskId,
    round: context.round.round,
    sender: actor(context),
  };
}

export interface Timed<T> {
  /** On the clock: what one waits. */
  readonly seconds: number;
  /** On the processor, of this thread: what it costs, however busy machine and network are meanwhile. */
  readonly cpuSeconds: number;
  readonly value: T;
}

/** @returns what `work` took and gave. */
export async function timed<T>(work: () => T | Promise<T>): Promise<Timed<T>> {
  const start = performance.now();
  const cpu = process.threadCpuUsage();
  const value = await work();
  const { user, system } = process.threadCpuUsage(cpu);
  return { seconds: (performance.now() - start) / 1_000, cpuSeconds: (user + system) / 1e6, value };
}
