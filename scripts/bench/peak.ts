/** The machine's limit for products and sums on vectors, without fused ones: in WebAssembly, and native for any width. */
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { readNativeRecord } from "../../trainer/src/compute/kernelSources.mjs";

const SOURCE = fileURLToPath(new URL("./peak.c", import.meta.url));
const FLAGS: Readonly<Record<number, readonly string[]>> = {
  4: process.arch === "x64" ? ["-mavx"] : [],
  8: ["-mavx2", "-mno-fma"],
  16: ["-mavx512f", "-mprefer-vector-width=512"],
};

/** @returns GFLOP/s, or undefined where there is no compiler or the CPU lacks such vectors. */
export function nativePeak(lanes: number): number | undefined {
  const compiler = readNativeRecord()?.compiler;
  if (compiler === undefined) return undefined;
  const folder = mkdtempSync(join(tmpdir(), "peak-"));
  try {
    const program = join(folder, "peak");
    const flags = ["-O3", "-D_GNU_SOURCE", "-ffp-contract=off", `-DLANES=${lanes}`, ...FLAGS[lanes]!];
    if (spawnSync(compiler, [...flags, SOURCE, "-o", program]).status !== 0) return undefined;
    const { status, stdout } = spawnSync(program, { encoding: "utf8" });
    return status === 0 ? Number.parseFloat(stdout) : undefined;
  } finally {
    rmSync(folder, { recursive: true });
  }
}

const [ROWS, VECTORS, STEPS, ROUNDS] = [4, 2, 400_000, 25];

/** @returns GFLOP/s on one thread with 128-bit vectors. */
export function wasmPeak(): number {
  const { exports } = new WebAssembly.Instance(new WebAssembly.Module(peakModule()));
  const run = exports.run as (steps: number) => void;
  run(STEPS);
  let best = Number.POSITIVE_INFINITY;
  for (let round = 0; round < ROUNDS; round++) {
    const start = performance.now();
    run(STEPS);
    best = Math.min(best, performance.now() - start);
  }
  return (2 * 4 * ROWS * VECTORS * STEPS) / best / 1e6;
}

/** A module whose `run(steps)` adds 4 × 2 products of vectors a step to sums in registers. */
function peakModule(): Uint8Array<ArrayBuffer> {
  const sums = (row: number, vector: number): number => 1 + row * VECTORS + vector;
  const factor = (row: number): number => 1 + ROWS * VECTORS + row;
  const lanes = (vector: number): number => 1 + ROWS * VECTORS + ROWS + vector;
  const step: number[] = [];
  for (let row = 0; row < ROWS; row++) {
    step.push(0x41, 0, 0xfd, 0x09, 2, 4 * row, 0x21, factor(row)); // factor = splat of a number in memory
    for (let vector = 0; vector < VECTORS; vector++) {
      step.push(0x20, sums(row, vector), 0x20, factor(row), 0x20, lanes(vector)); // sum, factor, lanes
      step.push(0xfd, 0xe6, 1, 0xfd, 0xe4, 1, 0x21, sums(row, vector)); // sum = sum + factor * lanes
    }
  }
  step.push(0x41, 0, 0x20, 0, 0x36, 2, 64); // a store, so that nobody takes the numbers for constant
  const loop = [0x03, 0x40, ...step, 0x20, 0, 0x41, 1, 0x6b, 0x22, 0, 0x0d, 0, 0x0b];
  const locals = [1, ROWS * VECTORS + ROWS + VECTORS, 0x7b];
  // From memory, so that they are two vectors and not one constant.
  const loads = Array.from({ length: VECTORS }, (_, at) => [0x41, 0, 0xfd, 0, 0, 16 + 16 * at, 0x21, lanes(at)]).flat();
  // The sums end in memory, so that nothing is left out.
  const use = Array.from({ length: ROWS * VECTORS }, (_, at) => [0x41, 0, 0x20, 1 + at, 0xfd, 0x0b, 0, 16 * at]).flat();
  const body = [...locals, ...loads, ...loop, ...use, 0x0b];
  const section = (id: number, ...content: readonly number[]): number[] => [id, ...leb(content.length), ...content];
  return Uint8Array.from([
    ...[0x00, 0x61, 0x73, 0x6d, 1, 0, 0, 0],
    ...section(1, 1, 0x60, 1, 0x7f, 0),
    ...section(3, 1, 0),
    ...section(5, 1, 0, 1),
    ...section(7, 1, 3, 0x72, 0x75, 0x6e, 0, 0),
    ...section(10, 1, ...leb(body.length), ...body),
  ]);
}

/** A number as WebAssembly writes it. */
function leb(value: number): number[] {
  return value < 128 ? [value] : [(value & 127) | 128, ...leb(value >>> 7)];
}
