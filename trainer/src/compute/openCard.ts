/** A program on a graphics card, device and all, as one thing to dispose of. */
import type { TrainingProgram } from "../engine/program.ts";
import { createWebgpuExecutor, type StreamingExecutor } from "../engine/webgpu/webgpuExecutor.ts";
import { ComputeError } from "./computeError.ts";
import { openDevice } from "./gpuAdapter.ts";

export interface Card {
  readonly executor: StreamingExecutor;
  /** The adapter's, for people. */
  readonly name: string;
  dispose(): void;
}

/**
 * @param wanted an adapter's number, or part of its name. @default the first
 * @throws {ComputeError} `COMPUTE_GPU_UNAVAILABLE`; also where there is nothing but software that plays a card, which must be
 *   asked for by name
 * @throws {EngineError} `ENGINE_DEVICE_LIMIT` | `ENGINE_OUT_OF_MEMORY`
 */
export async function openCard(program: TrainingProgram, wanted?: string): Promise<Card> {
  const { device, adapter } = await openDevice(wanted);
  try {
    if (adapter.isSoftware && wanted === undefined) {
      const problem = `there is only ${adapter.name}, which computes on the processor and slower than the engine`;
      throw new ComputeError({ code: "COMPUTE_GPU_UNAVAILABLE", problem }, problem);
    }
    const executor = await createWebgpuExecutor(program, device);
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
