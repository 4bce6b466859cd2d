/** A program on a graphics card, device and all, as one thing to dispose of. */
import type { TrainingProgram } from "../engine/program.ts";
import { type TileRecord, tryTiles } from "../engine/webgpu/tileTrial.ts";
import { createWebgpuExecutor, type StreamingExecutor } from "../engine/webgpu/webgpuExecutor.ts";
import { readTiles, tilesPath, writeTiles } from "./cardTiles.ts";
import { ComputeError } from "./computeError.ts";
import { type GpuAdapter, openDevice } from "./gpuAdapter.ts";

export interface Card {
  readonly executor: StreamingExecutor;
  /** The adapter's, for people. */
  readonly name: string;
  dispose(): void;
}

export interface CardOptions {
  /** An adapter's number, or part of its name. @default the first */
  readonly wanted?: string | undefined;
  /** Where it is kept how products are best cut on which card. @default measured each time */
  readonly cacheDir?: string | undefined;
}

/**
 * Measures for some seconds how the program's products are best cut on this card, where that is not known.
 *
 * @throws {ComputeError} `COMPUTE_GPU_UNAVAILABLE`; also where there is nothing but software that plays a card, which must be
 *   asked for by name
 * @throws {EngineError} `ENGINE_DEVICE_LIMIT` | `ENGINE_OUT_OF_MEMORY`
 */
export async function openCard(program: TrainingProgram, { wanted, cacheDir }: CardOptions = {}): Promise<Card> {
  const { device, adapter } = await openDevice(wanted);
  try {
    if (adapter.isSoftware && wanted === undefined) {
      const problem = `there is only ${adapter.name}, which computes on the processor and slower than the engine`;
      throw new ComputeError({ code: "COMPUTE_GPU_UNAVAILABLE", problem }, problem);
    }
    const tiles = adapter.isSoftware ? {} : await tilesFor(program, { device, adapter, cacheDir });
    const executor = await createWebgpuExecutor(program, device, { tiles });
    return {
      executor,
      name: adapter.name,
      dispose() {
        executor.dispose();
        device.destroy();
      },
    };
  } catch (error) {
    device.destroy();
    throw error;
  }
}

interface OpenedCard extends Pick<CardOptions, "cacheDir"> {
  readonly device: GPUDevice;
  readonly adapter: GpuAdapter;
}

/** Not for cards that a processor plays: there a measurement takes longer than the best cut could save. */
async function tilesFor(program: TrainingProgram, { device, adapter, cacheDir }: OpenedCard): Promise<TileRecord> {
  const path = cacheDir === undefined ? undefined : tilesPath(cacheDir, adapter);
  const known = path === undefined ? {} : await readTiles(path);
  const { record, measured } = await tryTiles(program, device, { known, nowMs: () => performance.now() });
  if (path !== undefined && measured > 0) await writeTiles(path, { ...known, ...record });
  return record;
}
