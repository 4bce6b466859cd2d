/**
 * Training alone: steps, validation, early stop, and the state that goes on later as if nothing had stopped it.
 *
 * A run that is stopped after any step and resumed from its checkpoint gives the bits of a run that was not. So nothing
 * here reads a clock, and what is decided by time is decided by the caller.
 */
import { EngineError } from "../engine/errors.ts";
import type { Checkpoint, Executor } from "../engine/executor.ts";
import { initialParameters } from "../engine/initialParameters.ts";
import { createRandomStream, permutation } from "../engine/philox.ts";
import { createBatchOrder } from "./batchOrder.ts";
import { requireFit } from "./dataFit.ts";
import type { Evaluation } from "./evaluate.ts";
import { evaluateInParts, type Selection } from "./evaluateInParts.ts";
import type { Records } from "./records.ts";

export interface EarlyStop {
  /** Evaluations in a row without improvement after which it stops. Range: 1 … */
  readonly patience: number;
  /** By how much the validation loss must fall to count as better. Unit: nats, or the loss's own. */
  readonly minimumImprovement: number;
}

/** What early stop and the choice of the best depend on, besides the weights. */
export interface SoloProgress {
  /** Lowest validation loss so far, and the step after which it was measured. */
  readonly best: { readonly step: number; readonly loss: number } | undefined;
  /** Evaluations since then. */
  readonly waited: number;
  /** The step after which it was last evaluated; 0 when it was not yet. */
  readonly evaluatedStep: number;
}

/** Everything that a run goes on from. */
export interface SoloState extends SoloProgress {
  readonly checkpoint: Checkpoint;
}

export interface SoloJob {
  /** Used by nobody else until the training ends. */
  readonly executor: Executor;
  readonly training: Selection;
  readonly validation: Selection;
  /** 32 bytes that key first weights, order of batches and dropout. */
  readonly seed: Uint8Array;
  /** Steps of the whole run, those before {@link from} included. */
  readonly steps: number;
  readonly evaluateEvery: number;
  readonly checkpointEvery: number;
  readonly earlyStop?: EarlyStop | undefined;
  /** Stops as soon as the validation's accuracy reaches it. Range: 0 … 1. */
  readonly targetAccuracy?: number | undefined;
  /** Absent: from the first weights. */
  readonly from?: SoloState | undefined;
  /** Ends the run after the step under way, with a checkpoint. */
  readonly finish?: AbortSignal | undefined;
  /** Ends it now, without one. */
  readonly signal?: AbortSignal | undefined;
  readonly observer: SoloObserver;
}

/** Told what happens; awaited, so that a promise gives the event loop its turn. */
export interface SoloObserver {
  step(step: number, loss: number): void | Promise<void>;
  /** In the midst of an evaluation, of which `share` is done. */
  evaluating(share: number): void | Promise<void>;
  evaluated(step: number, evaluation: Evaluation, progress: SoloProgress): void | Promise<void>;
  /** `isBest`: no other state had so low a validation loss. Called twice for a step only when it was evaluated between. */
  checkpoint(state: SoloState, isBest: boolean): void | Promise<void>;
}

export type SoloEnd = "steps" | "earlyStop" | "targetAccuracy" | "finish";

export interface SoloResult extends SoloState {
  readonly end: SoloEnd;
}

/**
 * Trains until the steps are done, validation no longer improves, or it is told to finish.
 *
 * The last step of the run is always evaluated. An evaluation that `finish` ends is made up for when the run goes on.
 *
 * @throws {LearningError} as `requireFit`
 * @throws {EngineError} `ENGINE_PARAMETERS_MISMATCH` for a foreign checkpoint | `ENGINE_NOT_FINITE` naming step and layer
 * @throws the signal's reason when aborted
 */
export async function trainAlone(job: SoloJob): Promise<SoloResult> {
  const { executor, validation, steps, observer, finish } = job;
  requireFit(executor.program, validation.records, validation.indices);
  const takeStep = createStepper(job);
  let { step, progress } = begin(job, takeStep.skip);
  let saved = job.from === undefined ? undefined : savedAs(step, progress);
  let end = endAfter(job, undefined, progress);
  const isDue = (): boolean => step > progress.evaluatedStep && (step % job.evaluateEvery === 0 || step === steps);
  while (end === "steps" && (step < steps || isDue()) && finish?.aborted !== true) {
    job.signal?.throwIfAborted();
    const { best } = progress;
    if (!isDue()) await observer.step(++step, takeStep.next());
    if (isDue()) {
      const evaluation = await evaluateAfter(step, job);
      if (evaluation === undefined) break;
      progress = judge(progress, { step, loss: evaluation.loss }, job.earlyStop);
      end = endAfter(job, evaluation, progress);
      await observer.evaluated(step, evaluation, progress);
    }
    const isBest = progress.best !== best;
    if (isBest || step % job.checkpointEvery === 0) {
      await observer.checkpoint({ checkpoint: executor.checkpoint(), ...progress }, isBest);
      saved = savedAs(step, progress);
    }
  }
  const state = { checkpoint: executor.checkpoint(), ...progress };
  if (saved !== savedAs(step, progress)) await observer.checkpoint(state, false);
  return { ...state, end: end === "steps" && (step < steps || isDue()) ? "finish" : end };
}

