/** What a game's numbers are of, read from the chain: a mean's updates with their weights, and the instruction that the chain ran. */
import type { Address } from "viem";
import { updateLeaf } from "../audit/dispute/mean/updateLeaf.ts";
import { isLost, outline } from "../audit/dispute/outline.ts";
import { type SettledInstruction, settledInstruction } from "../audit/dispute/settledInstruction.ts";
import { listTree } from "../audit/dispute/trees.ts";
import type { CallOptions, Chain } from "../chain/connection.ts";
import type { GameHistory } from "../chain/gameHistory.ts";
import { talliedBitmaps } from "../chain/talliedBitmaps.ts";
import { readRound, revealedUpdates } from "../chain/task.ts";
import { toHex } from "../protocol/hex.ts";

export interface DisputeDetails {
  /** Of an aggregate: what it is the mean of, in the order of their trainers' addresses. */
  readonly updates?: readonly MeanPart[];
  /** Of a game that the chain decided by running an instruction. */
  readonly settled?: SettledInstruction;
}

export interface MeanPart {
  readonly trainer: Address;
  readonly sampleCount: number;
}

/** @throws {ChainError} */
export async function readDetails(chain: Chain, history: GameHistory, options: CallOptions): Promise<DisputeDetails> {
  const updates = await meanParts(chain, history, options);
  const settled = await settledBy(chain, history, options);
  return { ...(updates === undefined ? {} : { updates }), ...(settled === undefined ? {} : { settled }) };
}

async function settledBy(chain: Chain, { kind, steps, end, endHash }: GameHistory, options: CallOptions) {
  const lost = steps.findLast(({ position }) => isLost(outline(kind, position)));
  const isRun = end?.outcome === "Disproven" || end?.outcome === "Upheld";
  const hash = lost?.transactionHash ?? (isRun ? endHash : undefined);
  if (hash === undefined) return undefined;
  const { input } = await chain.request("transaction", () => chain.client.getTransaction({ hash }), options);
  return settledInstruction(kind, input);
}

/** @returns undefined for a game about an update, and where no tally of the round gives what the claim is of. */
async function meanParts(chain: Chain, { claim }: GameHistory, options: CallOptions): Promise<MeanPart[] | undefined> {
  if (!("updatesRoot" in claim)) return undefined;
  const { taskId, round, updatesRoot } = claim;
  const { openedAtBlock } = await readRound(chain, taskId, round, options);
  const key = { taskId, round, openedAtBlock: BigInt(openedAtBlock) };
  const revealed = await revealedUpdates(chain, key, options);
  const ordered = revealed.toSorted((a, b) => (a.trainer.toLowerCase() < b.trainer.toLowerCase() ? -1 : 1));
  for (const bitmap of await talliedBitmaps(chain, { taskId, round, fromBlock: key.openedAtBlock }, options)) {
    const accepted = ordered.filter(({ index }) => (bitmap >> BigInt(index)) & 1n);
    if (toHex(listTree(accepted.map(updateLeaf)).root) !== updatesRoot) continue;
    return accepted.map(({ trainer, sampleCount }) => ({ trainer, sampleCount }));
  }
  return undefined;
}
