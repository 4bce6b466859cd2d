/** A complete training job on {@link createBlobs}, small enough for the reference executor. For tests only. */
import type { Executor } from "../../engine/executor.ts";
import { initialParameters } from "../../engine/initialParameters.ts";
import { compile } from "../../engine/program.ts";
import { createReferenceExecutor } from "../../engine/reference/referenceExecutor.ts";
import { perceptron, seedOf } from "../../engine/testing/programs.ts";
import type { LocalTrainingJob } from "../localTraining.ts";
import { type Blobs, createBlobs } from "./blobs.ts";

/** Record numbers 0 … count − 1. */
export function allOf({ count }: { readonly count: number }): Uint32Array {
  return Uint32Array.from({ length: count }, (_, i) => i);
}

/** A program that takes `records`: one hidden layer of 9 units, batches of 8. */
export function programFor({ inputSize, classes }: Blobs) {
  const optimiser = { type: "sgd", learningRate: 0.1, momentum: 0.9 } as const;
  return compile(perceptron([inputSize], 9, classes), { batchSize: 8, optimiser });
}

/** Ten steps over all records, a state hash after steps 4, 8 and 10. */
export function smallJob(changes: Partial<LocalTrainingJob> = {}): LocalTrainingJob {
  const records = createBlobs();
  const program = programFor(records);
  const executor: Executor = createReferenceExecutor(program);
  return {
    executor,
    base: initialParameters(program, seedOf(1)),
    records,
    shard: allOf(records),
    seed: seedOf(2),
    localSteps: 10,
    traceStride: 4,
    ...changes,
  };
}
