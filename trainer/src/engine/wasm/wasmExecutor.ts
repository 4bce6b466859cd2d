/** The `wasm` executor: the same bits as `reference`, by the C kernels with 128-bit SIMD, on one thread or several. */
import { EngineError } from "../errors.ts";
import { type Backend, createExecutor, type Executor } from "../executor.ts";
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
}

const MAX_THREADS = 64;
/** Unit: milliseconds. What workers may take to start on a busy machine. */
const START_DEADLINE_MS = 20_000;
/** What `run` returns when a thread did not come to a barrier within a minute. */
const THREAD_LOST = -2;

/**
 * @returns an executor with memory of its own, as large as the program needs. When its workers cannot be started, or end
 *   between steps, it goes on with one thread: the bits are the same. Its `step` throws {EngineError} `ENGINE_THREAD_LOST`
 *   when a worker was ended within a step.
 */
export async function createWasmExecutor(program: TrainingProgram, options: WasmOptions = {}): Promise<Executor> {
  const { threads = 1, spawn, maySleep = true } = options;
  if (!Number.isInteger(threads) || threads < 1 || threads > MAX_THREADS) throw new RangeError(`${threads} threads`);
  const count = spawn === undefined ? 1 : threads;
  const machine = await createMachine(program, { threads: count, mayFirstSleep: maySleep });
  const workers = spawn === undefined ? [] : startWorkers(machine, count, spawn);
  const backend = createBackend(machine, workers);
  if (!(await areReady(workers))) backend.goAlone();
  return createExecutor(program, backend);
}

function startWorkers(machine: Machine, threads: number, spawn: SpawnWorker): WorkerHandle[] {
  const { module, memory, address, stackOf } = machine;
  return Array.from({ length: threads - 1 }, (_, at) =>
    spawn({ module, memory, machine: address, stack: stackOf(at + 1), thread: at + 1 }),
  );
}

/** @returns whether all wait for runs before the deadline. */
async function areReady(workers: readonly WorkerHandle[]): Promise<boolean> {
  if (workers.length === 0) return true;
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<boolean>((resolve) => {
    timer = setTimeout(resolve, START_DEADLINE_MS, false);
  });
  const ready = Promise.all(workers.map((worker) => worker.ready)).then(
    () => true,
    () => false,
  );
  const result = await Promise.race([ready, late]);
  clearTimeout(timer);
  return result;
}

function createBackend(machine: Machine, workers: readonly WorkerHandle[]): Backend & { goAlone(): void } {
  const { kernels, address, arena, streams } = machine;
  let isAlone = workers.length === 0;
  const goAlone = (): void => {
    if (isAlone) return;
    isAlone = true;
    kernels.go_alone(address);
    for (const worker of workers) worker.terminate();
  };
  for (const worker of workers) void worker.ended.then(goAlone);
  return {
    arena,
    goAlone,
    dispose: goAlone,
    run(first, last, { step, isTraining, rate, firstCorrection, secondCorrection, streams: words }) {
      if (streams.length > 0) streams.set(words);
      const numbers = [rate, firstCorrection, secondCorrection] as const;
      const failed = kernels.run(address, first, last, step, Number(isTraining), ...numbers);
      if (failed !== THREAD_LOST) return failed;
      goAlone();
      throw new EngineError({ code: "ENGINE_THREAD_LOST" }, "a worker of the engine ended within a step");
    },
  };
}
