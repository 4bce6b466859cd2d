/** A program laid out in WebAssembly memory: its table, its arena, and each thread's scratch and stack. */

import { encodeProgram, OPERATION_WORDS } from "../encodeProgram.ts";
import { EngineError } from "../errors.ts";
import { type KernelProgram, WORTH_SHARING } from "../kernelProgram.ts";
import { instantiateKernels, type Kernels, kernelModule } from "./kernelModule.ts";

export interface Machine {
  readonly kernels: Kernels;
  readonly module: WebAssembly.Module;
  readonly memory: WebAssembly.Memory;
  /** Threads that there is memory for; fewer than asked for where all of them need more than there is. */
  readonly threads: number;
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
/** What 32-bit addresses reach. */
const MAX_PAGES = 65_536;

export interface MachineOptions {
  readonly threads: number;
  /** False on a browser's main thread, which may not block: it spins. */
  readonly maySleep: boolean;
  /** As in {@link WORTH_SHARING}, which is the default. */
  readonly worthSharing?: number | undefined;
}

/**
 * @returns a machine whose other threads have yet to begin; its memory is shared where there are any. Each thread needs
 *   scratch of its own: where there is no memory for all of them, there are fewer.
 * @throws {EngineError} `ENGINE_OUT_OF_MEMORY` when there is not enough for one
 */
export async function createMachine(program: KernelProgram, options: MachineOptions): Promise<Machine> {
  const table = encodeProgram(program.operations);
  const { threads } = options;
  if (threads > 1) {
    const module = await kernelModule(true);
    const measures = await measure(module, table, true);
    for (let count = threads; count > 1; count--) {
      const layout = layOut(program, measures, count);
      const memory = createMemory(layout.bytes, true);
      if (memory !== undefined) return assemble(program, { ...options, table, module, memory, layout });
    }
  }
  const module = await kernelModule(false);
  const layout = layOut(program, await measure(module, table, false), 1);
  const memory = createMemory(layout.bytes, false);
  if (memory === undefined) throw outOfMemory(layout.bytes);
  return assemble(program, { ...options, table, module, memory, layout });
}

interface Measures {
  readonly base: number;
  readonly machineBytes: number;
  readonly scratchStride: number;
  readonly tableBytes: number;
}

type Layout = ReturnType<typeof layOut>;

/** Where everything lies for so many threads. Unit: bytes. */
function layOut({ streams, arenaLength }: KernelProgram, measures: Measures, threads: number) {
  const { base, machineBytes, scratchStride, tableBytes } = measures;
  const space = allocator(base);
  return {
    ...{ threads, scratchStride },
    address: space(machineBytes),
    operations: space(tableBytes),
    streams: space(16 * streams.length),
    arena: space(4 * arenaLength + ARENA_SLACK),
    scratch: space(4 * scratchStride * threads),
    stacks: space(STACK_BYTES * (threads - 1)),
    bytes: space(0),
  };
}

interface Parts extends MachineOptions {
  readonly table: Int32Array;
  readonly module: WebAssembly.Module;
  readonly memory: WebAssembly.Memory;
  readonly layout: Layout;
}

async function assemble(program: KernelProgram, parts: Parts): Promise<Machine> {
  const { table, module, memory, layout, maySleep, worthSharing = WORTH_SHARING } = parts;
  const { address, operations, streams, arena, scratch, scratchStride, stacks, threads } = layout;
  const kernels = await instantiateKernels(module, memory);
  new Int32Array(memory.buffer, operations, table.length).set(table);
  const addresses = [operations, arena, streams, scratch] as const;
  kernels.prepare(address, ...addresses, scratchStride, threads, Number(maySleep), worthSharing);
  return {
    ...{ kernels, module, memory, threads, address },
    arena: new Float32Array(memory.buffer, arena, program.arenaLength),
    streams: new Uint32Array(memory.buffer, streams, 4 * program.streams.length),
    stackOf: (thread) => stacks + STACK_BYTES * thread,
  };
}

/** What the kernels say about a program, asked in a small memory of its own: the real one's size depends on it. */
async function measure(module: WebAssembly.Module, table: Int32Array, isShared: boolean): Promise<Measures> {
  const tableBytes = table.byteLength;
  const memory = createMemory(4 * PAGE_BYTES + tableBytes, isShared);
  if (memory === undefined) throw outOfMemory(4 * PAGE_BYTES + tableBytes);
  const kernels = await instantiateKernels(module, memory);
  const base = kernels.__heap_base.value;
  const at = allocator(base)(tableBytes);
  new Int32Array(memory.buffer, at, table.length).set(table);
  const count = table.length / OPERATION_WORDS;
  return { base, machineBytes: kernels.machine_bytes(), scratchStride: kernels.scratch_stride(at, count), tableBytes };
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

/** @returns `undefined` where there is not so much memory. */
function createMemory(bytes: number, isShared: boolean): WebAssembly.Memory | undefined {
  const pages = Math.ceil(bytes / PAGE_BYTES);
  if (pages > MAX_PAGES) return undefined;
  try {
    return new WebAssembly.Memory({ initial: pages, maximum: pages, shared: isShared });
  } catch (error) {
    if (error instanceof RangeError) return undefined;
    throw error;
  }
}

function outOfMemory(neededBytes: number): EngineError {
  const needed = `${Math.ceil(neededBytes / 2 ** 20)} MiB`;
  const reason =
    neededBytes > MAX_PAGES * PAGE_BYTES ? "WebAssembly reaches 4096 MiB" : "this machine does not give it";
  return new EngineError({ code: "ENGINE_OUT_OF_MEMORY", neededBytes }, `the program needs ${needed}: ${reason}`);
}
