/** Every expected failure of the engine, as data. Must not hold behaviour. */
import { TaggedError } from "../protocol/errors.ts";

export type EngineDetail =
  | { readonly code: "ENGINE_ARCHITECTURE_MALFORMED"; readonly path: string }
  | {
      readonly code: "ENGINE_ARCHITECTURE_TOO_LARGE";
      readonly path: string;
      readonly actual: number;
      readonly max: number;
    }
  | {
      readonly code: "ENGINE_LAYER_SHAPE";
      readonly path: string;
      readonly type: string;
      readonly shape: readonly number[];
    }
  | { readonly code: "ENGINE_OPTIMISER_MALFORMED"; readonly path: string }
  | { readonly code: "ENGINE_BATCH_MISMATCH"; readonly what: string; readonly actual: number; readonly needed: number }
  | { readonly code: "ENGINE_LABEL_OUT_OF_RANGE"; readonly label: number; readonly classes: number }
  | { readonly code: "ENGINE_TOKEN_OUT_OF_RANGE"; readonly token: number; readonly vocabulary: number }
  | {
      readonly code: "ENGINE_NOT_FINITE";
      readonly step: number;
      readonly where: "loss" | "weights" | "outputs" | "bytes";
      /** The first layer with such an output, `input`, or `loss`; for weights and bytes the tensor's name. */
      readonly layer: string;
      /** The first such number in it. */
      readonly value: number;
    }
  | { readonly code: "ENGINE_THREAD_LOST" }
  | { readonly code: "ENGINE_DEVICE_LOST"; readonly problem: string }
  | {
      readonly code: "ENGINE_DEVICE_LIMIT";
      readonly slot: string;
      readonly neededBytes: number;
      readonly maxBytes: number;
    }
  | { readonly code: "ENGINE_OUT_OF_MEMORY"; readonly neededBytes: number }
  | { readonly code: "ENGINE_PARAMETERS_MISMATCH"; readonly name: string }
  | { readonly code: "ENGINE_BYTES_TOO_LARGE"; readonly actualBytes: number; readonly maxBytes: number }
  | { readonly code: "ENGINE_SAFETENSORS_MALFORMED"; readonly part: "length" | "header" | "tensor" | "data" }
  | { readonly code: "ENGINE_CHECKPOINT_MALFORMED"; readonly field: string };

/** An architecture, a file or a run that the engine refuses. */
export class EngineError extends TaggedError<EngineDetail> {}
