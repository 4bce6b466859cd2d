/** The executor that a command trains or evaluates on: the fastest of this machine, unless another is asked for. */
import type { Executor } from "../engine/executor.ts";
import type { TrainingProgram } from "../engine/program.ts";

export const ENGINES = ["auto", "native", "wasm", "reference"] as const;
export type EngineName = (typeof ENGINES)[number];

export interface EngineChoice {
  readonly engine: EngineName;
  /** `undefined`: as many as there are cores. */
  readonly threads: number | undefined;
  readonly signal: AbortSignal;
}

export interface ChosenExecutor {
  readonly executor: Executor;
  /** What it is, for people: `native AVX2, 2 threads`. */
  readonly text: string;
}

export async function createChosenExecutor(
  program: TrainingProgram,
  { engine }: EngineChoice,
): Promise<ChosenExecutor> {
  if (engine === "reference") {
    const { createReferenceExecutor } = await import("../engine/reference/referenceExecutor.ts");
    return { executor: createReferenceExecutor(program), text: "reference, 1 thread" };
  }
  const { createWasmExecutor } = await import("../engine/wasm/wasmExecutor.ts");
  return { executor: await createWasmExecutor(program), text: "wasm, 1 thread" };
}
