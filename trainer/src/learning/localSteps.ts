/**
 * A run of training steps from a base, and nothing around it: what a trainer's round, its replay and a simulation share.
 *
 * Pure: base parameters, shard, seed and program decide every bit.
 */
import type { Executor } from "../engine/executor.ts";
import type { Parameters } from "../engine/tensor.ts";
import { createBatchOrder } from "./batchOrder.ts";
import { requireFit } from "./dataFit.ts";
import { correctStep, type LocalCorrection } from "./localCorrection.ts";
import type { Records } from "./records.ts";

export interface LocalSteps {
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
  /** What the plan's aggregation rule does to every step. @default nothing */
  readonly correction?: LocalCorrection | undefined;
}

/**
 * Takes the steps one at a time.
 *
 * @yields the loss of each step's batch before its update; the executor then holds the state after the step.
 * @throws {LearningError} as {@link requireFit}
 * @throws {EngineError} `ENGINE_PARAMETERS_MISMATCH` | `ENGINE_NOT_FINITE` naming the step
 */
export function* takeSteps(job: LocalSteps): Generator<number, void> {
  const { executor, records, shard, seed, localSteps, correction } = job;
  const { batchSize, inputSize, targetSize } = executor.program;
  if (!Number.isSafeInteger(localSteps) || localSteps < 1) throw new RangeError(`localSteps is ${localSteps}`);
  requireFit(executor.program, records, shard);
  executor.loadParameters(job.base, seed);
  const nextBatch = createBatchOrder(shard, seed, batchSize);
  const inputs = new Float32Array(batchSize * inputSize);
  const targets = new Float32Array(batchSize * targetSize);
  const correct = correction && correctStep(correction, { executor, base: job.base, seed });
  for (let step = 0; step < localSteps; step++) {
    records.read(nextBatch(), inputs, targets);
    correct?.before();
    const loss = executor.step(inputs, targets);
    correct?.after(step);
    yield loss;
  }
}
