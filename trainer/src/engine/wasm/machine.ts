/** A program laid out in WebAssembly memory: its table, its arena, and each thread's scratch and stack. */

import { encodeProgram, OPERATION_WORDS } from "../encodeProgram.ts";
import { type KernelProgram, WORTH_SHARING } from "../kernelProgram.ts";
import { instantiateKernels, type Kernels, kernelModule } from "./kernelModule.ts";

export interface Machine {
  readonly kernels: Kernels;
  readonly module: WebAssembly.Module;
  readonly memory: WebAssembly.Memory;
  /** Byte address of the machine, the kernels' own record. */
  readonly address: number;
  readonly arena: Float32Array;
  /** Four words a stream. */
  readonly streams: Uint32Array;
  /** @returns where the stack of a thread but the first begins; stacks grow downwards. */
  stackOf(thread: number): number;
}

/** Unit: bytes. A WebAssembly page. */
const PAGE_BYTES = 65_536;
/** Unit: bytes. A cache line. */
const ALIGNMENT = 64;
/** Unit: bytes. Of each thread but the first, whose stack the module brings. */
const STACK_BYTES = 65_536;
/** Kernels may read, but not use, a few vectors beyond the arena's end. Unit: bytes. */
const ARENA_SLACK = 256;

export interface MachineOptions {
  readonly threads: number;
  /** False on a browser's main thread, which may not block: it spins. */
  readonly maySleep: boolean;
  /** As in {@link WORTH_SHARING}, which is the default. */
  readonly worthSharing?: number | undefined;
}

/**
 * @returns a machine whose other threads have yet to begin; its memory is shared where there are any.
 */
export async function createMachine(
  program: KernelProgram,
  { threads, maySleep, worthSharing = WORTH_SHARING }: MachineOptions,
): Promise<Machine> {
  const isShared = threads > 1;
  const module = await kernelModule(isShared);
  const table = encodeProgram(program.operations);
  const { base, machineBytes, scratchStride } = await measure(module, table, isShared);
  const space = allocator(base);
  const address = space(machineBytes);
  const operations = space(table.byteLength);
  const streams = space(16 * program.streams.length);
  const arena = space(4 * program.arenaLength + ARENA_SLACK);
  const scratch = space(4 * scratchStride * threads);
  const stacks = space(STACK_BYTES * (threads - 1));
  const memory = createMemory(space(0), isShared);
  const kernels = await instantiateKernels(module, memory);
  new Int32Array(memory.buffer, operations, table.length).set(table);
  const addresses = [operations, arena, streams, scratch] as const;
  kernels.prepare(address, ...addresses, scratchStride, threads, Number(maySleep), worthSharing);
  return {
    ...{ kernels, module, memory, address },
    arena: new Float32Array(memory.buffer, arena, program.arenaLength),
    streams: new Uint32Array(memory.buffer, streams, 4 * program.streams.length),
    stackOf: (thread) => stacks + STACK_BYTES * thread,
  };
}

/** What the kernels say about a program, asked in a small memory of its own: the real one's size depends on it. */
async function measure(module: WebAssembly.Module, table: Int32Array, isShared: boolean) {
  const memory = createMemory(4 * PAGE_BYTES + table.byteLength, isShared);
  const kernels = await instantiateKernels(module, memory);
  const base = kernels.__heap_base.value;
  const at = allocator(base)(table.byteLength);
  new Int32Array(memory.buffer, at, table.length).set(table);
  const count = table.length / OPERATION_WORDS;
  return { base, machineBytes: kernels.machine_bytes(), scratchStride: kernels.scratch_stride(at, count) };
}

/** @returns what hands out the next `bytes` bytes, aligned. */
function allocator(base: number): (bytes: number) => number {
  let end = base;
  return (bytes) => {
    const start = Math.ceil(end / ALIGNMENT) * ALIGNMENT;
    end = start + bytes;
    return start;
  };
}

function createMemory(bytes: number, isShared: boolean): WebAssembly.Memory {
  const pages = Math.ceil(bytes / PAGE_BYTES);
  return new WebAssembly.Memory({ initial: pages, maximum: pages, shared: isShared });
}
