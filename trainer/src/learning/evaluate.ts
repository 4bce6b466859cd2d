/** How good a model is on records it was not trained on. Reads; changes nothing but the executor's batch memory. */
import { EngineError } from "../engine/errors.ts";
import type { Executor } from "../engine/executor.ts";
import { crossEntropy, softmaxParts } from "../engine/reference/referenceOperations.ts";
import { requireFit } from "./dataFit.ts";
import type { Records } from "./records.ts";

export interface Evaluation {
  /** Share of records whose class has the largest logit (the first of equals). Range: 0 … 1. */
  readonly accuracy: number;
  /** Mean cross-entropy. Unit: nats. */
  readonly loss: number;
  /** `confusion[actual][predicted]`: number of records. */
  readonly confusion: readonly (readonly number[])[];
}

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
  const { batchSize, inputSize, classes } = program;
  requireFit(program, records, indices);
  const inputs = new Float32Array(batchSize * inputSize);
  const targets = new Float32Array(batchSize * records.targetSize);
  const confusion = Array.from({ length: classes }, () => new Array<number>(classes).fill(0));
  let lossSum = 0;
  for (let from = 0; from < indices.length; from += batchSize) {
    const batch = indices.subarray(from, from + batchSize);
    records.read(batch, inputs, targets);
    const logits = executor.logits(inputs, batch.length);
    for (let i = 0; i < batch.length; i++) {
      const row = logits.subarray(i * classes, (i + 1) * classes);
      lossSum += rowLoss(row, targets[i]!);
      confusion[targets[i]!]![row.indexOf(Math.max(...row))]!++;
    }
  }
  const correct = confusion.reduce((sum, counts, label) => sum + counts[label]!, 0);
  return { accuracy: correct / indices.length, loss: lossSum / indices.length, confusion };
}

function rowLoss(row: Float32Array, label: number): number {
  const { sum, largest } = softmaxParts(row);
  const loss = crossEntropy(sum, row[label]!, largest);
  if (Number.isFinite(loss)) return loss;
  throw new EngineError(
    { code: "ENGINE_NOT_FINITE", step: 0, where: "logits" },
    "the model's logits overflow on this data",
  );
}
