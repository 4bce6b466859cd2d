/** How good a model is on records it was not trained on. Reads; changes nothing but the executor's batch memory. */
import { EngineError } from "../engine/errors.ts";
import type { Executor } from "../engine/executor.ts";
import type { TrainingProgram } from "../engine/program.ts";
import { crossEntropy, softmaxParts } from "../engine/reference/softmaxParts.ts";
import { requireFit } from "./dataFit.ts";
import type { Records } from "./records.ts";

export interface Evaluation {
  /**
   * Share of targets whose class has the largest logit (the first of equals): one a record, or one a position of each.
   * Range: 0 … 1. Undefined where targets are values.
   */
  readonly accuracy: number | undefined;
  /** Mean cross-entropy of the targets, unit nats; or mean squared error, over all values. */
  readonly loss: number;
  /** `confusion[actual][predicted]`: number of targets. Undefined where targets are values, or of more than 256 classes. */
  readonly confusion: readonly (readonly number[])[] | undefined;
}

/** A table of more rows nobody reads, and that of a vocabulary would not fit into memory. */
const MAX_CONFUSION_CLASSES = 256;

const { fround } = Math;

/**
 * Evaluates the parameters that `executor` holds on the records numbered `indices`.
 *
 * Row losses are canonical; their sum is taken in binary64 in the order of `indices`, so equal arguments give equal bits.
 *
 * @param indices @default all records
 * @throws {LearningError} as {@link requireFit}
 * @throws {EngineError} `ENGINE_NOT_FINITE` when a row's loss is
 */
export function evaluate(
  executor: Executor,
  records: Records,
  indices: Uint32Array = Uint32Array.from({ length: records.count }, (_, i) => i),
): Evaluation {
  const { program } = executor;
  const { batchSize, inputSize, targetSize } = program;
  requireFit(program, records, indices);
  const inputs = new Float32Array(batchSize * inputSize);
  const targets = new Float32Array(batchSize * targetSize);
  const tally = program.classes > 0 ? createClassTally(program) : createValueTally(program);
  for (let from = 0; from < indices.length; from += batchSize) {
    const batch = indices.subarray(from, from + batchSize);
    records.read(batch, inputs, targets);
    tally.add(executor.outputs(inputs, batch.length), targets.subarray(0, batch.length * targetSize));
  }
  return tally.result();
}

interface Tally {
  add(outputs: Float32Array, targets: Float32Array): void;
  result(): Evaluation;
}

/** One row of logits a target. */
function createClassTally({ classes }: TrainingProgram): Tally {
  const hasTable = classes <= MAX_CONFUSION_CLASSES;
  const confusion = Array.from({ length: hasTable ? classes : 0 }, () => new Array<number>(classes).fill(0));
  let [count, correct, lossSum] = [0, 0, 0];
  return {
    add(logits, targets) {
      targets.forEach((target, i) => {
        const row = logits.subarray(i * classes, (i + 1) * classes);
        const { sum, largest } = softmaxParts(row);
        lossSum += finite(crossEntropy(sum, row[target]!, largest));
        const predicted = row.indexOf(largest);
        if (hasTable) confusion[target]![predicted]!++;
        if (predicted === target) correct++;
        count++;
      });
    },
    result: () => ({
      accuracy: correct / count,
      loss: lossSum / count,
      confusion: hasTable ? confusion : undefined,
    }),
  };
}

/** As many values a record as the last layer gives. */
function createValueTally({ targetSize }: TrainingProgram): Tally {
  let [count, lossSum] = [0, 0];
  return {
    add(outputs, targets) {
      for (let from = 0; from < targets.length; from += targetSize) {
        let sum = 0;
        for (let i = from; i < from + targetSize; i++) {
          const difference = fround(outputs[i]! - targets[i]!);
          sum = fround(sum + fround(difference * difference));
        }
        lossSum += finite(fround(sum / fround(targetSize)));
        count++;
      }
    },
    result: () => ({ accuracy: undefined, loss: lossSum / count, confusion: undefined }),
  };
}

function finite(loss: number): number {
  if (Number.isFinite(loss)) return loss;
  throw new EngineError(
    { code: "ENGINE_NOT_FINITE", step: 0, where: "outputs", layer: "loss", value: loss },
    "the model's outputs overflow on this data",
  );
}
