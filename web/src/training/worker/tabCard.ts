/** A program on the browser's own graphics card, device and all. Loaded by `import()`, and only when a card is wanted. */

import type { TrainingProgram } from "@cairn/trainer/engine/program";
import { describeAdapter, deviceOf } from "@cairn/trainer/engine/webgpu/gpuDevice";
import { type TileRecord, tryTiles } from "@cairn/trainer/engine/webgpu/tileTrial";
import { createWebgpuExecutor } from "@cairn/trainer/engine/webgpu/webgpuExecutor";
import { TrainError } from "../trainError.ts";
import type { TabCard } from "./machine.ts";

/** What a driver may take for an answer; compiling all kernels is one. Unit: milliseconds. */
const DEADLINE_MS = 60_000;

/**
 * @param gpu absent where the browser has no WebGPU, or the page isn't a secure one.
 * @throws {TrainError} `TRAIN_GPU_NO_WEBGPU` | `TRAIN_GPU_NO_ADAPTER`
 * @throws {EngineError} `ENGINE_DEVICE_LIMIT` | `ENGINE_OUT_OF_MEMORY`
 * @throws what the driver throws, and when it is silent for too long
 */
export async function openTabCard(program: TrainingProgram, gpu: GPU | undefined): Promise<TabCard> {
  if (gpu === undefined) {
    throw new TrainError({ code: "TRAIN_GPU_NO_WEBGPU" }, "this browser has no WebGPU here");
  }
  const adapter = await inTime(gpu.requestAdapter({ powerPreference: "high-performance" }));
  if (adapter === null) {
    throw new TrainError({ code: "TRAIN_GPU_NO_ADAPTER" }, "the browser offers no adapter");
  }
  const device = await inTime(adapter.requestDevice(deviceOf(adapter)));
  try {
    const described = describeAdapter(adapter);
    const tiles = described.isSoftware ? {} : await tilesFor(program, device);
    const executor = await inTime(createWebgpuExecutor(program, device, { tiles }));
    return {
      ...described,
      executor,
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

/** Measured anew with every program: some seconds before rounds of minutes. */
async function tilesFor(program: TrainingProgram, device: GPUDevice): Promise<TileRecord> {
  const { record } = await inTime(tryTiles(program, device, { nowMs: () => performance.now() }));
  return record;
}

/** A driver that hangs must not hang the page. */
async function inTime<T>(work: Promise<T>): Promise<T> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`its driver did not answer within ${DEADLINE_MS} ms`)), DEADLINE_MS);
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}
