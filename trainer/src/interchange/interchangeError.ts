/** Every expected failure of reading, mapping and writing foreign formats, as data. Must not hold behaviour. */
import { TaggedError } from "../protocol/errors.ts";

export type InterchangeDetail =
  | {
      readonly code: "INTERCHANGE_SAFETENSORS_MALFORMED";
      readonly part: "length" | "header" | "tensor" | "data";
      /** The tensor it was found at, cut to 80 characters. */
      readonly tensor?: string;
    }
  | { readonly code: "INTERCHANGE_DTYPE_UNSUPPORTED"; readonly tensor: string; readonly dtype: string }
  | { readonly code: "INTERCHANGE_TENSOR_MISSING"; readonly layer: string; readonly shape: readonly number[] }
  | {
      readonly code: "INTERCHANGE_TENSOR_MISFIT";
      readonly tensor: string;
      readonly layer: string;
      readonly actual: readonly number[];
      readonly needed: readonly number[];
    }
  | { readonly code: "INTERCHANGE_TENSOR_UNKNOWN"; readonly tensor: string }
  | { readonly code: "INTERCHANGE_LAYER_UNSUPPORTED"; readonly layer: string; readonly type: string };

/** A file that is refused, or a model that a format cannot hold. */
export class InterchangeError extends TaggedError<InterchangeDetail> {}

/** @returns what a stranger called a tensor, short enough for a message. */
export function shortName(name: string): string {
  return name.length > 80 ? `${name.slice(0, 79)}…` : name;
}
