/** The aggregation's state as canonical bytes: stored beside a version, so that anybody can compute the next one. */
import { EngineError } from "../../engine/errors.ts";
import { decodeSafetensors, encodeSafetensors, MAX_HEADER_BYTES } from "../../engine/safetensors.ts";
import type { Parameters } from "../../engine/tensor.ts";
import { layoutOf } from "./layout.ts";
import type { AggregationState } from "./round.ts";

const SCHEMA = "cairn/aggregation-state/v1";

/** A trainer has at most momentum or control; beside them stand centre, velocity, two moments or a control. */
const VECTORS_BESIDE = 4;
/** Trainers of a task: a contract's bound. */
const TASK_TRAINERS = 256;

/** @returns canonical safetensors of `state`. */
export function encodeState(state: AggregationState): Uint8Array {
  return encodeSafetensors(state, { schema: SCHEMA });
}

/**
 * @param trainers most that the state can be of; a simulation may have more than a task.
 * @param bytes from anybody; whether tensors fit the model is `openAggregation`'s to check.
 * @throws {EngineError} `ENGINE_BYTES_TOO_LARGE` | `ENGINE_SAFETENSORS_MALFORMED` | `ENGINE_CHECKPOINT_MALFORMED`
 */
export function decodeState(bytes: Uint8Array, base: Parameters, trainers = TASK_TRAINERS): AggregationState {
  const maxBytes = 8 + MAX_HEADER_BYTES + 4 * layoutOf(base).size * (trainers + VECTORS_BESIDE);
  const { tensors, metadata } = decodeSafetensors(bytes, { maxBytes });
  if (metadata.schema === SCHEMA && Object.keys(metadata).length === 1) return tensors;
  throw new EngineError(
    { code: "ENGINE_CHECKPOINT_MALFORMED", field: "schema" },
    "the file is not the state of an aggregation",
  );
}
