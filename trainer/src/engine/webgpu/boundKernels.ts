/** Kernels on buffers of their own, to see how long they take. */
import { COMPUTE_STAGE, USAGE } from "./gpuConstants.ts";
import type { GpuKernel } from "./gpuKernel.ts";

/** Takes memory on the card until it is disposed of. */
export interface BoundKernels {
  readonly buffers: readonly GPUBuffer[];
  /** Dispatches all, in order, so many times. */
  encode(pass: GPUComputePassEncoder, repeats: number): void;
  dispose(): void;
}

/** @param kernels that need no `context`, `losses` or `status`. Rejects where one does not compile. */
export async function bindKernels(device: GPUDevice, kernels: readonly GpuKernel[]): Promise<BoundKernels> {
  const usage = USAGE.storage | USAGE.copyTarget;
  const create = (elements: number): GPUBuffer =>
    device.createBuffer({ size: 16 * Math.max(1, Math.ceil(elements / 4)), usage });
  const slots = new Set(kernels.flatMap(({ bindings }) => bindings));
  const buffers = new Map([...slots].map((slot) => [slot, create(slot.length)]));
  const scratch = create(Math.max(...kernels.map((one) => one.scratch)));
  const all = [...buffers.values(), scratch];
  const dispose = (): void => {
    for (const buffer of all) buffer.destroy();
  };
  const bind = async ({ label, code, bindings, extras, workgroups }: GpuKernel) => {
    const used = [...bindings.map((slot) => buffers.get(slot)!), ...extras.map(() => scratch)];
    const layout = device.createBindGroupLayout({
      entries: used.map((_, binding) => ({ binding, visibility: COMPUTE_STAGE, buffer: { type: "storage" as const } })),
    });
    const pipeline = await device.createComputePipelineAsync({
      label,
      layout: device.createPipelineLayout({ bindGroupLayouts: [layout] }),
      compute: { module: device.createShaderModule({ label, code }), entryPoint: "main" },
    });
    const entries = used.map((buffer, binding) => ({ binding, resource: { buffer } }));
    return { pipeline, group: device.createBindGroup({ layout, entries }), workgroups };
  };
  try {
    const ready = await Promise.all(kernels.map(bind));
    return {
      buffers: [...buffers.values()],
      encode(pass, repeats) {
        for (let i = 0; i < repeats; i++) {
          for (const { pipeline, group, workgroups } of ready) {
            pass.setPipeline(pipeline);
            pass.setBindGroup(0, group);
            pass.dispatchWorkgroups(...workgroups);
          }
        }
      },
      dispose,
    };
  } catch (error) {
    dispose();
    throw error;
  }
}
