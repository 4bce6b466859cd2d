/**
 * Measures matrix products and convolutions, one thread: GFLOP/s, and how much that is of what the CPU can do without fused
 * operations. `--json FILE` writes the same figures.
 *
 * A measurement, not a test: other work on the machine makes it lower. The best of many runs counts, for that is the one
 * that was disturbed least; the limit is measured in the same way, just before.
 */
import { writeFileSync } from "node:fs";
import { cpus } from "node:os";
import { parseArgs } from "node:util";
import { loadNativeModules } from "../../trainer/src/compute/nativeAddon.ts";
import type { Backend } from "../../trainer/src/engine/executor.ts";
import type { KernelProgram } from "../../trainer/src/engine/kernelProgram.ts";
import type { Slot } from "../../trainer/src/engine/operations/slot.ts";
import type { Window } from "../../trainer/src/engine/operations/window.ts";
import type { Operation, StepContext } from "../../trainer/src/engine/operations.ts";
import { createWasmBackend } from "../../trainer/src/engine/wasm/wasmExecutor.ts";
import { nativePeak, wasmPeak } from "./peak.ts";

/** Unit: milliseconds. For each operation on each engine. */
const TIME_MS = 400;

interface Work {
  readonly name: string;
  readonly operation: Operation;
  readonly arenaLength: number;
  /** Products, each with its sum. */
  readonly products: number;
}

/** Hands out slots one after another. */
function allot(): { slot(length: number): Slot; length(): number } {
  let end = 0;
  return {
    slot(length) {
      const slot = { name: "", offset: end, length };
      end += Math.ceil(length / 16) * 16;
      return slot;
    },
    length: () => end,
  };
}

type Role = "denseForward" | "denseBackwardWeight" | "denseBackwardInput";

/** One of the three products of a dense layer, with the orders of memory that it has there. */
function dense(role: Role, batch: number, units: number, inputs: number): Work {
  const arena = allot();
  const weights = arena.slot(units * inputs);
  const [x, y] = [arena.slot(batch * inputs), arena.slot(batch * units)];
  const rows = (slot: Slot, width: number) => ({ slot, rowStride: width, columnStride: 1 });
  const columns = (slot: Slot, width: number) => ({ slot, rowStride: 1, columnStride: width });
  const [size, left, right, out] = {
    denseForward: [[batch, units, inputs], rows(x, inputs), columns(weights, inputs), y] as const,
    denseBackwardWeight: [[units, inputs, batch], columns(y, units), rows(x, inputs), weights] as const,
    denseBackwardInput: [[batch, inputs, units], rows(y, units), rows(weights, inputs), x] as const,
  }[role];
  const [m, n, inner] = size;
  const operation: Operation = { kind: "matmul", role, rows: m, columns: n, inner, left, right, out, relu: false };
  return { name: `${role} ${m} × ${n} × ${inner}`, operation, arenaLength: arena.length(), products: m * n * inner };
}

type Convolution = "conv2d" | "conv2dBackwardWeight" | "conv2dBackwardInput";

/** One of the three operations of a convolution layer on square images of 4 examples. */
function convolution(kind: Convolution, side: number, channels: number, filters: number, size: number): Work {
  const arena = allot();
  const padding = size === 3 ? 1 : 0;
  const outSide = side + 2 * padding - size + 1;
  const sizes = { batch: 4, height: side, width: side, channels, size, stride: 1, padding };
  const window: Window = { ...sizes, outHeight: outSide, outWidth: outSide };
  const input = arena.slot(4 * side * side * channels);
  const out = arena.slot(4 * outSide * outSide * filters);
  const weight = arena.slot(filters * size * size * channels);
  const bias = arena.slot(filters);
  const common = { window, filters };
  const operation: Operation = {
    conv2d: { kind: "conv2d", ...common, input, weight, bias, out, relu: true } as const,
    conv2dBackwardWeight: {
      ...({ kind: "conv2dBackwardWeight", ...common, input } as const),
      ...{ outGradient: out, weightGradient: weight },
    },
    conv2dBackwardInput: {
      ...({ kind: "conv2dBackwardInput", ...common, weight } as const),
      ...{ outGradient: out, inputGradient: input },
    },
  }[kind];
  const products = 4 * outSide * outSide * filters * size * size * channels;
  const name = `${kind} ${side}² × ${channels} → ${filters}, ${size}²`;
  return { name, operation, arenaLength: arena.length(), products };
}

const ROLES = ["denseForward", "denseBackwardWeight", "denseBackwardInput"] as const;
const KINDS = ["conv2d", "conv2dBackwardWeight", "conv2dBackwardInput"] as const;
const WORKS: readonly Work[] = [
  ...ROLES.map((role) => dense(role, 32, 128, 784)),
  ...ROLES.map((role) => dense(role, 64, 128, 784)),
  ...ROLES.map((role) => dense(role, 512, 512, 512)),
  ...ROLES.map((role) => dense(role, 1_024, 384, 128)),
  ...KINDS.map((kind) => convolution(kind, 28, 1, 6, 5)),
  ...KINDS.map((kind) => convolution(kind, 14, 6, 16, 5)),
  ...KINDS.map((kind) => convolution(kind, 32, 32, 32, 3)),
  ...KINDS.map((kind) => convolution(kind, 16, 64, 64, 3)),
];

const CONTEXT: StepContext = {
  ...{ step: 0, isTraining: true, rate: 0, firstCorrection: 1, secondCorrection: 1 },
  streams: new Uint32Array(0),
};

/** The best of many runs. Unit: GFLOP/s, a product with its sum being two. */
function measure({ arena, run, dispose }: Backend, { products }: Work): number {
  for (let i = 0; i < arena.length; i++) arena[i] = Math.sin(i);
  let best = Number.POSITIVE_INFINITY;
  const end = performance.now() + TIME_MS;
  while (performance.now() < end) {
    const start = performance.now();
    run(0, 1, CONTEXT);
    best = Math.min(best, performance.now() - start);
  }
  dispose?.();
  return (2 * products) / best / 1e6;
}

interface Engine {
  readonly name: string;
  readonly peak: number | undefined;
  open(program: KernelProgram): Backend | Promise<Backend>;
}

function findEngines(): Engine[] {
  const { kernels } = loadNativeModules();
  return [
    { name: "WebAssembly", peak: wasmPeak(), open: createWasmBackend },
    ...kernels.map(({ name, lanes, openBackend }) => ({
      name: `native ${name}`,
      peak: nativePeak(lanes),
      open: (program: KernelProgram) => openBackend(program, { threads: 1 }),
    })),
  ];
}

const { values: options } = parseArgs({ options: { json: { type: "string" } } });
const figures: { engine: string; peak: number | undefined; work: string; gflops: number }[] = [];
process.stdout.write(`${cpus()[0]?.model ?? "unknown"} · Node ${process.version} · one thread, GFLOP/s\n`);
for (const { name, peak, open } of findEngines()) {
  process.stdout.write(`\n${name}, limit ${peak?.toFixed(1) ?? "unknown"}\n`);
  for (const work of WORKS) {
    const program = { operations: [work.operation], arenaLength: work.arenaLength, streams: [] };
    const gflops = measure(await open(program), work);
    figures.push({ engine: name, peak, work: work.name, gflops });
    const share = peak === undefined ? "" : `${Math.round((100 * gflops) / peak)} %`.padStart(6);
    process.stdout.write(`  ${work.name.padEnd(44)}${gflops.toFixed(1).padStart(7)}${share}\n`);
  }
}
if (options.json !== undefined) writeFileSync(options.json, `${JSON.stringify(figures, null, 2)}\n`);
