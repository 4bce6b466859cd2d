/**
 * Parameters and checkpoints as canonical bytes, and the hash of a training state.
 *
 * The bytes of parameters are what travels and what the chain's digest is of; the hash of a checkpoint is a leaf of the
 * trace. A file of parameters ends in their Merkle root, so that the chain can learn the root from the digest and the
 * file's last bytes (`docs/disputes.md`, section 5). A file that differs from what a correct trainer writes in one byte is
 * refused.
 */
import type { ContentRef } from "../protocol/contentRef.ts";
import { type Hex, toHex } from "../protocol/hex.ts";
import { EngineError } from "./errors.ts";
import type { Checkpoint } from "./executor.ts";
import { isInteger } from "./fields.ts";
import type { TrainingProgram } from "./program.ts";
import {
  decodeSafetensors,
  encodeSafetensors,
  MAX_HEADER_BYTES,
  ROOT_NAME,
  safetensorsByteLength,
} from "./safetensors.ts";
import { stateRoot, tensorsRoot } from "./stateRoot.ts";
import { allFinite, type Parameters, requireSameTensors, type Tensor } from "./tensor.ts";

const PARAMETERS_SCHEMA = "cairn/parameters/v2";
const CHECKPOINT_SCHEMA = "cairn/checkpoint/v1";
/** Of the tensor that the root is written as: eight words, which are bytes and no numbers. */
const ROOT_WORDS = 8;

/** @returns canonical safetensors of `parameters` and, last, their root; a fresh array. */
export function encodeParameters(parameters: Parameters): Uint8Array {
  return encodeRooted(parameters, {});
}

/** @returns how many bytes {@link encodeParameters} writes for the program's parameters. */
export function parametersByteLength({ parameters }: TrainingProgram): number {
  const shapes = parameters.map(({ name, shape }) => [name, { shape }] as const);
  return safetensorsByteLength(new Map([...shapes, [ROOT_NAME, { shape: [ROOT_WORDS] }]]), {
    schema: PARAMETERS_SCHEMA,
  });
}

function encodeRooted(parameters: Parameters, metadata: Readonly<Record<string, string>>): Uint8Array {
  const root = new Float32Array(tensorsRoot(parameters).buffer);
  const rooted = new Map([...parameters, [ROOT_NAME, { shape: [ROOT_WORDS], data: root }]]);
  return encodeSafetensors(rooted, { schema: PARAMETERS_SCHEMA, ...metadata });
}

interface RootedFile {
  readonly parameters: Parameters;
  /** Besides the schema. */
  readonly metadata: Readonly<Record<string, string>>;
}

/** Checks everything but what the other metadata mean. */
function decodeRooted(bytes: Uint8Array, program: TrainingProgram): RootedFile {
  const { tensors, metadata } = decodeSafetensors(bytes, { maxBytes: maxBytesOf(program) + 4 * ROOT_WORDS });
  const { schema, ...rest } = metadata;
  if (schema !== PARAMETERS_SCHEMA) throw malformed("schema");
  const parameters = new Map(tensors);
  const root = parameters.get(ROOT_NAME);
  parameters.delete(ROOT_NAME);
  requireSameTensors(parameters, program.parameters);
  requireFinite(parameters, 0);
  if (root === undefined || bytesOf(root) !== toHex(tensorsRoot(parameters))) throw malformed(ROOT_NAME);
  return { parameters, metadata: rest };
}

function bytesOf({ data }: Tensor): Hex {
  return toHex(new Uint8Array(data.buffer, data.byteOffset, data.byteLength));
}

/**
 * @param bytes from anybody.
 * @returns the parameters of `program` that `bytes` spell: right names and shapes, all finite.
 * @throws {EngineError} `ENGINE_BYTES_TOO_LARGE` | `ENGINE_SAFETENSORS_MALFORMED` | `ENGINE_CHECKPOINT_MALFORMED` |
 *   `ENGINE_PARAMETERS_MISMATCH` | `ENGINE_NOT_FINITE`
 */
export function decodeParameters(bytes: Uint8Array, program: TrainingProgram): Parameters {
  const { parameters, metadata } = decodeRooted(bytes, program);
  requireMetadata(metadata, {});
  return parameters;
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
  return encodeRooted(parameters, { state: digest, stateBytes: `${byteLength}` });
}

/**
 * @param bytes from anybody.
 * @throws {EngineError} as {@link decodeParameters}
 */
export function decodeVersion(bytes: Uint8Array, program: TrainingProgram): VersionFile {
  const { parameters, metadata } = decodeRooted(bytes, program);
  const { state: digest, stateBytes, ...rest } = metadata;
  requireMetadata(rest, {});
  if (digest === undefined && stateBytes === undefined) return { parameters };
  const byteLength = Number(stateBytes);
  if (!/^0x[0-9a-f]{64}$/.test(digest ?? "")) throw malformed("state");
  if (!isInteger(byteLength, 1, 0xffffffff) || stateBytes !== `${byteLength}`) throw malformed("stateBytes");
  return { parameters, state: { digest: digest as Hex, byteLength } };
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

/**
 * @returns the root of the checkpoint's numbers; its step is not among them, for a trace says by place which step it is of.
 *   Cost: one hash for every 16 numbers, about 40 ns a number.
 */
export function stateHash({ parameters, optimiserState }: Checkpoint): Hex {
  return toHex(stateRoot(parameters, optimiserState));
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
