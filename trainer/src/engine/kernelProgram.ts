/** What executors that run the C kernels share besides the table of operations. */
import { EngineError } from "./errors.ts";
import type { TrainingProgram } from "./program.ts";

/** What the kernels need of a program. */
export type KernelProgram = Pick<TrainingProgram, "operations" | "arenaLength" | "streams">;

/**
 * An operation that costs less is one thread's, for sharing it would cost more than it saves. Changes no bit. Unit:
 * multiplications.
 */
export const WORTH_SHARING = 65_536;

/** What kernels return when a thread did not come to a barrier within a minute. */
export const THREAD_LOST = -2;

export function threadLost(): EngineError {
  return new EngineError({ code: "ENGINE_THREAD_LOST" }, "a thread of the engine was ended within a step");
}
