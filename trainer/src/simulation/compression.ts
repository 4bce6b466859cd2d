/** What the aggregation gets of a trainer's update in a task whose updates are compressed. */
import type { Compression } from "../learning/compression/compression.ts";
import { compressUpdate, decompressUpdate } from "../learning/compression/updateFile.ts";
import { LearningError } from "../learning/errors.ts";

/** What each trainer's updates lost, by number; of the model's size for each that has trained. Empty without error feedback. */
export type Residuals = ReadonlyMap<number, Float32Array>;

export interface Sender {
  readonly compression: Compression | undefined;
  /** Of the round's trainers; the sender's is replaced. */
  readonly residuals: Map<number, Float32Array>;
  readonly number: number;
  /** Keys the trainer's round. */
  readonly seed: Uint8Array;
}

/**
 * @returns the base and what the compressed difference decodes to; the values themselves without compression; `undefined` for
 *   a difference that has no compressed form, so that its trainer has nothing to hand in.
 */
export function afterTransfer(
  { compression, residuals, number, seed }: Sender,
  values: Float32Array,
  base: Float32Array,
): Float32Array | undefined {
  if (compression === undefined) return values;
  try {
    const sent = compressUpdate(values, base, { compression, seed, residual: residuals.get(number) });
    if (sent.residual !== undefined) residuals.set(number, sent.residual);
    return decompressUpdate(sent.bytes, base, compression);
  } catch (error) {
    if (error instanceof LearningError && error.code === "LEARNING_NOT_FINITE") return undefined;
    throw error;
  }
}
