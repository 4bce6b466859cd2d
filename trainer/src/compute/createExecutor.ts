/**
 * The fastest executor of this machine: native kernels where they were built, else WebAssembly, with as many threads as
 * there are cores. All of them give the same bits; so the choice is never part of a task.
 */
import { availableParallelism } from "node:os";
import { createExecutor, type Executor } from "../engine/executor.ts";
import type { TrainingProgram } from "../engine/program.ts";
import { counted } from "../protocol/counted.ts";
import { ComputeError } from "./computeError.ts";
import { loadWidestNativeModule, type NativeKernels, type NativeModules } from "./nativeAddon.ts";

export const EXECUTOR_KINDS = ["auto", "native", "wasm", "reference"] as const;
export type ExecutorKind = (typeof EXECUTOR_KINDS)[number];

export interface ExecutorOptions {
  /** Range: 1 … 64. "auto": one for each core that this process may use. @default "auto" */
  readonly threads?: number | "auto";
  /** @default "auto" */
  readonly kind?: ExecutorKind;
  /** Gives up waiting for workers that do not start: one thread computes then. */
  readonly signal?: AbortSignal;
  /** @default those that were built here */
  readonly nativeModules?: () => NativeModules;
}

/** What an executor computes with. */
export interface EngineDescription {
  readonly kind: "native" | "wasm" | "reference";
  readonly threads: number;
  /** For people, for example `native AVX-512, 2 threads`. */
  readonly text: string;
  /** Why it is not what would have been faster; absent when all is well. */
  readonly notice?: string;
}

/** Unit: milliseconds. What workers may take to start on a busy machine. */
const START_DEADLINE_MS = 20_000;
const MAX_AUTO_THREADS = 16;
const MAX_THREADS = 64;

const descriptions = new WeakMap<Executor, EngineDescription>();

/**
 * @returns an executor of the wanted kind, or the fastest.
 * @throws {ComputeError} `COMPUTE_NATIVE_UNAVAILABLE` when "native" is wanted and cannot be had |
 *   `COMPUTE_NATIVE_OUT_OF_MEMORY`
 * @throws {EngineError} `ENGINE_OUT_OF_MEMORY`
 */
export async function createBestExecutor(program: TrainingProgram, options: ExecutorOptions = {}): Promise<Executor> {
  const { kind = "auto", nativeModules = loadWidestNativeModule } = options;
  const threads = threadsOf(options);
  if (kind === "reference") {
    const { createReferenceExecutor } = await import("../engine/reference/referenceExecutor.ts");
    return described(createReferenceExecutor(program), { kind, name: "reference", threads: 1 });
  }
  if (kind === "wasm") return createThreadedWasm(program, { ...options, threads });
  const { kernels, problem } = nativeModules();
  const best = kernels[0];
  if (best === undefined) {
    if (kind === "native") throw nativeUnavailable(problem);
    return createThreadedWasm(program, { ...options, threads });
  }
  try {
    return createNative(program, best, threads);
  } catch (error) {
    if (kind === "native" || !isOutOfMemory(error)) throw error;
    return createThreadedWasm(program, { ...options, threads, notice: error.message });
  }
}

function isOutOfMemory(error: unknown): error is ComputeError {
  return error instanceof ComputeError && error.code === "COMPUTE_NATIVE_OUT_OF_MEMORY";
}

function createNative(program: TrainingProgram, kernels: NativeKernels, wanted: number): Executor {
  const backend = kernels.openBackend(program, { threads: wanted });
  const { threads } = backend;
  return described(createExecutor(program, backend), { kind: "native", name: `native ${kernels.name}`, threads });
}

interface WasmChoice extends ExecutorOptions {
  readonly threads: number;
  readonly notice?: string;
}

async function createThreadedWasm(program: TrainingProgram, options: WasmChoice): Promise<Executor> {
  const { threads, signal, notice } = options;
  const [{ createWasmBackend }, { spawnNodeWorker }] = await Promise.all([
    import("../engine/wasm/wasmExecutor.ts"),
    import("./nodeWorkers.ts"),
  ]);
  const deadline = AbortSignal.timeout(START_DEADLINE_MS);
  const backend = await createWasmBackend(program, {
    threads,
    spawn: threads > 1 ? spawnNodeWorker : undefined,
    signal: signal === undefined ? deadline : AbortSignal.any([signal, deadline]),
  });
  const what = { kind: "wasm", name: "WebAssembly", threads: backend.threads } as const;
  return described(createExecutor(program, backend), notice === undefined ? what : { ...what, notice });
}

/** @returns what `executor` computes with, when it came from {@link createBestExecutor}. */
export function engineOf(executor: Executor): EngineDescription | undefined {
  return descriptions.get(executor);
}

/** What this machine has, for `cairn doctor`. */
export interface MachineEngines {
  /** What {@link createBestExecutor} would choose. */
  readonly best: string;
  readonly threads: number;
  /** Why native kernels are not used, or not the widest; absent when all is well. */
  readonly problem?: string;
}

export function describeEngine(): MachineEngines {
  const { kernels, problem } = loadWidestNativeModule();
  const best = kernels[0] === undefined ? "WebAssembly" : `native ${kernels[0].name}`;
  const threads = threadsOf({});
  return problem === undefined ? { best, threads } : { best, threads, problem };
}

function threadsOf({ threads = "auto" }: ExecutorOptions): number {
  if (threads === "auto") return Math.min(availableParallelism(), MAX_AUTO_THREADS);
  if (Number.isInteger(threads) && threads >= 1 && threads <= MAX_THREADS) return threads;
  throw new RangeError(`${threads} threads`);
}

type What = Omit<EngineDescription, "text"> & { readonly name: string };

function described(executor: Executor, { name, ...what }: What): Executor {
  const text = `${name}, ${counted(what.threads, "thread")}`;
  descriptions.set(executor, { ...what, text: what.notice === undefined ? text : `${text} (${what.notice})` });
  return executor;
}

function nativeUnavailable(problem = "no module passed the self-test"): ComputeError {
  return new ComputeError(
    { code: "COMPUTE_NATIVE_UNAVAILABLE", problem },
    `the native engine is not there: ${problem}`,
  );
}
