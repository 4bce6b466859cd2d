/** The compiled kernels as a WebAssembly module, and what it exports. Must not know what a program is. */
import { KERNELS_BASE64, MEMORY_LIMITS_AT } from "../generated/kernels.ts";

/** What `trainer/kernels/program.c` exports. Pointers are byte addresses. */
export interface Kernels {
  readonly __heap_base: WebAssembly.Global<"i32">;
  readonly __stack_pointer: WebAssembly.Global<"i32">;
  machine_bytes(): number;
  scratch_stride(operations: number, count: number): number;
  prepare(
    machine: number,
    operations: number,
    arena: number,
    streams: number,
    scratch: number,
    scratchStride: number,
    threads: number,
    mayFirstSleep: number,
    worthSharing: number,
  ): void;
  run(
    machine: number,
    first: number,
    last: number,
    step: number,
    isTraining: number,
    rate: number,
    firstCorrection: number,
    secondCorrection: number,
  ): number;
  /** One thread's part of one operation, for tests. @returns 1 where what it wrote is finite, else 0. */
  compute_part(machine: number, index: number, thread: number, threads: number): number;
  work(machine: number, thread: number): void;
  stop(machine: number): void;
  go_alone(machine: number): void;
}

/** Flags of a memory's limits: with a maximum, not shared. The kernels are compiled for shared memory. */
const UNSHARED_LIMITS = 1;

const compiled = new Map<boolean, Promise<WebAssembly.Module>>();

/** @returns the module, compiled once a process for memory that is shared, and once for such that is not. */
export function kernelModule(isShared: boolean): Promise<WebAssembly.Module> {
  const known = compiled.get(isShared);
  if (known !== undefined) return known;
  const bytes = Uint8Array.from(atob(KERNELS_BASE64), (char) => char.charCodeAt(0));
  if (!isShared) bytes[MEMORY_LIMITS_AT] = UNSHARED_LIMITS; // atomics are valid there too
  const module = WebAssembly.compile(bytes);
  compiled.set(isShared, module);
  return module;
}

export async function instantiateKernels(module: WebAssembly.Module, memory: WebAssembly.Memory): Promise<Kernels> {
  const { exports } = await WebAssembly.instantiate(module, { env: { memory } });
  return exports as unknown as Kernels;
}
