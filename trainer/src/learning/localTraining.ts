/**
 * One trainer's part of a round: a pure function of base parameters, shard, seed and program.
 *
 * Auditors run the same function, so nothing here may read a clock, the platform or an unordered collection.
 */

import { sha256Hex, stateHash } from "../engine/checkpoint.ts";
import type { Hex } from "../protocol/hex.ts";
import type { Compression } from "./compression/compression.ts";
import { encodeUpdate } from "./compression/updateFile.ts";
import { type LocalSteps, takeSteps } from "./localSteps.ts";
import { isTraced, traceRoot } from "./trace.ts";

export interface LocalTrainingJob extends LocalSteps {
  /** A state hash enters the trace after every so many steps, and after the last. Range: 1 … localSteps. */
  readonly traceStride: number;
  /** @default the update is the trained weights */
  readonly compression?: Compression | undefined;
  /** With error feedback: what earlier updates lost. @default nothing */
  readonly residual?: Float32Array | undefined;
  readonly signal?: AbortSignal | undefined;
  /** Told after every step. Awaited, so a promise gives the event loop its turn. */
  readonly onStep?: ((progress: StepProgress) => void | Promise<void>) | undefined;
}

export interface StepProgress {
  /** Steps done. */
  readonly step: number;
  readonly loss: number;
}

export interface LocalUpdate {
  /** Canonical safetensors of the trained parameters; with compression, what they differ from the base by. */
  readonly bytes: Uint8Array;
  /** What the next update is to add; only with error feedback. */
  readonly residual?: Float32Array;
  /** SHA-256 of `bytes`. */
  readonly digest: Hex;
  /** State hashes in the order of their steps. */
  readonly traceLeaves: readonly Hex[];
  readonly traceRoot: Hex;
  /** Records in the shard: the update's weight in an average. */
  readonly sampleCount: number;
  /** Mean loss over the steps, each batch's before its update. Unit: nats. */
  readonly loss: number;
}

/**
 * Trains `localSteps` steps from `base`.
 *
 * Optimiser state starts at zero.
 *
 * @returns the update; equal jobs give equal updates on every machine and executor but for nothing.
 * @throws {LearningError} as `requireFit`, and `LEARNING_NOT_FINITE` where the update has no compressed form
 * @throws {EngineError} `ENGINE_PARAMETERS_MISMATCH` | `ENGINE_NOT_FINITE` naming the step
 * @throws the signal's reason when aborted
 */
export async function trainLocally(job: LocalTrainingJob): Promise<LocalUpdate> {
  const { executor, shard, localSteps, traceStride } = job;
  requireRanges(localSteps, traceStride);
  const traceLeaves: Hex[] = [];
  let lossSum = 0;
  let step = 0;

  job.signal?.throwIfAborted();
  for (const loss of takeSteps(job)) {
    step++;
    lossSum += loss;
    if (isTraced(step, traceStride, localSteps)) traceLeaves.push(stateHash(executor.checkpoint()));
    await job.onStep?.({ step, loss });
    job.signal?.throwIfAborted();
  }
  const update = encodeUpdate(executor.parameters(), job);
  return {
    ...update,
    digest: await sha256Hex(update.bytes),
    traceLeaves,
    traceRoot: traceRoot(traceLeaves),
    sampleCount: shard.length,
    loss: lossSum / localSteps,
  };
}

function requireRanges(localSteps: number, traceStride: number): void {
  if (!Number.isSafeInteger(localSteps) || localSteps < 1) throw new RangeError(`localSteps is ${localSteps}`);
  if (!Number.isSafeInteger(traceStride) || traceStride < 1 || traceStride > localSteps) {
    throw new RangeError(`traceStride is ${traceStride} of ${localSteps} steps`);
  }
}
