/** A task and its rounds as the contract tells them, and the few events that carry what storage does not. */
import { type Address, getAddress } from "viem";
import { PHASES, TASK_MODES } from "../protocol/contractEnums.ts";
import { ABIS } from "../protocol/generated/abi.ts";
import type { Hex } from "../protocol/hex.ts";
import { ChainError } from "./chainError.ts";
import type { CallOptions, Chain } from "./connection.ts";

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
  readonly salt: Hex;
}

/** Most RPCs refuse wider log queries. Unit: blocks. Source: the common limit of public endpoints. */
export const MAX_LOG_BLOCKS = 10_000n;

/** Where a round's events are. */
export interface RoundKey {
  readonly taskId: bigint;
  readonly round: number;
  readonly openedAtBlock: bigint;
  /** Which updates the contract says were opened: an RPC that tells of fewer is behind, or lies. @default not compared */
  readonly revealedBitmap?: bigint;
}

/** @throws {ChainError} `CHAIN_LOGS_INCOMPLETE` when the logs lack one of the updates that the contract says were opened */
export function requireLogs({ round, revealedBitmap = 0n }: RoundKey, indices: readonly number[], what: string): void {
  const told = indices.reduce((bits, index) => bits | (1n << BigInt(index)), 0n);
  if ((revealedBitmap & ~told) === 0n) return;
  throw new ChainError(
    { code: "CHAIN_LOGS_INCOMPLETE", what, round },
    `the RPC does not tell of every ${what} of round ${round}: it is behind, or it lies`,
  );
}

/** @returns the round's opened updates in ascending index. @throws {ChainError} `CHAIN_LOGS_INCOMPLETE` among others */
export async function revealedUpdates(chain: Chain, key: RoundKey, options: CallOptions): Promise<RevealedUpdate[]> {
  const read = (fromBlock: bigint, toBlock: bigint) =>
    chain.client.getContractEvents({ ...eventsOf(chain, key), eventName: "UpdateRevealed", fromBlock, toBlock });
  const logs = await logsSince(chain, { doing: "UpdateRevealed logs", fromBlock: key.openedAtBlock, read }, options);
  const updates = logs
    .map(({ args: { trainer, index, updateDigest, byteLength, traceRoot, sampleCount, salt } }) => {
      return { trainer, index, updateDigest, byteLength, traceRoot, sampleCount, salt };
    })
    .sort((a, b) => a.index - b.index);
  requireLogs(
    key,
    updates.map(({ index }) => index),
    "UpdateRevealed",
  );
  return updates;
}

/** @returns the auditors whose verdict accepts update `index`, by the last that each opened. @throws {ChainError} */
export async function acceptingAuditors(
  chain: Chain,
  { index, ...key }: RoundKey & { readonly index: number },
  options: CallOptions,
): Promise<Address[]> {
  const read = (fromBlock: bigint, toBlock: bigint) =>
    chain.client.getContractEvents({ ...eventsOf(chain, key), eventName: "VerdictRevealed", fromBlock, toBlock });
  const logs = await logsSince(chain, { doing: "VerdictRevealed logs", fromBlock: key.openedAtBlock, read }, options);
  const bitmaps = new Map(logs.map(({ args: { auditor, acceptedBitmap } }) => [auditor, acceptedBitmap]));
  return [...bitmaps].filter(([, bitmap]) => (bitmap >> BigInt(index)) & 1n).map(([auditor]) => auditor);
}

/** @returns who ever took a place in the task, once each. @throws {ChainError} */
export async function joinedTrainers(chain: Chain, taskId: bigint, options: CallOptions): Promise<Address[]> {
  const events = placeEvents(chain, taskId);
  const read = (fromBlock: bigint, toBlock: bigint) =>
    chain.client.getContractEvents({ ...events, eventName: "TrainerJoined", fromBlock, toBlock });
  const query = { doing: "TrainerJoined logs", fromBlock: BigInt(chain.deployment.deployedAtBlock), read };
  const logs = await logsSince(chain, query, options);
  return [...new Set(logs.map(({ args: { trainer } }) => trainer))];
}

