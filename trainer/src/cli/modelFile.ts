/** The parameters in a safetensors file, whoever wrote it: canonical, a checkpoint, or another program's with our names. */
import { decodeParameters } from "../engine/checkpoint.ts";
import { EngineError } from "../engine/errors.ts";
import type { TrainingProgram } from "../engine/program.ts";
import { ROOT_NAME } from "../engine/safetensors.ts";
import { allFinite, type Parameters, requireSameTensors, type Tensor } from "../engine/tensor.ts";
import { readSafetensors, toTensor } from "../interchange/safetensors.ts";
import { isTagged } from "../protocol/errors.ts";

const CHECKPOINT_SCHEMA = "cairn/checkpoint/v1";

/**
 * @returns the parameters of `program`. Of a checkpoint its optimiser state is left out; other tensors are refused.
 * @throws {EngineError} as `decodeParameters`, whose words are clearest where nothing can be read
 * @throws {InterchangeError} `INTERCHANGE_DTYPE_UNSUPPORTED`
 */
export function readParameters(bytes: Uint8Array, program: TrainingProgram): Parameters {
  try {
    return decodeParameters(bytes, program);
  } catch (error) {
    if (!(error instanceof EngineError)) throw error;
    const isForeign = ["ENGINE_CHECKPOINT_MALFORMED", "ENGINE_SAFETENSORS_MALFORMED", "ENGINE_BYTES_TOO_LARGE"];
    if (!isForeign.includes(error.code)) throw error;
    return readLiberally(bytes, program, error);
  }
}

function readLiberally(bytes: Uint8Array, program: TrainingProgram, refusal: EngineError): Parameters {
  const contents = contentsOf(bytes, refusal);
  const known = new Set(program.parameters.map(({ name }) => name));
  const isCheckpoint = contents.metadata.get("schema") === CHECKPOINT_SCHEMA;
  const tensors = new Map<string, Tensor>();
  for (const [name, tensor] of contents.tensors) {
    if (name === ROOT_NAME) continue; // of bytes that are not canonical it says nothing
    if (!isCheckpoint || known.has(name)) tensors.set(name, toTensor(name, tensor));
  }
  requireSameTensors(tensors, program.parameters);
  for (const [name, { data }] of tensors) if (!allFinite(data)) throw notFinite(name, data);
  return tensors;
}

function contentsOf(bytes: Uint8Array, refusal: EngineError) {
  try {
    return readSafetensors(bytes);
  } catch (error) {
    if (isTagged(error)) throw refusal;
    throw error;
  }
}

function notFinite(name: string, data: Float32Array): EngineError {
  const value = data.find((number) => !Number.isFinite(number)) ?? Number.NaN;
  return new EngineError(
    { code: "ENGINE_NOT_FINITE", step: 0, where: "bytes", layer: name, value },
    `tensor ${name} holds an infinity or a NaN`,
  );
}
