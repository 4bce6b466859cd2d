/** Every expected failure of choosing an executor, as data. Must not hold behaviour. */
import { TaggedError } from "../protocol/errors.ts";

export type ComputeDetail =
  | { readonly code: "COMPUTE_NATIVE_UNAVAILABLE"; readonly problem: string }
  | { readonly code: "COMPUTE_GPU_UNAVAILABLE"; readonly problem: string }
  /** Without what each thread needs for itself. */
  | { readonly code: "COMPUTE_NATIVE_OUT_OF_MEMORY"; readonly neededBytes: number };

export class ComputeError extends TaggedError<ComputeDetail> {}
