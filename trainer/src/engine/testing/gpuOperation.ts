/** Runs one operation on a graphics card, over a small arena. Not for use outside tests. */
import { slotsOf } from "../operationSlots.ts";
import type { Slot } from "../operations/slot.ts";
import type { StepContext } from "../operations.ts";
import { COMPUTE_STAGE, MAP_READ, USAGE } from "../webgpu/gpuConstants.ts";
import { CONTEXT_BYTES, type GpuKernel, LOSS_RING } from "../webgpu/gpuKernel.ts";
import type { OperationCase } from "./cases/operationCase.ts";

export interface GpuRun {
  /** The arena after the operation. */
  readonly arena: Float32Array;
  readonly isFinite: boolean;
}

/** Each slot in a buffer of its own, filled from the arena and copied back. */
export async function runOnGpu(
  device: GPUDevice,
  { operation, arena }: Pick<OperationCase, "operation" | "arena">,
  { kernels, step }: { readonly kernels: readonly GpuKernel[]; readonly step: StepContext },
): Promise<GpuRun> {
  const usage = USAGE.storage | USAGE.copySource | USAGE.copyTarget;
  const made: GPUBuffer[] = [];
  const make = (size: number, how = usage): GPUBuffer => {
    const buffer = device.createBuffer({ size: Math.ceil(Math.max(size, 16) / 16) * 16, usage: how });
    made.push(buffer);
    return buffer;
  };
  const slots = new Map<Slot, GPUBuffer>();
  for (const slot of new Set(slotsOf(operation))) {
    const buffer = make(4 * slot.length);
    device.queue.writeBuffer(buffer, 0, arena.slice(slot.offset, slot.offset + slot.length));
    slots.set(slot, buffer);
  }
  const words = new Uint32Array(CONTEXT_BYTES / 4);
  const numbers = new Float32Array(words.buffer);
  words.set([step.step, Number(step.isTraining)]);
  numbers.set([step.rate, step.firstCorrection, step.secondCorrection], 2);
  words.set(step.streams, 8);
  const shared = {
    scratch: make(4 * Math.max(...kernels.map(({ scratch }) => scratch), 4)),
    context: make(CONTEXT_BYTES, USAGE.uniform | USAGE.copyTarget),
    losses: make(4 * LOSS_RING),
    status: make(16),
  };
  device.queue.writeBuffer(shared.context, 0, words);
  device.queue.writeBuffer(shared.status, 0, Uint32Array.of(0xffffffff));
  device.pushErrorScope("validation");
  const encoder = device.createCommandEncoder();
  const pass = encoder.beginComputePass();
  for (const { code, bindings, extras, workgroups, label } of kernels) {
    const buffers = [...bindings.map((slot) => slots.get(slot)!), ...extras.map((extra) => shared[extra])];
    const layout = device.createBindGroupLayout({
      entries: buffers.map((buffer, binding) => ({
        binding,
        visibility: COMPUTE_STAGE,
        buffer: { type: buffer === shared.context ? "uniform" : "storage" },
      })),
    });
    const pipeline = device.createComputePipeline({
      label,
      layout: device.createPipelineLayout({ bindGroupLayouts: [layout] }),
      compute: { module: device.createShaderModule({ label, code }), entryPoint: "main" },
    });
    const entries = buffers.map((buffer, binding) => ({ binding, resource: { buffer } }));
    pass.setPipeline(pipeline);
    pass.setBindGroup(0, device.createBindGroup({ layout, entries }));
    pass.dispatchWorkgroups(...workgroups);
  }
  pass.end();
  const reads = [...slots].map(([slot, buffer]) => ({ slot, buffer, bytes: 4 * slot.length }));
  const staging = make(
    reads.reduce((sum, { bytes }) => sum + bytes, 16),
    USAGE.mapRead | USAGE.copyTarget,
  );
  let end = 4;
  encoder.copyBufferToBuffer(shared.status, 0, staging, 0, 4);
  for (const { buffer, bytes } of reads) {
    encoder.copyBufferToBuffer(buffer, 0, staging, end, bytes);
    end += bytes;
  }
  device.queue.submit([encoder.finish()]);
  const invalid = await device.popErrorScope();
  if (invalid !== null) throw new Error(invalid.message);
  await staging.mapAsync(MAP_READ);
  const all = new Float32Array(staging.getMappedRange().slice(0));
  const isAllFinite = new Uint32Array(all.buffer)[0] === 0xffffffff;
  const result = arena.slice();
  let at = 1;
  for (const { slot } of reads) {
    result.set(all.subarray(at, at + slot.length), slot.offset);
    at += slot.length;
  }
  for (const buffer of made) buffer.destroy();
  return { arena: result, isFinite: isAllFinite };
}
