/** The `reference` executor: the defining loops over an ordinary typed array. For tests and as documentation. */
import { createExecutor, type Executor } from "../executor.ts";
import type { TrainingProgram } from "../program.ts";
import { runReference } from "./referenceOperations.ts";

/** @returns an executor that computes each operation as it is defined, about 50 times slower than `wasm`. */
export function createReferenceExecutor(program: TrainingProgram): Executor {
  const { operations } = program;
  const arena = new Float32Array(program.arenaLength);
  return createExecutor(program, {
    arena,
    run(first, last, context) {
      for (let at = first; at < last; at++) if (!runReference(operations[at]!, arena, context)) return at;
      return -1;
    },
  });
}