/** @returns the block in which the trainer took the place that it has now; 0 when it never joined. @throws {ChainError} */
export async function joinedAtBlock(
  chain: Chain,
  { taskId, trainer }: { readonly taskId: bigint; readonly trainer: Address },
  options: CallOptions,
): Promise<bigint> {
  const events = placeEvents(chain, taskId, trainer);
  const read = (fromBlock: bigint, toBlock: bigint) =>
    chain.client.getContractEvents({ ...events, eventName: "TrainerJoined", fromBlock, toBlock });
  const query = { doing: "TrainerJoined logs", fromBlock: BigInt(chain.deployment.deployedAtBlock), read };
  return (await logsSince(chain, query, options)).at(-1)?.blockNumber ?? 0n;
}

/** How a trainer lost its place in a task last. */
export interface Departure {
  /** Who sent the transaction: itself when it left, anybody when it was evicted. */
  readonly by: Address;
  readonly blockNumber: bigint;
}

/** @returns `undefined` when it never left. @throws {ChainError} */
export async function departureOf(
  chain: Chain,
  { taskId, trainer }: { readonly taskId: bigint; readonly trainer: Address },
  options: CallOptions,
): Promise<Departure | undefined> {
  const events = placeEvents(chain, taskId, trainer);
  const read = (fromBlock: bigint, toBlock: bigint) =>
    chain.client.getContractEvents({ ...events, eventName: "TrainerLeft", fromBlock, toBlock });
  const query = { doing: "TrainerLeft logs", fromBlock: BigInt(chain.deployment.deployedAtBlock), read };
  const last = (await logsSince(chain, query, options)).at(-1);
  if (last === undefined) return undefined;
  const { transactionHash: hash, blockNumber } = last;
  const { from: by } = await chain.request(
    "eth_getTransactionByHash",
    () => chain.client.getTransaction({ hash }),
    options,
  );
  return { by: getAddress(by), blockNumber };
}

/** Who takes and loses places in a task; all trainers where none is named. */
function placeEvents(chain: Chain, taskId: bigint, trainer?: Address) {
  const { flContract: address } = chain.deployment.contracts;
  return { address, abi: ABIS.flContract, args: { taskId, trainer }, strict: true } as const;
}

/** A committee as it was drawn. */
export interface DrawnCommittee {
  readonly taskId: bigint;
  readonly members: readonly Address[];
}

/** @returns the committees of all tasks drawn in these blocks, in the chain's order. @throws {ChainError} */
export async function drawnCommittees(
  chain: Chain,
  { fromBlock, toBlock }: { readonly fromBlock: bigint; readonly toBlock: bigint },
  options: CallOptions,
): Promise<DrawnCommittee[]> {
  const { flContract: address } = chain.deployment.contracts;
  const logs = await chain.request(
    "CommitteeDrawn logs",
    () =>
      chain.client.getContractEvents({
        address,
        abi: ABIS.flContract,
        eventName: "CommitteeDrawn",
        fromBlock,
        toBlock,
        strict: true,
      }),
    options,
  );
  return logs.map(({ args: { taskId, members } }) => ({ taskId, members }));
}

export function eventsOf(chain: Chain, { taskId, round }: RoundKey) {
  const { flContract: address } = chain.deployment.contracts;
  return { address, abi: ABIS.flContract, args: { taskId, round }, strict: true } as const;
}

export interface LogQuery<T> {
  readonly doing: string;
  readonly fromBlock: bigint;
  readonly read: (fromBlock: bigint, toBlock: bigint) => Promise<T[]>;
}

/** Reads logs up to the head in ranges that public RPCs allow. */
export async function logsSince<T>(
  chain: Chain,
  { doing, fromBlock, read }: LogQuery<T>,
  options: CallOptions,
): Promise<T[]> {
  const head = await chain.request("eth_blockNumber", () => chain.client.getBlockNumber(), options);
  const logs: T[] = [];
  for (let from = fromBlock; from <= head; from += MAX_LOG_BLOCKS) {
    const last = from + MAX_LOG_BLOCKS - 1n;
    logs.push(...(await chain.request(doing, () => read(from, last < head ? last : head), options)));
  }
  return logs;
}
