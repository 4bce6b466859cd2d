/** A round's mean over what a committee accepted, as this node computes it. */

import { fileTail } from "../audit/dispute/fileTail.ts";
import type { MeanClaim } from "../audit/dispute/game.ts";
import { type MeanFault, MeanRun, type MeanUpdate } from "../audit/dispute/mean/meanRun.ts";
import { talliedBitmaps } from "../chain/talliedBitmaps.ts";
import { type RevealedUpdate, readRound, revealedUpdates } from "../chain/task.ts";
import { encodeVersion } from "../engine/checkpoint.ts";
import type { Parameters } from "../engine/tensor.ts";
import { computeRootBlock } from "../network/contentDigest.ts";
import { toHex } from "../protocol/hex.ts";
import { baseParameters } from "./job.ts";
import { logsOf, type RoundContext, type SeatContext } from "./roundContext.ts";
import { fetchUpdate } from "./updateFetch.ts";

/** @returns the updates that the bitmap accepts, in ascending order of their trainers' addresses. @throws {ChainError} */
export async function acceptedUpdates(
  context: Pick<SeatContext, "chain" | "job" | "round" | "signal">,
  bitmap: bigint,
): Promise<RevealedUpdate[]> {
  const { chain, signal } = context;
  const updates = await revealedUpdates(chain, logsOf(context), { signal });
  return updates
    .filter(({ index }) => (bitmap >> BigInt(index)) & 1n)
    .sort((left, right) => (left.trainer.toLowerCase() < right.trainer.toLowerCase() ? -1 : 1));
}

/** @returns the updates as the contract wants to see them where a game about their mean is opened. */
export function openedUpdates(updates: readonly RevealedUpdate[]) {
  return updates.map(({ trainer, updateDigest, byteLength, traceRoot, sampleCount, salt }) => {
    return { trainer, opened: { updateDigest, byteLength, traceRoot, sampleCount, salt } };
  });
}

/** @returns the mean of these updates. @throws what chain, network or engine find, where one can't be read */
export async function meanOf(context: RoundContext, updates: readonly RevealedUpdate[]): Promise<MeanRun> {
  const { store, job, signal } = context;
  const read: MeanUpdate[] = [];
  const base = await baseParameters(context, job, context.round.baseVersion, { signal });
  for (const update of updates) {
    const { updateDigest, byteLength, sampleCount } = update;
    const parameters = await fetchUpdate(context, update, { base });
    const bytes = await store.get({ digest: updateDigest, byteLength }, { signal });
    const tail = fileTail(bytes, await computeRootBlock(bytes));
    read.push({ updateDigest, byteLength, sampleCount, parameters, tail });
  }
  return new MeanRun({ program: job.mean!, updates: read });
}

/** @returns the mean that a game is about: of what its round's committee had accepted when it was opened. */
export async function meanOfClaim(context: RoundContext, claim: MeanClaim): Promise<MeanRun | undefined> {
  const { chain, job, signal } = context;
  const { round: number, updatesRoot } = claim;
  const round = { ...(await readRound(chain, job.taskId, number, { signal })), round: number };
  const where = { taskId: job.taskId, round: number, fromBlock: BigInt(round.openedAtBlock) };
  for (const bitmap of new Set([round.acceptedBitmap, ...(await talliedBitmaps(chain, where, { signal }))])) {
    const then = { ...context, round };
    const run = await meanOf(then, await acceptedUpdates(then, bitmap));
    if (toHex(run.updateTree.root) === updatesRoot) return run;
  }
  return undefined;
}

/** @returns what the run ends in, as the next version's file. */
export function fileOf(run: MeanRun): Uint8Array {
  const parameters: Parameters = new Map(
    run.program.tensors.map(({ name }, at) => {
      const { shape } = run.updates[0]!.parameters.get(name)!;
      const words = run.words(at);
      return [name, { shape, data: new Float32Array(words.buffer, words.byteOffset, words.length) }];
    }),
  );
  return encodeVersion({ parameters });
}

/** What a bribed committee agrees on: the mean with one bit of its first number turned. For demonstrations and tests. */
export const FALSE_MEAN: MeanFault = { tensor: 0, element: 0, mask: 1 << 22 };
