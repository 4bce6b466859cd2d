/** The `wasm` executor: the same bits as `reference`, by the C kernels with 128-bit SIMD, on one thread or several. */

import { type Backend, createExecutor, type Executor } from "../executor.ts";
import { type KernelProgram, THREAD_LOST, threadLost } from "../kernelProgram.ts";
import type { TrainingProgram } from "../program.ts";
import { createMachine, type Machine } from "./machine.ts";
import type { SpawnWorker, WorkerHandle } from "./workerThread.ts";

export interface WasmOptions {
  /** Range: 1 … 64. @default 1 */
  readonly threads?: number;
  /** Starts the other threads; without it there is one. */
  readonly spawn?: SpawnWorker | undefined;
  /** False on a browser's main thread, which must not block. @default true */
  readonly maySleep?: boolean;
  /** Ends the wait for workers that do not start. */
  readonly signal?: AbortSignal | undefined;
  /** As in {@link WORTH_SHARING}, which is the default. */
  readonly worthSharing?: number | undefined;
}

const MAX_THREADS = 64;
/**
 * @returns an executor with memory of its own, as large as the program needs. When its workers cannot be started, or end
 *   between steps, it goes on with one thread: the bits are the same. Its `step` throws {EngineError} `ENGINE_THREAD_LOST`
 *   when a worker was ended within a step.
 */
export async function createWasmExecutor(program: TrainingProgram, options: WasmOptions = {}): Promise<Executor> {
  return createExecutor(program, await createWasmBackend(program, options));
}

export interface WasmBackend extends Backend {
  /** How many threads compute: 1 when the others could not be started. */
  readonly threads: number;
}

/**
 * As {@link createWasmExecutor}, but of operations alone.
 *
 * @throws {EngineError} `ENGINE_OUT_OF_MEMORY`
 */
export async function createWasmBackend(program: KernelProgram, options: WasmOptions = {}): Promise<WasmBackend> {
  const { threads = 1, spawn, maySleep = true, signal, worthSharing } = options;
  if (!Number.isInteger(threads) || threads < 1 || threads > MAX_THREADS) throw new RangeError(`${threads} threads`);
  const count = spawn === undefined ? 1 : threads;
  const machine = await createMachine(program, { threads: count, maySleep, worthSharing });
  const workers = spawn === undefined ? [] : startWorkers(machine, spawn);
  const backend = createBackend(machine, workers);
  if (!(await areReady(workers, signal))) backend.dispose();
  return backend;
}

function startWorkers(machine: Machine, spawn: SpawnWorker): WorkerHandle[] {
  const { module, memory, threads, address, stackOf } = machine;
  return Array.from({ length: threads - 1 }, (_, at) =>
    spawn({ module, memory, machine: address, stack: stackOf(at + 1), thread: at + 1 }),
  );
}

/** @returns whether all wait for runs, before the signal. */
async function areReady(workers: readonly WorkerHandle[], signal: AbortSignal | undefined): Promise<boolean> {
  const ready = Promise.all(workers.map((worker) => worker.ready)).then(
    () => true,
    () => false,
  );
  if (signal === undefined || workers.length === 0) return ready;
  const late = new Promise<boolean>((resolve) => {
    if (signal.aborted) resolve(false);
    signal.addEventListener("abort", () => resolve(false), { once: true });
  });
  return Promise.race([ready, late]);
}

function createBackend(machine: Machine, workers: readonly WorkerHandle[]): WasmBackend & { dispose(): void } {
  const { kernels, address, arena, streams } = machine;
  let threads = 1 + workers.length;
  const goAlone = (): void => {
    if (threads === 1) return;
    threads = 1;
    kernels.go_alone(address);
    for (const worker of workers) worker.terminate();
  };
  for (const worker of workers) void worker.ended.then(goAlone);
  return {
    arena,
    get threads() {
      return threads;
    },
    dispose: goAlone,
    run(first, last, { step, isTraining, rate, firstCorrection, secondCorrection, streams: words }) {
      if (streams.length > 0) streams.set(words);
      const numbers = [rate, firstCorrection, secondCorrection] as const;
      const failed = kernels.run(address, first, last, step, Number(isTraining), ...numbers);
      if (failed !== THREAD_LOST) return failed;
      goAlone();
      throw threadLost();
    },
  };
}
