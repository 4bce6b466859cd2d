/** Re-runs a trainer's work and says whether its claim is true, bit for bit. Never judges how good the update is. */
import { type LocalTrainingJob, type LocalUpdate, trainLocally } from "../learning/localTraining.ts";
import { firstDivergentLeaf, traceRoot } from "../learning/trace.ts";
import { CHUNK_BYTES } from "../protocol/contentRef.ts";
import type { Hex } from "../protocol/hex.ts";

/** What a trainer revealed of its update. */
export interface UpdateClaim {
  /** Digest of the update's root block, as on chain: its SHA-256 where it fits one block. */
  readonly digest: Hex;
  /** Unit: bytes. */
  readonly byteLength?: number;
  readonly traceRoot: Hex;
  readonly sampleCount: number;
  /** The leaves under `traceRoot`, where the trainer gave them; only they can show where it went wrong. */
  readonly traceLeaves?: readonly Hex[] | undefined;
}

export interface ReplayJob extends LocalTrainingJob {
  /** Gives the root block's digest of an update longer than one block. @default refuses such updates */
  readonly digestOf?: ((bytes: Uint8Array) => Promise<Hex>) | undefined;
}

export type ReplayMismatch = "digest" | "trace" | "sampleCount";

export interface ReplayVerdict {
  readonly match: boolean;
  /** The first of sampleCount, trace, digest that differs. */
  readonly reason?: ReplayMismatch;
  /** Where the claimed trace leaves the true one; absent when the trainer gave no leaves under its root. */
  readonly firstDivergentLeaf?: number;
  /** What the work really gives. */
  readonly update: LocalUpdate;
}

/**
 * Trains as the claim's trainer had to and compares.
 *
 * Cost: that of the training itself.
 *
 * @throws what {@link trainLocally} throws; that is the auditor's failure or the plan's, never the trainer's lie
 */
export async function replay(claim: UpdateClaim, job: ReplayJob): Promise<ReplayVerdict> {
  const update = await trainLocally(job);
  const reason = await mismatchOf(claim, update, job);
  if (reason === undefined) return { match: true, update };
  const leaf = reason === "sampleCount" ? undefined : divergentLeaf(claim, update);
  return { match: false, reason, update, ...(leaf === undefined ? {} : { firstDivergentLeaf: leaf }) };
}

async function mismatchOf(
  claim: UpdateClaim,
  update: LocalUpdate,
  job: ReplayJob,
): Promise<ReplayMismatch | undefined> {
  if (claim.sampleCount !== update.sampleCount) return "sampleCount";
  if (!sameHex(claim.traceRoot, update.traceRoot)) return "trace";
  if ((claim.byteLength ?? update.bytes.length) !== update.bytes.length) return "digest";
  return sameHex(claim.digest, await rootDigest(update, job)) ? undefined : "digest";
}

async function rootDigest({ bytes, digest }: LocalUpdate, { digestOf }: ReplayJob): Promise<Hex> {
  if (bytes.length <= CHUNK_BYTES) return digest;
  if (digestOf === undefined) throw new TypeError(`an update of ${bytes.length} bytes needs digestOf`);
  return digestOf(bytes);
}

function divergentLeaf({ traceRoot: root, traceLeaves }: UpdateClaim, update: LocalUpdate): number | undefined {
  const isBound = traceLeaves !== undefined && sameHex(traceRoot(traceLeaves), root);
  return isBound ? firstDivergentLeaf(traceLeaves, update.traceLeaves) : undefined;
}

function sameHex(left: Hex, right: Hex): boolean {
  return left.toLowerCase() === right.toLowerCase();
}
