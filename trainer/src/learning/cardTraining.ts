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
}

/** Steps between two read-backs: enough to keep a card busy, few enough to hear soon of one that was lost. */
const STEPS_AT_ONCE = 64;

/**
 * @throws {LearningError} as `requireFit`
 * @throws {EngineError} `ENGINE_PARAMETERS_MISMATCH` | `ENGINE_NOT_FINITE` | `ENGINE_DEVICE_LOST`
 * @throws the signal's reason when aborted
 */
export async function trainOnCard(job: CardTrainingJob): Promise<LocalUpdate> {
  const { card, base, records, shard, seed, localSteps, signal } = job;
  const { batchSize, inputSize, targetSize } = card.program;
  requireFit(card.program, records, shard);
  card.loadParameters(base, seed);
  const nextBatch = createBatchOrder(shard, seed, batchSize);
  const inputs = new Float32Array(batchSize * inputSize);
  const targets = new Float32Array(batchSize * targetSize);
  let lossSum = 0;
  for (let step = 0; step < localSteps; ) {
    signal?.throwIfAborted();
    const end = Math.min(localSteps, step + STEPS_AT_ONCE);
    for (; step < end; step++) {
      records.read(nextBatch(), inputs, targets);
      await card.room();
      card.enqueue(inputs, targets);
    }
    const losses = await card.losses();
    for (const loss of losses) lossSum += loss;
    await job.onStep?.({ step, loss: losses.at(-1)! });
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
