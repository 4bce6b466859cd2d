/** Evaluation that lets others have their turn: a long one on a big data set must not hold up signals and screens. */
import type { Executor } from "../engine/executor.ts";
import { type Evaluation, evaluate } from "./evaluate.ts";
import type { Records } from "./records.ts";

/** Some records of a data set. */
export interface Selection {
  readonly records: Records;
  readonly indices: Uint32Array;
}

/**
 * Records between two turns; larger batches are parts of their own. Part of the definition: the mean of means depends on it
 * in the last bits.
 */
const PART_RECORDS = 256;

/**
 * As `evaluate`, in parts.
 *
 * @param onPart told after each part how many records are done; `false` ends the evaluation, unless it is done.
 * @returns `undefined` when it was ended
 * @throws as `evaluate`
 */
export async function evaluateInParts(
  executor: Executor,
  { records, indices }: Selection,
  onPart: (done: number) => boolean | Promise<boolean>,
): Promise<Evaluation | undefined> {
  const size = Math.max(PART_RECORDS, executor.program.batchSize);
  const parts: { readonly count: number; readonly evaluation: Evaluation }[] = [];
  for (let from = 0; from < indices.length; from += size) {
    const part = indices.subarray(from, from + size);
    parts.push({ count: part.length, evaluation: evaluate(executor, records, part) });
    const done = from + part.length;
    if (!(await onPart(done)) && done < indices.length) return undefined;
  }
  const [first] = parts;
  if (first === undefined) return evaluate(executor, records, indices); // which refuses to evaluate nothing
  if (parts.length === 1) return first.evaluation;
  const mean = (of: (evaluation: Evaluation) => number): number =>
    parts.reduce((sum, { count, evaluation }) => sum + count * of(evaluation), 0) / indices.length;
  const right = parts.reduce((sum, { count, evaluation: { accuracy = 0 } }) => {
    return sum + Math.round(accuracy * count * records.targetSize);
  }, 0);
  return {
    loss: mean(({ loss }) => loss),
    accuracy: first.evaluation.accuracy === undefined ? undefined : right / (indices.length * records.targetSize),
    confusion: first.evaluation.confusion?.map((row, actual) =>
      row.map((_, predicted) =>
        parts.reduce((sum, { evaluation }) => sum + (evaluation.confusion?.[actual]?.[predicted] ?? 0), 0),
      ),
    ),
  };
}
