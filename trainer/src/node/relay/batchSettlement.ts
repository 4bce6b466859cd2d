/** After `Reveal`: has trainers answer for what they signed and did not open, then gets the bond back. */
import { parseEventLogs } from "viem";
import { batchState } from "../../chain/batches.ts";
import { ChainError, refusalOf } from "../../chain/chainError.ts";
import type { CallOptions } from "../../chain/connection.ts";
import { batchPath } from "../../protocol/commitmentBatch.ts";
import { ABIS } from "../../protocol/generated/abi.ts";
import type { RelayState } from "./relayDesk.ts";
import { RelayError } from "./relayError.ts";
import type { PlacedBatch, RelayRound } from "./relayRound.ts";

/**
 * Settles every batch of the round that is not settled yet. Reports come first: whatever nobody answers for the settlement
 * takes of the relay's stake.
 *
 * @throws {ChainError} but no refusal of a report
 */
export async function settleRound(state: RelayState, round: RelayRound, options: CallOptions): Promise<void> {
  const { chain } = state;
  for (const sent of round.batches) {
    const key = { ...round.key, openedAtBlock: round.openedAtBlock, batch: sent.batch };
    const { closed, isSettled } = await batchState(chain, key, options);
    if (isSettled) continue;
    const open = sent.entries.map((_, index) => index).filter((index) => !closed.has(index));
    for (const index of open) await report(state, round, { sent, index }, options);
    await settle(state, round, sent, options);
  }
}

interface Unopened {
  readonly sent: PlacedBatch;
  readonly index: number;
}

async function report(state: RelayState, round: RelayRound, { sent, index }: Unopened, options: CallOptions) {
  const { taskId, round: number } = round.key;
  const entry = sent.placed[index];
  const kept = entry === undefined ? undefined : round.entries.get(entry.trainer);
  if (entry === undefined || kept?.commitment !== entry.commitment) return; // not by this folder's word
  const proof = { batch: sent.batch, index, path: batchPath(sent.placed, index) };
  const signed = { trainer: entry.trainer, slot: entry.slot, commitment: entry.commitment, r: kept.r, vs: kept.vs };
  try {
    const call = [taskId, number, proof, signed] as const;
    const { logs } = await state.chain.send("flContract", "reportUnopened", call, options);
    for (const { args } of parseEventLogs({ abi: ABIS.flContract, logs, eventName: "UnopenedReported" })) {
      const { trainer, takenWei } = args;
      if (takenWei === 0n) state.detours.set(trainer, (state.detours.get(trainer) ?? 0) + 1);
      state.emit({ event: "unopenedReported", task: `${taskId}`, round: number, trainer, takenWei: `${takenWei}` });
    }
  } catch (error) {
    if (!(error instanceof ChainError && refusalOf(error) !== undefined)) throw error;
    state.emit({ event: "error", code: error.code, message: error.message }); // too late, or somebody was first
  }
}

async function settle(state: RelayState, round: RelayRound, sent: PlacedBatch, options: CallOptions): Promise<void> {
  const { taskId, round: number } = round.key;
  const { logs } = await state.chain.send("flContract", "settleBatch", [taskId, number, sent.batch], options);
  for (const { args } of parseEventLogs({ abi: ABIS.flContract, logs, eventName: "BatchSettled" })) {
    const [owedWei, takenWei] = [`${args.owedWei}`, `${args.takenWei}`];
    state.emit({ event: "batchSettled", task: `${taskId}`, round: number, batch: args.batch, owedWei, takenWei });
    if (args.takenWei === 0n) continue;
    const detail = { code: "RELAY_BOND_LOST", taskId: `${taskId}`, round: number, takenWei } as const;
    const lost = new RelayError(detail, `nobody answers for ${owedWei} wei of the batch of round ${number}`);
    state.emit({ event: "error", code: lost.code, message: lost.message });
  }
}
