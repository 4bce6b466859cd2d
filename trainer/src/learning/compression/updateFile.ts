/**
 * A trainer's update as it is handed in: the trained weights, or with compression what they differ from their base by.
 *
 * Without error feedback a pure function of weights, base and seed, so whoever replays the training compares the same bytes.
 */
import { decodeParameters, encodeParameters, parametersByteLength } from "../../engine/checkpoint.ts";
import { createRandomStream } from "../../engine/philox.ts";
import type { TrainingProgram } from "../../engine/program.ts";
import { allFinite, type Parameters } from "../../engine/tensor.ts";
import { flatten, layoutOf, unflatten } from "../aggregation/layout.ts";
import { difference } from "../aggregation/vectors.ts";
import { compress, compressWithFeedback, decompress } from "./compress.ts";
import type { Compression } from "./compression.ts";
import { compressedBytes, notFinite } from "./format.ts";

/** What an update is written with. */
export interface UpdateTerms {
  readonly base: Parameters;
  /** 32 bytes that key the trainer's round; what rounds at random draws from them. */
  readonly seed: Uint8Array;
  /** @default whole weights */
  readonly compression?: Compression | undefined;
  /** With error feedback: what earlier updates lost, in the layout's order. Not changed. @default zeros */
  readonly residual?: Float32Array | undefined;
}

export interface UpdateFile {
  readonly bytes: Uint8Array;
  /** What the next update adds; absent without error feedback. */
  readonly residual?: Float32Array;
}

/** @throws {LearningError} `LEARNING_NOT_FINITE` where the difference has no compressed form */
export function encodeUpdate(parameters: Parameters, terms: UpdateTerms): UpdateFile {
  if (terms.compression === undefined) return { bytes: encodeParameters(parameters) };
  const layout = layoutOf(terms.base);
  return compressUpdate(flatten(layout, parameters), flatten(layout, terms.base), {
    ...terms,
    compression: terms.compression,
  });
}

/** As {@link encodeUpdate}, of flat vectors. */
export function compressUpdate(
  values: Float32Array,
  base: Float32Array,
  { compression, seed, residual }: Omit<UpdateTerms, "base"> & { readonly compression: Compression },
): UpdateFile {
  const { codec, errorFeedback } = compression;
  const stream = createRandomStream(seed, "compression");
  const update = difference(values, base);
  if (!errorFeedback) return { bytes: compress(codec, update, stream) };
  return compressWithFeedback({ codec, residual: residual ?? new Float32Array(update.length) }, update, stream);
}

/**
 * @param bytes from anybody.
 * @returns the weights that the update stands for: the base and what its bytes decode to, each sum rounded once.
 * @throws {LearningError} `LEARNING_COMPRESSED_MALFORMED` | `LEARNING_NOT_FINITE` when a sum overflows; without compression
 *   {EngineError} as `decodeParameters`
 */
export function decodeUpdate(
  bytes: Uint8Array,
  { program, base, compression }: Pick<UpdateTerms, "base" | "compression"> & { readonly program: TrainingProgram },
): Parameters {
  if (compression === undefined) return decodeParameters(bytes, program);
  const layout = layoutOf(base);
  const values = decompressUpdate(bytes, flatten(layout, base), compression);
  if (!allFinite(values)) throw notFinite();
  return unflatten(layout, values);
}

/** As {@link decodeUpdate}, of flat vectors, whose sums may overflow. */
export function decompressUpdate(bytes: Uint8Array, base: Float32Array, { codec }: Compression): Float32Array {
  const update = decompress(bytes, base.length, codec);
  return base.map((value, i) => value + update[i]!); // a Float32Array rounds what it stores
}

/** Unit: bytes. @returns the length of every update of the program that is one. */
export function updateByteLength(program: TrainingProgram, compression: Compression | undefined): number {
  if (compression === undefined) return parametersByteLength(program);
  return compressedBytes(
    compression.codec,
    program.parameters.reduce((sum, { value }) => sum + value.length, 0),
  );
}
