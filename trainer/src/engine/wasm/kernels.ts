/** The compiled kernels: their exports, and an instance over memory of just the size a program needs. */
import { KERNELS_BASE64 } from "../generated/kernels.ts";
import type { TrainingProgram } from "../program.ts";

/** What `trainer/kernels/*.c` export. Addresses and strides are numbers; a stride's unit is elements. */
export interface Kernels {
  matmul_scratch(rows: number, columns: number, inner: number): number;
  matmul(
    rows: number,
    columns: number,
    inner: number,
    left: number,
    leftRow: number,
    leftColumn: number,
    right: number,
    rightRow: number,
    rightColumn: number,
    out: number,
    scratch: number,
  ): void;
  add_bias(rows: number, columns: number, bias: number, data: number, relu: number): void;
  relu(length: number, data: number): void;
  relu_backward(length: number, output: number, gradient: number): void;
  column_sums(rows: number, columns: number, data: number, out: number): void;
  softmax_cross_entropy(
    rows: number,
    columns: number,
    logits: number,
    labels: number,
    gradient: number,
    loss: number,
  ): number;
  sgd(length: number, rate: number, weight: number, gradient: number): number;
  sgd_momentum(
    length: number,
    rate: number,
    momentum: number,
    weight: number,
    gradient: number,
    velocity: number,
  ): number;
}

export interface KernelInstance {
  readonly kernels: Kernels;
  readonly memory: ArrayBuffer;
  /** Byte addresses of the program's arena, of the labels and of the kernels' scratch. */
  readonly arena: number;
  readonly labels: number;
  readonly scratch: number;
}

/** Unit: bytes. A WebAssembly page. */
const PAGE_BYTES = 65_536;
/** Unit: bytes. A cache line. */
const ALIGNMENT = 64;
/** Stack and constants of the kernels; what the module asks for at least. */
const STATIC_PAGES = 2;

let compiled: Promise<WebAssembly.Module> | undefined;

/** @returns a fresh instance; the module is compiled once a process. */
export async function instantiateKernels(program: TrainingProgram): Promise<KernelInstance> {
  compiled ??= WebAssembly.compile(Uint8Array.from(atob(KERNELS_BASE64), (char) => char.charCodeAt(0)));
  const memory = new WebAssembly.Memory({ initial: STATIC_PAGES });
  const { exports } = await WebAssembly.instantiate(await compiled, { env: { memory } });
  const kernels = exports as unknown as Kernels;
  const arena = align((exports.__heap_base as WebAssembly.Global).value as number);
  const labels = align(arena + 4 * program.arenaLength);
  const scratch = align(labels + 4 * program.batchSize);
  const end = scratch + 4 * scratchLength(program, kernels);
  memory.grow(Math.max(0, Math.ceil(end / PAGE_BYTES) - STATIC_PAGES));
  return { kernels, memory: memory.buffer, arena, labels, scratch };
}

function scratchLength({ operations }: TrainingProgram, kernels: Kernels): number {
  const lengths = operations.map((operation) =>
    operation.kind === "matmul" ? kernels.matmul_scratch(operation.rows, operation.columns, operation.inner) : 0,
  );
  return Math.max(...lengths);
}

function align(address: number): number {
  return Math.ceil(address / ALIGNMENT) * ALIGNMENT;
}
