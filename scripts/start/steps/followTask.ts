/** Turns the contract's log into the demo's events, in the chain's order, each once. Reads only. */
import { getAddress, parseEventLogs } from "viem";
import type { Chain } from "../../../trainer/src/chain/connection.ts";
import { pause } from "../../../trainer/src/chain/deadline.ts";
import { PHASES } from "../../../trainer/src/protocol/contractEnums.ts";
import { ABIS } from "../../../trainer/src/protocol/generated/abi.ts";
import type { ChainEvent } from "../state/runEvent.ts";

/** More than this between two looks means the machine was asleep. Unit: blocks. */
const MAX_BLOCKS = 1_000n;

export interface FollowOptions {
  readonly taskId: bigint;
  readonly fromBlock: bigint;
  readonly onEvent: (event: ChainEvent) => void;
  readonly signal: AbortSignal;
}

/** Follows until `signal` fires. @throws {ChainError} when the chain stops answering */
export async function followTask(chain: Chain, { taskId, fromBlock, onEvent, signal }: FollowOptions): Promise<void> {
  let next = fromBlock;
  while (!signal.aborted) {
    const head = await chain.request("eth_blockNumber", () => chain.client.getBlockNumber(), { signal });
    while (next <= head) {
      const toBlock = head - next >= MAX_BLOCKS ? next + MAX_BLOCKS - 1n : head;
      for (const event of await readEvents(chain, { taskId, fromBlock: next, toBlock, signal })) onEvent(event);
      next = toBlock + 1n;
    }
    await pause(chain.pollingMs, signal);
  }
}

interface Range {
  readonly taskId: bigint;
  readonly fromBlock: bigint;
  readonly toBlock: bigint;
  readonly signal: AbortSignal;
}

async function readEvents(chain: Chain, { taskId, fromBlock, toBlock, signal }: Range): Promise<ChainEvent[]> {
  const address = chain.deployment.contracts.flContract;
  const raw = await chain.request("eth_getLogs", () => chain.client.getLogs({ address, fromBlock, toBlock }), {
    signal,
  });
  const logs = parseEventLogs({ abi: ABIS.flContract, logs: raw, strict: true });
  return logs.flatMap((log) => ("taskId" in log.args && log.args.taskId === taskId ? (translate(log) ?? []) : []));
}

type Log = ReturnType<typeof parseEventLogs<typeof ABIS.flContract, true>>[number];

function translate(log: Log): ChainEvent | undefined {
  switch (log.eventName) {
    case "TrainerJoined":
      return { type: "joined", trainer: getAddress(log.args.trainer), slot: log.args.slot };
    case "RoundOpened":
      return { type: "opened", round: log.args.round, expected: log.args.expected };
    case "PhaseAdvanced":
      return { type: "phase", round: log.args.round, phase: PHASES[log.args.phase] ?? "None" };
    case "UpdateCommitted": {
      const { round, trainer, index } = log.args;
      return { type: "committed", round, trainer: getAddress(trainer), index };
    }
    case "UpdateRevealed": {
      const { round, trainer, byteLength } = log.args;
      return { type: "revealed", round, trainer: getAddress(trainer), byteLength };
    }
    case "CommitteeDrawn": {
      const { round, attempt, members } = log.args;
      return { type: "drawn", round, attempt, members: members.map((member) => getAddress(member)) };
    }
    case "VerdictCommitted":
      return { type: "verdictCommitted", round: log.args.round, auditor: getAddress(log.args.auditor) };
    case "VerdictRevealed": {
      const { round, auditor, acceptedBitmap: bitmap } = log.args;
      return { type: "verdictRevealed", round, auditor: getAddress(auditor), bitmap };
    }
    case "MissedPlantReported": {
      const { round, auditor, trainer, takenWei } = log.args;
      return { type: "plantMissed", round, auditor: getAddress(auditor), trainer: getAddress(trainer), takenWei };
    }
    case "VerdictsTallied":
      return { type: "tallied", round: log.args.round, bitmap: log.args.acceptedBitmap };
    case "AggregateAgreed": {
      const { round, digest, byteLength } = log.args;
      return { type: "agreed", round, digest, byteLength };
    }
    case "RoundFinalized": {
      const { round, version, acceptedBitmap: bitmap } = log.args;
      return { type: "final", round, version: Number(version), bitmap };
    }
    case "RoundFailed":
      return { type: "failed", round: log.args.round, reason: log.args.reason };
    default:
      return undefined; // the other events move nothing that is shown
  }
}
