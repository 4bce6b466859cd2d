/** The loss of weights on records that nobody trains on: what auditors compare versions by. Canonical. */
import type { Executor } from "../engine/executor.ts";
import type { Parameters } from "../engine/tensor.ts";
import { evaluateInParts } from "../learning/evaluateInParts.ts";
import type { Records } from "../learning/records.ts";
import { isTagged } from "../protocol/errors.ts";

export interface PublicRecords {
  readonly executor: Executor;
  /** Records that nobody trains on. */
  readonly validation: Records;
  /** Told between parts of an evaluation; a promise gives the event loop its turn, a throw ends it. */
  readonly onPart: () => void | Promise<void>;
}

/** @returns the mean loss; infinite where the outputs overflow. @throws what `onPart` throws */
export async function lossOf({ executor, validation, onPart }: PublicRecords, parameters: Parameters): Promise<number> {
  executor.loadParameters(parameters);
  const indices = Uint32Array.from({ length: validation.count }, (_, i) => i);
  try {
    const evaluation = await evaluateInParts(executor, { records: validation, indices }, async () => {
      await onPart();
      return true;
    });
    return evaluation!.loss;
  } catch (error) {
    if (isTagged(error) && error.code === "ENGINE_NOT_FINITE") return Number.POSITIVE_INFINITY;
    throw error;
  }
}
