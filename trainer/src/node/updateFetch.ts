/** Fetches what trainers opened, and tells an update's fault from this machine's. */
import { readNode } from "../chain/nodes.ts";
import type { RevealedUpdate } from "../chain/task.ts";
import type { Parameters } from "../engine/tensor.ts";
import { plannedCompression } from "../learning/compression/compression.ts";
import { malformed } from "../learning/compression/format.ts";
import { decodeUpdate, updateByteLength } from "../learning/compression/updateFile.ts";
import { isTagged } from "../protocol/errors.ts";
import type { RoundContext } from "./roundContext.ts";

/** An update that does not come within this is not there for others either. Unit: milliseconds. */
export const FETCH_DEADLINE_MS = 10_000;

/**
 * Failures that are the update's: it is not to be had, not what its digest names, not a model of this task nor the difference
 * to one, or its training diverges. A full disk, a lost RPC, too little memory is the auditor's own trouble and no verdict.
 */
const UPDATES_FAULT =
  /^(NETWORK_(CONTENT|DIGEST|PEER)_|ENGINE_(?!THREAD_LOST|OUT_OF_MEMORY)|LEARNING_(COMPRESSED_MALFORMED|NOT_FINITE)$)/;

/** Bytes that are no update are so for everybody; bytes that are late are not. */
export const MALFORMED = /^(ENGINE_|LEARNING_(COMPRESSED_MALFORMED|NOT_FINITE)$)/;

export interface FetchOptions {
  /** The version that the round starts from: compressed updates are differences to it. */
  readonly base: Parameters;
  /** @default FETCH_DEADLINE_MS */
  readonly deadlineMs?: number;
}

/**
 * Asks the trainer first, and dials it when it joined after we last looked who is there.
 *
 * A compressed update of another length than the plan's is refused before anything of it is fetched.
 *
 * @returns the weights that the update stands for.
 */
export async function fetchUpdate(
  { chain, store, job, signal }: RoundContext,
  { updateDigest: digest, byteLength, trainer }: RevealedUpdate,
  { base, deadlineMs = FETCH_DEADLINE_MS }: FetchOptions,
): Promise<Parameters> {
  const { program } = job.executor;
  const compression = plannedCompression(job.plan);
  const expected = updateByteLength(program, compression);
  if (compression !== undefined && byteLength !== expected) throw malformed(Math.min(byteLength, expected));
  const ref = { digest, byteLength };
  const isHere = await store.has(ref);
  const peer = isHere ? undefined : await readNode(chain, trainer, { signal });
  if (peer !== undefined) await store.connect([peer], { signal });
  const providers = peer === undefined ? [] : [peer.peerId];
  const bytes = await store.get(ref, { signal, deadlineMs, providers });
  return decodeUpdate(bytes, { program, base, compression });
}

/** @returns the code of what is wrong with the update. Being stopped is not the update's fault and goes on up. */
export async function problemOf(work: () => Promise<unknown>, faults = UPDATES_FAULT): Promise<string | undefined> {
  try {
    await work();
    return undefined;
  } catch (error) {
    if (!isTagged(error) || !faults.test(error.code)) throw error;
    return error.code;
  }
}
