/** What the aggregation gets of a trainer's update that went over a slow line: compressed, and put on the base again. */
import { createRandomStream } from "../engine/philox.ts";
import { difference } from "../learning/aggregation/vectors.ts";
import { compress, compressWithFeedback, decompress } from "../learning/compression/compress.ts";
import { compressedBytes } from "../learning/compression/format.ts";
import { LearningError } from "../learning/errors.ts";
import type { Compression, Scenario } from "./scenario.ts";

/** What each trainer still owes, by number; of the model's size for each that has trained. */
export type Residuals = Map<number, Float32Array>;

export interface Sender {
  readonly scenario: Scenario;
  readonly residuals: Residuals;
  readonly round: number;
  readonly number: number;
}

/** Unit: bytes. @param versionBytes four for every parameter */
export function updateBytesOf({ compression }: Scenario, versionBytes: number): number {
  return compression === undefined ? versionBytes : compressedBytes(compression.codec, versionBytes / 4);
}

/**
 * @returns the base and what the compressed difference decodes to; the values themselves without compression, and where a
 *   difference too large for binary32 has no compressed form: the aggregation judges those.
 */
export function afterTransfer(sender: Sender, values: Float32Array, base: Float32Array): Float32Array {
  const { compression } = sender.scenario;
  if (compression === undefined) return values;
  try {
    return added(base, transfer(sender, compression, difference(values, base)));
  } catch (error) {
    if (error instanceof LearningError && error.code === "LEARNING_NOT_FINITE") return values;
    throw error;
  }
}

/** @returns what arrives of an update. */
function transfer(
  { scenario: { seed }, residuals, round, number }: Sender,
  { codec, errorFeedback }: Compression,
  update: Float32Array,
): Float32Array {
  const stream = createRandomStream(seed, `compression/${round}/${number}`);
  if (!errorFeedback) return decompress(compress(codec, update, stream), update.length);
  const residual = residuals.get(number) ?? new Float32Array(update.length);
  const sent = compressWithFeedback({ codec, residual }, update, stream);
  residuals.set(number, sent.residual);
  return decompress(sent.bytes, update.length);
}

function added(base: Float32Array, update: Float32Array): Float32Array {
  return base.map((value, i) => value + update[i]!); // a Float32Array rounds what it stores
}
