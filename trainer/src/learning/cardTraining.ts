/**
 * A trainer's part of a round on a graphics card. Its result is close to `trainLocally`'s, and nobody can replay it: so it is
 * for tasks in which updates are scored, and its trace has the last state only.
 */
import { sha256Hex, stateHash } from "../engine/checkpoint.ts";
import type { StreamingExecutor } from "../engine/webgpu/webgpuExecutor.ts";
import { createBatchOrder } from "./batchOrder.ts";
import { encodeUpdate } from "./compression/updateFile.ts";
import { requireFit } from "./dataFit.ts";
import type { LocalTrainingJob, LocalUpdate } from "./localTraining.ts";
import { traceRoot } from "./trace.ts";

export interface CardTrainingJob extends Omit<LocalTrainingJob, "executor" | "traceStride" | "correction"> {
  readonly card: StreamingExecutor;
  /**
   * Steps between two read-backs: enough to keep a card busy, few enough to hear soon of a stop or a card that was lost.
   * Changes no result. Range: 1 … `MAX_QUEUED`. @default 64
   */
  readonly stepsAtOnce?: number;
}

/**
 * @throws {LearningError} as `requireFit`
 * @throws {EngineError} `ENGINE_PARAMETERS_MISMATCH` | `ENGINE_NOT_FINITE` | `ENGINE_DEVICE_LOST`
 * @throws the signal's reason when aborted
 */
export async function trainOnCard(job: CardTrainingJob): Promise<LocalUpdate> {
  const { card, base, records, shard, seed, localSteps, signal, stepsAtOnce = 64 } = job;
  const { batchSize, inputSize, targetSize } = card.program;
  requireFit(card.program, records, shard);
  card.loadParameters(base, seed);
  const nextBatch = createBatchOrder(shard, seed, batchSize);
  const inputs = new Float32Array(batchSize * inputSize);
  const targets = new Float32Array(batchSize * targetSize);
  let lossSum = 0;
  for (let step = 0; step < localSteps; ) {
    signal?.throwIfAborted();
    const queued = Math.min(localSteps - step, stepsAtOnce);
    for (let i = 0; i < queued; i++) {
      records.read(nextBatch(), inputs, targets);
      await card.room();
      card.enqueue(inputs, targets);
    }
    for (const loss of await card.losses()) {
      step++;
      lossSum += loss;
      await job.onStep?.({ step, loss });
    }
  }
  const checkpoint = await card.checkpoint();
  const update = encodeUpdate(checkpoint.parameters, job);
  const traceLeaves = [stateHash(checkpoint)];
  return {
    ...update,
    ...{ digest: await sha256Hex(update.bytes), traceLeaves, traceRoot: traceRoot(traceLeaves) },
    ...{ sampleCount: shard.length, loss: lossSum / localSteps },
  };
}
