/** The contract's log of one task as plain events, each once and in the chain's order. Reads only. */
import { parseEventLogs } from "viem";
import type { CallOptions, Chain } from "../chain/connection.ts";
import { PHASES } from "../protocol/contractEnums.ts";
import { ABIS } from "../protocol/generated/abi.ts";

/** One line of `cairn watch --json`. Besides these, the event's own arguments, named as in the contract. */
export interface TaskEvent {
  /** When it was read; the chain's own time is that of `block`. */
  readonly time: string;
  /** Name of the contract's event, such as `UpdateCommitted`. */
  readonly event: string;
  readonly block: string;
  readonly transaction: string;
  readonly task: string;
  readonly [argument: string]: unknown;
}

/** Most RPCs refuse wider log queries. Unit: blocks. Source: the common limit of public endpoints. */
const MAX_LOG_BLOCKS = 10_000n;

/** @returns the task's events in `fromBlock … toBlock`, and the block to go on from. @throws {ChainError} */
export async function readTaskEvents(
  chain: Chain,
  { taskId, fromBlock, toBlock }: { readonly taskId: bigint; readonly fromBlock: bigint; readonly toBlock: bigint },
  options: CallOptions,
): Promise<{ readonly events: readonly TaskEvent[]; readonly next: bigint }> {
  const address = chain.deployment.contracts.flContract;
  const events: TaskEvent[] = [];
  let next = fromBlock;
  while (next <= toBlock) {
    const last = next + MAX_LOG_BLOCKS - 1n < toBlock ? next + MAX_LOG_BLOCKS - 1n : toBlock;
    const range = { address, fromBlock: next, toBlock: last };
    const logs = await chain.request("eth_getLogs", () => chain.client.getLogs(range), options);
    const time = new Date().toISOString();
    for (const log of parseEventLogs({ abi: ABIS.flContract, logs, strict: true })) {
      const { taskId: task, ...rest } = log.args as { readonly taskId?: bigint; readonly phase?: number };
      if (task !== taskId) continue;
      const phase = rest.phase === undefined ? {} : { phase: PHASES[rest.phase] ?? "None" };
      const where = { block: `${log.blockNumber}`, transaction: log.transactionHash, task: `${taskId}` };
      events.push({ time, event: log.eventName, ...where, ...rest, ...phase });
    }
    next = last + 1n;
  }
  return { events, next };
}