/** Two states with the same mark need no second checkpoint. */
function savedAs(step: number, { evaluatedStep }: SoloProgress): string {
  return `${step}, evaluated after ${evaluatedStep}`;
}

/**
 * The records to learn from and those to judge by.
 *
 * @param validation a share of the training records, drawn by the seed (Philox stream `validation`), or the test split.
 */
export function splitForValidation(
  { train, test }: { readonly train: Records; readonly test: Records },
  validation: "test" | number,
  seed: Uint8Array,
): { readonly training: Selection; readonly validation: Selection } {
  const all = (records: Records): Selection => ({
    records,
    indices: Uint32Array.from({ length: records.count }, (_, i) => i),
  });
  if (validation === "test") return { training: all(train), validation: all(test) };
  const order = permutation(createRandomStream(seed, "validation"), train.count);
  const count = Math.min(train.count - 1, Math.max(1, Math.round(validation * train.count)));
  return {
    training: { records: train, indices: order.subarray(count).sort() },
    validation: { records: train, indices: order.subarray(0, count).sort() },
  };
}

/** Steps on batch after batch, in memory that is used again. */
function createStepper({ executor, training, seed }: SoloJob) {
  const { records, indices } = training;
  const { batchSize, inputSize } = executor.program;
  requireFit(executor.program, records, indices);
  const nextBatch = createBatchOrder(indices, seed, batchSize);
  const inputs = new Float32Array(batchSize * inputSize);
  const targets = new Float32Array(batchSize * records.targetSize);
  return {
    next(): number {
      records.read(nextBatch(), inputs, targets);
      return executor.step(inputs, targets);
    },
    skip(): void {
      nextBatch();
    },
  };
}

/** Loads the first weights or the checkpoint, and brings the order of batches to where it stood. */
function begin({ executor, seed, from }: SoloJob, skip: () => void): { step: number; progress: SoloProgress } {
  if (from === undefined) {
    executor.loadParameters(initialParameters(executor.program, seed), seed);
    return { step: 0, progress: { best: undefined, waited: 0, evaluatedStep: 0 } };
  }
  const { checkpoint, best, waited, evaluatedStep } = from;
  executor.restore(checkpoint, seed);
  for (let done = 0; done < checkpoint.step; done++) skip();
  return { step: checkpoint.step, progress: { best, waited, evaluatedStep } };
}

/**
 * Weights that are finite may still give outputs that are not: then it is the training that went wrong, at this step.
 *
 * @returns `undefined` when it was told to finish meanwhile
 */
async function evaluateAfter(step: number, job: SoloJob): Promise<Evaluation | undefined> {
  const { executor, validation, observer, signal, finish } = job;
  try {
    return await evaluateInParts(executor, validation, async (done) => {
      await observer.evaluating(done / validation.indices.length);
      signal?.throwIfAborted();
      return finish?.aborted !== true;
    });
  } catch (error) {
    if (!(error instanceof EngineError) || error.detail.code !== "ENGINE_NOT_FINITE") throw error;
    throw new EngineError({ ...error.detail, step }, `step ${step}, validation: ${error.message}`, { cause: error });
  }
}

function judge(
  { best, waited }: SoloProgress,
  now: { readonly step: number; readonly loss: number },
  rule: EarlyStop | undefined,
): SoloProgress {
  const isBetter = best === undefined || now.loss < best.loss - (rule?.minimumImprovement ?? 0);
  const evaluatedStep = now.step;
  return isBetter ? { best: now, waited: 0, evaluatedStep } : { best, waited: waited + 1, evaluatedStep };
}

/** Whether the run is over before its steps are done. `evaluation` is that of this step, where there was one. */
function endAfter(
  { earlyStop, targetAccuracy }: SoloJob,
  evaluation: Evaluation | undefined,
  { waited }: SoloProgress,
): SoloEnd {
  if (targetAccuracy !== undefined && (evaluation?.accuracy ?? -1) >= targetAccuracy) return "targetAccuracy";
  return earlyStop !== undefined && waited >= earlyStop.patience ? "earlyStop" : "steps";
}
