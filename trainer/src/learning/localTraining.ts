/**
 * One trainer's part of a round: a pure function of base parameters, shard, seed and program.
 *
 * Auditors run the same function, so nothing here may read a clock, the platform or an unordered collection.
 */

import { encodeParameters, sha256Hex, stateHash } from "../engine/checkpoint.ts";
import type { Executor } from "../engine/executor.ts";
import type { Parameters } from "../engine/tensor.ts";
import type { Hex } from "../protocol/hex.ts";
import { createBatchOrder } from "./batchOrder.ts";
import { requireFit } from "./dataFit.ts";
import type { Records } from "./records.ts";
import { isTraced, traceRoot } from "./trace.ts";

export interface LocalTrainingJob {
  /** Its program is the agreed one. Used by nobody else until the training ends. */
  readonly executor: Executor;
  readonly base: Parameters;
  readonly records: Records;
  /** Record numbers to train on; at least one. */
  readonly shard: Uint32Array;
  /** 32 bytes that key the batch order and dropout. */
  readonly seed: Uint8Array;
  /** Range: 1 … 1,000,000. */
  readonly localSteps: number;
  /** A state hash enters the trace after every so many steps, and after the last. Range: 1 … localSteps. */
  readonly traceStride: number;
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
  /** Canonical safetensors of the trained parameters. */
  readonly bytes: Uint8Array;
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
 * Optimiser state starts at zero. A state is hashed off the thread while the next steps run; at most one hash is under
 * way, so memory stays bounded by two copies of the state.
 *
 * @returns the update; equal jobs give equal updates on every machine and executor but for nothing.
 * @throws {LearningError} as {@link requireFit}
 * @throws {EngineError} `ENGINE_PARAMETERS_MISMATCH` | `ENGINE_NOT_FINITE` naming the step
 * @throws the signal's reason when aborted
 */
export async function trainLocally(job: LocalTrainingJob): Promise<LocalUpdate> {
  const { executor, records, shard, localSteps, traceStride } = job;
  const { batchSize, inputSize, targetSize } = executor.program;
  requireRanges(localSteps, traceStride);
  requireFit(executor.program, records, shard);
  executor.loadParameters(job.base, job.seed);
  const nextBatch = createBatchOrder(shard, job.seed, batchSize);
  const inputs = new Float32Array(batchSize * inputSize);
  const targets = new Float32Array(batchSize * targetSize);
  const traceLeaves: Hex[] = [];
  let pending: Promise<Hex> | undefined;
  let lossSum = 0;

  for (let step = 1; step <= localSteps; step++) {
    job.signal?.throwIfAborted();
    records.read(nextBatch(), inputs, targets);
    const loss = executor.step(inputs, targets);
    lossSum += loss;
    if (isTraced(step, traceStride, localSteps)) {
      if (pending !== undefined) traceLeaves.push(await pending);
      pending = stateHash(executor.checkpoint());
    }
    await job.onStep?.({ step, loss });
  }
  traceLeaves.push(await pending!); // the last step is always traced
  const bytes = encodeParameters(executor.parameters());
  return {
    bytes,
    digest: await sha256Hex(bytes),
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
