/** The executor that a command trains or evaluates on: the fastest of this machine, unless another is asked for. */
import type { ExecutorKind } from "../compute/createExecutor.ts";
import type { Executor } from "../engine/executor.ts";
import type { TrainingProgram } from "../engine/program.ts";

/** As `compute/createExecutor.ts` knows them; kept here too, so that help needs not load it. */
export const ENGINES = ["auto", "native", "wasm", "reference"] as const satisfies readonly ExecutorKind[];

export interface EngineChoice {
  readonly engine: ExecutorKind;
  /** `undefined`: as many as there are cores. */
  readonly threads: number | undefined;
  readonly signal: AbortSignal;
}

export interface ChosenExecutor {
  readonly executor: Executor;
  /** What it is, for people: `native AVX2, 2 threads`. */
  readonly text: string;
}

/** @throws as `createBestExecutor` */
export async function createChosenExecutor(program: TrainingProgram, choice: EngineChoice): Promise<ChosenExecutor> {
  const { createBestExecutor, engineOf } = await import("../compute/createExecutor.ts");
  const { engine: kind, threads = "auto", signal } = choice;
  const executor = await createBestExecutor(program, { kind, threads, signal });
  return { executor, text: engineOf(executor)?.text ?? kind };
}
