/** How fast the card multiplies matrices, by shape and tile. */
import type { Slot } from "../../../trainer/src/engine/operations/slot.ts";
import { bindKernels } from "../../../trainer/src/engine/webgpu/boundKernels.ts";
import { MAP_READ, USAGE } from "../../../trainer/src/engine/webgpu/gpuConstants.ts";
import type { GpuKernel } from "../../../trainer/src/engine/webgpu/gpuKernel.ts";
import { productKernels, stridedOperand } from "../../../trainer/src/engine/webgpu/product.ts";
import { estimateTile, TILES } from "../../../trainer/src/engine/webgpu/tiles.ts";

/** Rows, columns, inner; and which way each factor lies in memory. */
const SHAPES = [
  { m: 4096, n: 4096, k: 4096, order: "nn" },
  { m: 1024, n: 1024, k: 1024, order: "nn" },
  { m: 8192, n: 1536, k: 512, order: "nt" },
  { m: 8192, n: 2048, k: 512, order: "nt" },
  { m: 8192, n: 512, k: 2048, order: "nn" },
  { m: 512, n: 2048, k: 8192, order: "tn" },
  { m: 512, n: 512, k: 8192, order: "tn" },
  { m: 32, n: 128, k: 784, order: "nt" },
  { m: 128, n: 784, k: 32, order: "tn" },
] as const;

export interface ProductFigure {
  readonly shape: string;
  readonly tile: string;
  readonly microseconds: number;
  readonly tflops: number;
}

export interface ProductOptions {
  readonly seconds: number;
  readonly allTiles: boolean;
  readonly isSoftware: boolean;
  readonly print: (line: string) => void;
}

export async function measureProducts(device: GPUDevice, options: ProductOptions): Promise<ProductFigure[]> {
  const figures: ProductFigure[] = [];
  for (const shape of SHAPES) {
    if (options.isSoftware && shape.m * shape.n * shape.k > 1e8) continue;
    const { m, n, k, order } = shape;
    const name = `${m}×${n}×${k} ${order}`;
    const [a, b, out] = [slot("a", m * k), slot("b", k * n), slot("out", m * n)];
    const job = {
      ...{ label: "product", m, n, k, out, epilogue: {} },
      a: stridedOperand({
        slot: a,
        ...(order === "tn" ? { stride: 1, kStride: m } : { stride: k, kStride: 1 }),
        count: m,
        k,
      }),
      b: stridedOperand({
        slot: b,
        ...(order === "nt" ? { stride: k, kStride: 1 } : { stride: 1, kStride: n }),
        count: n,
        k,
      }),
    };
    const chosen = estimateTile({ label: "", m, n, k });
    const choices = options.allTiles
      ? TILES.flatMap((tile) => [1, chosen.parts].map((parts) => ({ tile, parts })))
      : [chosen];
    for (const [at, choice] of choices.entries()) {
      if (at > 0 && choice.parts === choices[at - 1]!.parts && choice.tile === choices[at - 1]!.tile) continue;
      const kernels = productKernels(job, choice);
      const seconds = await timeKernels(device, kernels, [a, b, out]);
      const { tx, ty, gn, gm, depth } = choice.tile;
      const tile = `${4 * ty * gm}×${4 * tx * gn}×${depth}, ${choice.parts} part${choice.parts > 1 ? "s" : ""}`;
      const tflops = (2 * m * n * k) / seconds / 1e12;
      figures.push({ shape: name, tile, microseconds: 1e6 * seconds, tflops });
      const isChosen = choice.tile === chosen.tile && choice.parts === chosen.parts;
      options.print(
        `${name.padEnd(20)} ${tile.padEnd(24)} ${(1e6 * seconds).toFixed(1).padStart(9)} µs ${tflops.toFixed(2).padStart(7)} TFLOP/s${isChosen ? "  chosen" : ""}`,
      );
    }
  }
  return figures;
}

function slot(name: string, length: number): Slot {
  return { name, offset: 0, length };
}

/** A card that idled is slow at first: so long it computes before it is timed. Unit: milliseconds. */
const WARM_MS = 150;
/** Drivers round times, so a measurement takes at least this long. Unit: milliseconds. */
const TIMED_MS = 60;

/** In −½ … ½: zeros would let a card run faster than it does with real numbers. */
const noise = Float32Array.from({ length: 1 << 20 }, (_, i) => ((i * 7919) % 1009) / 1009 - 0.5);

/** @returns the mean of some runs one after another. Unit: seconds. */
async function timeKernels(device: GPUDevice, kernels: readonly GpuKernel[], slots: readonly Slot[]): Promise<number> {
  const bound = await bindKernels(device, kernels);
  for (const [i, { length }] of slots.entries()) {
    for (let at = 0; at < length; at += noise.length) {
      device.queue.writeBuffer(bound.buffers[i]!, 4 * at, noise, 0, Math.min(noise.length, length - at));
    }
  }
  const querySet = device.createQuerySet({ type: "timestamp", count: 2 });
  const resolved = device.createBuffer({ size: 16, usage: USAGE.queryResolve | USAGE.copySource });
  const staging = device.createBuffer({ size: 16, usage: USAGE.mapRead | USAGE.copyTarget });
  const run = async (repeats: number): Promise<number> => {
    const encoder = device.createCommandEncoder();
    const pass = encoder.beginComputePass({
      timestampWrites: { querySet, beginningOfPassWriteIndex: 0, endOfPassWriteIndex: 1 },
    });
    bound.encode(pass, repeats);
    pass.end();
    encoder.resolveQuerySet(querySet, 0, 2, resolved, 0);
    encoder.copyBufferToBuffer(resolved, 0, staging, 0, 16);
    device.queue.submit([encoder.finish()]);
    await staging.mapAsync(MAP_READ);
    const [start, end] = new BigUint64Array(staging.getMappedRange().slice(0));
    staging.unmap();
    return Number(end! - start!) / 1e9 / repeats;
  };
  let seconds = await run(2);
  const warm = performance.now();
  while (performance.now() - warm < WARM_MS)
    seconds = await run(Math.max(2, Math.min(5_000, Math.ceil(0.02 / Math.max(seconds, 1e-7)))));
  seconds = await run(Math.max(3, Math.min(10_000, Math.ceil(TIMED_MS / 1_000 / Math.max(seconds, 1e-7)))));
  bound.dispose();
  for (const buffer of [resolved, staging]) buffer.destroy();
  querySet.destroy();
  return seconds;
}
