/** Every expected failure of choosing an executor, as data. Must not hold behaviour. */
import { TaggedError } from "../protocol/errors.ts";

export type ComputeDetail = { readonly code: "COMPUTE_NATIVE_UNAVAILABLE"; readonly problem: string };

export class ComputeError extends TaggedError<ComputeDetail> {}
