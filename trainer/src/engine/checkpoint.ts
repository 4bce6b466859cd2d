/**
 * Parameters and checkpoints as canonical bytes, and the hash of a training state.
 *
 * The bytes of parameters are what travels and what the chain's digest is of; the hash of a checkpoint is a leaf of the
 * trace. A file that differs from what a correct trainer writes in one byte is refused.
 */
import type { ContentRef } from "../protocol/contentRef.ts";
import { type Hex, toHex } from "../protocol/hex.ts";
import { EngineError } from "./errors.ts";
import type { Checkpoint } from "./executor.ts";
import { isInteger } from "./fields.ts";
import type { TrainingProgram } from "./program.ts";
import { decodeSafetensors, encodeSafetensors, MAX_HEADER_BYTES } from "./safetensors.ts";
import { allFinite, type Parameters, requireSameTensors } from "./tensor.ts";

const PARAMETERS_SCHEMA = "cairn/parameters/v1";
const CHECKPOINT_SCHEMA = "cairn/checkpoint/v1";

/** @returns canonical safetensors of `parameters`, a fresh array. */
export function encodeParameters(parameters: Parameters): Uint8Array {
  return encodeSafetensors(parameters, { schema: PARAMETERS_SCHEMA });
}

/**
 * @param bytes from anybody.
 * @returns the parameters of `program` that `bytes` spell: right names and shapes, all finite.
 * @throws {EngineError} `ENGINE_BYTES_TOO_LARGE` | `ENGINE_SAFETENSORS_MALFORMED` | `ENGINE_CHECKPOINT_MALFORMED` |
 *   `ENGINE_PARAMETERS_MISMATCH` | `ENGINE_NOT_FINITE`
 */
export function decodeParameters(bytes: Uint8Array, program: TrainingProgram): Parameters {
  const { tensors, metadata } = decodeSafetensors(bytes, { maxBytes: maxBytesOf(program) });
  requireMetadata(metadata, { schema: PARAMETERS_SCHEMA });
  requireSameTensors(tensors, program.parameters);
  requireFinite(tensors, 0);
  return tensors;
}

/** A model's version as it is published: its weights, and where its aggregation's state is stored. */
export interface VersionFile {
  readonly parameters: Parameters;
  /** Absent where the rule carries nothing from round to round. */
  readonly state?: ContentRef;
}

/** @returns as {@link encodeParameters}, with the state's reference among the metadata where there is one. */
export function encodeVersion({ parameters, state }: VersionFile): Uint8Array {
  if (state === undefined) return encodeParameters(parameters);
  const { digest, byteLength } = state;
  return encodeSafetensors(parameters, { schema: PARAMETERS_SCHEMA, state: digest, stateBytes: `${byteLength}` });
}

/**
 * @param bytes from anybody.
 * @throws {EngineError} as {@link decodeParameters}
 */
export function decodeVersion(bytes: Uint8Array, program: TrainingProgram): VersionFile {
  const { tensors, metadata } = decodeSafetensors(bytes, { maxBytes: maxBytesOf(program) });
  const { state: digest, stateBytes, ...rest } = metadata;
  requireMetadata(rest, { schema: PARAMETERS_SCHEMA });
  requireSameTensors(tensors, program.parameters);
  requireFinite(tensors, 0);
  if (digest === undefined && stateBytes === undefined) return { parameters: tensors };
  const byteLength = Number(stateBytes);
  if (!/^0x[0-9a-f]{64}$/.test(digest ?? "")) throw malformed("state");
  if (!isInteger(byteLength, 1, 0xffffffff) || stateBytes !== `${byteLength}`) throw malformed("stateBytes");
  return { parameters: tensors, state: { digest: digest as Hex, byteLength } };
}

/** @returns canonical safetensors of a training state: parameters, optimiser state by name, step number. */
export function encodeCheckpoint({ step, parameters, optimiserState }: Checkpoint): Uint8Array {
  return encodeSafetensors(new Map([...parameters, ...optimiserState]), {
    schema: CHECKPOINT_SCHEMA,
    step: step.toString(),
  });
}

/**
 * @param bytes from anybody.
 * @returns the state of `program` that `bytes` spell.
 * @throws {EngineError} as {@link decodeParameters}
 */
export function decodeCheckpoint(bytes: Uint8Array, program: TrainingProgram): Checkpoint {
  const { tensors, metadata } = decodeSafetensors(bytes, { maxBytes: maxBytesOf(program) });
  const step = Number(metadata.step);
  if (!Number.isSafeInteger(step) || step < 0) throw malformed("step");
  requireMetadata(metadata, { schema: CHECKPOINT_SCHEMA, step: step.toString() });
  requireSameTensors(tensors, [...program.parameters, ...program.optimiserState]);
  const stateNames = new Set(program.optimiserState.map(({ name }) => name));
  const tensorsWhere = (isState: boolean): Parameters =>
    new Map([...tensors].filter(([name]) => stateNames.has(name) === isState));
  const [parameters, optimiserState] = [tensorsWhere(false), tensorsWhere(true)];
  requireFinite(parameters, step);
  requireNumbers(optimiserState, step);
  return { step, parameters, optimiserState };
}

/** @returns SHA-256 of the checkpoint's canonical bytes. Cost: one copy and one pass of WebCrypto, off the thread. */
export async function stateHash(checkpoint: Checkpoint): Promise<Hex> {
  return sha256Hex(encodeCheckpoint(checkpoint));
}

/** @returns SHA-256 of `bytes` by WebCrypto, which is several times faster than JavaScript on long input. */
export async function sha256Hex(bytes: Uint8Array): Promise<Hex> {
  return toHex(new Uint8Array(await crypto.subtle.digest("SHA-256", bytes as Uint8Array<ArrayBuffer>)));
}

function maxBytesOf({ parameters, optimiserState }: TrainingProgram): number {
  return [...parameters, ...optimiserState].reduce((sum, { value }) => sum + 4 * value.length, 8 + MAX_HEADER_BYTES);
}

function requireMetadata(actual: Readonly<Record<string, string>>, needed: Readonly<Record<string, string>>): void {
  for (const field of new Set([...Object.keys(actual), ...Object.keys(needed)])) {
    if (actual[field] !== needed[field]) throw malformed(field);
  }
}

function requireFinite(tensors: Parameters, step: number): void {
  for (const [name, { data }] of tensors) {
    if (!allFinite(data)) throw notFinite(name, step, data.find((number) => !Number.isFinite(number))!);
  }
}

/** A second moment may overflow without harm to the weights, and training goes on; no state that can go on holds a NaN. */
function requireNumbers(tensors: Parameters, step: number): void {
  for (const [name, { data }] of tensors) if (data.some(Number.isNaN)) throw notFinite(name, step, Number.NaN);
}

function notFinite(name: string, step: number, value: number): EngineError {
  return new EngineError(
    { code: "ENGINE_NOT_FINITE", step, where: "bytes", layer: name, value },
    `tensor ${name} holds ${value}`,
  );
}

function malformed(field: string): EngineError {
  return new EngineError(
    { code: "ENGINE_CHECKPOINT_MALFORMED", field: field.slice(0, 80) },
    `the file's metadata field ${field.slice(0, 80)} is not what it must be`,
  );
}
