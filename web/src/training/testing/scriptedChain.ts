/** A task on a chain that a test moves by hand: only what a trainer's loop reads. */
import type { Chain } from "@cairn/trainer/chain/connection";
import { PHASES, type Phase, TASK_MODES } from "@cairn/trainer/protocol/contractEnums";
import type { Hex } from "@cairn/trainer/protocol/hex";
import type { Address } from "viem";

export interface ScriptedRound {
  round: number;
  phase: Phase;
  deadline: number;
  seed: Hex;
  committed: boolean;
  revealed: boolean;
  acceptedBitmap: bigint;
}

export const ACCOUNT: Address = "0x70997970C51812dc3A010C7d01b50e0d17dc79C8";
export const FL_CONTRACT: Address = "0x5FbDB2315678afecb367f032d93F642f64180aa3";
export const SLOT = 2;

export interface ScriptedChain {
  readonly chain: Chain;
  /** Changed by the test; read at every look. */
  readonly state: ScriptedRound & {
    now: number;
    rounds: number;
    closed: boolean;
    isEnrolled: boolean;
    isDown: boolean;
  };
}

export function createScriptedChain(): ScriptedChain {
  const state: ScriptedChain["state"] = {
    ...{ round: 1, phase: "Commit" as Phase, deadline: 1_060, seed: `0x${"5e".repeat(32)}` as Hex },
    ...{ committed: false, revealed: false, acceptedBitmap: 0n },
    ...{ now: 1_000, rounds: 9, closed: false, isEnrolled: true, isDown: false },
  };
  const views: Readonly<Record<string, () => unknown>> = {
    taskOf: () => ({
      ...{ round: state.round, closed: state.closed, enrolled: 3 },
      parameters: { mode: TASK_MODES.indexOf("Replayable"), rounds: state.rounds, minTrainers: 1, modelId: 1n },
    }),
    roundOf: () => ({
      ...{ phase: PHASES.indexOf(state.phase), deadline: state.deadline, seed: state.seed, baseVersion: 0n },
      ...{ acceptedBitmap: state.acceptedBitmap, seedTargetBlock: 0, snapshotEpoch: 0n },
    }),
    dutyOf: () => ({
      ...{ slot: SLOT, mayCommit: state.isEnrolled, committed: state.committed, revealed: state.revealed },
      ...{ seated: false, verdictCommitted: false, verdictRevealed: false, attested: false },
    }),
    slotOf: () => [state.isEnrolled, SLOT],
    versionOf: () => ({
      ...{ weightsDigest: `0x${"77".repeat(32)}`, weightsByteLength: 10 },
      ...{ taskId: 3n, round: 1, parentVersion: 0n },
    }),
  };
  const answer = async (name: string): Promise<unknown> => {
    if (state.isDown) throw Object.assign(new Error("the RPC does not answer"), { code: "CHAIN_RPC_UNREACHABLE" });
    return views[name]!();
  };
  const chain = {
    deployment: { chainId: 31_337, contracts: { flContract: FL_CONTRACT } },
    pollingMs: 1,
    client: { getBlock: async () => ({ number: BigInt(state.now), timestamp: BigInt(state.now) }) },
    read: (_contract: string, name: string) => answer(name),
    request: (_doing: string, work: () => Promise<unknown>) => work(),
  };
  return { chain: chain as unknown as Chain, state };
}
