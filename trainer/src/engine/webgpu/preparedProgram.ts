/**
 * A program made ready for a card: buffers planned and made, every operation's kernels compiled and bound, neighbouring
 * optimiser steps joined.
 *
 * Longer than usual: what is merged, placed and bound must agree.
 */
import { EngineError } from "../errors.ts";
import { writtenSlots } from "../operationSlots.ts";
import type { Slot } from "../operations/slot.ts";
import type { Operation } from "../operations.ts";
import type { TrainingProgram } from "../program.ts";
import { type BufferPlan, bytesOf, type Place, planBuffers } from "./bufferPlan.ts";
import { COMPUTE_STAGE, USAGE } from "./gpuConstants.ts";
import { CONTEXT_BYTES, type Extra, type GpuKernel, LOSS_RING, MAX_STREAMS } from "./gpuKernel.ts";
import { type ChooseTile, kernelsOf } from "./kernelsOf.ts";

/** One dispatch, ready to run. */
export interface Dispatch {
  readonly label: string;
  readonly pipeline: GPUComputePipeline;
  readonly group: GPUBindGroup;
  readonly workgroups: readonly [number, number, number];
}

export interface Memory {
  readonly plan: BufferPlan;
  readonly buffers: readonly GPUBuffer[];
  readonly scratch: GPUBuffer;
  readonly context: GPUBuffer;
  readonly losses: GPUBuffer;
  readonly status: GPUBuffer;
  /** What reads go through. */
  readonly staging: GPUBuffer;
  /** All together. */
  readonly bytes: number;
}

/** Rows of slots of the same order: parameters, their gradients, and each kind of optimiser state. */
function rowsOf(program: TrainingProgram): readonly (readonly Slot[])[] {
  const updates = program.operations.filter(isUpdate);
  const order = [...updates];
  const row = (pick: (update: Update) => Slot | undefined): Slot[] =>
    order.map(pick).filter((slot) => slot !== undefined);
  return [
    row(({ weight }) => weight),
    row(({ gradient }) => gradient),
    row((update) =>
      "velocity" in update ? update.velocity : "firstMoment" in update ? update.firstMoment : undefined,
    ),
    row((update) => ("secondMoment" in update ? update.secondMoment : undefined)),
  ];
}

type Update = Extract<Operation, { readonly kind: "sgd" | "sgdMomentum" | "adamW" }>;

function isUpdate(operation: Operation): operation is Update {
  return operation.kind === "sgd" || operation.kind === "sgdMomentum" || operation.kind === "adamW";
}

/** @returns the program's buffers. */
export function allocate(program: TrainingProgram, device: GPUDevice, choose: ChooseTile): Memory {
  const { maxBufferSize, maxStorageBufferBindingSize } = device.limits;
  const plan = planBuffers(program, rowsOf(program), {
    maxBuffer: Math.min(maxBufferSize, maxStorageBufferBindingSize),
  });
  const usage = USAGE.storage | USAGE.copySource | USAGE.copyTarget;
  const storage = (label: string, size: number): GPUBuffer =>
    device.createBuffer({ label, size: Math.max(256, size), usage });
  const scratch =
    4 *
    Math.max(
      ...program.operations.flatMap((operation, at) => kernelsOf(operation, at, choose).map((one) => one.scratch)),
      64,
    );
  const largest = Math.max(...[...plan.places.keys()].map(bytesOf), 4 * LOSS_RING);
  return {
    plan,
    buffers: plan.buffers.map((size, i) => storage(`slots ${i}`, size)),
    scratch: storage("scratch", scratch),
    context: device.createBuffer({
      label: "context",
      size: CONTEXT_BYTES,
      usage: USAGE.uniform | USAGE.copyTarget,
    }),
    losses: storage("losses", 4 * LOSS_RING),
    status: storage("status", 256),
    staging: device.createBuffer({
      label: "staging",
      size: largest,
      usage: USAGE.mapRead | USAGE.copyTarget,
    }),
    bytes: plan.buffers.reduce((sum, size) => sum + size, scratch + largest),
  };
}

/** @returns the dispatches of a forward pass, and those of what follows it in a step. */
export async function prepare(
  program: TrainingProgram,
  device: GPUDevice,
  { memory, choose }: { readonly memory: Memory; readonly choose: ChooseTile },
): Promise<{ forward: readonly Dispatch[]; backward: readonly Dispatch[] }> {
  const merged = mergeUpdates(program, memory.plan);
  const pipelines = new Map<string, Promise<GPUComputePipeline>>();
  const layouts = new Map<string, GPUBindGroupLayout>();
  const make = async ({ operation, at }: Numbered): Promise<Dispatch[]> =>
    Promise.all(
      kernelsOf(operation, at, choose).map(async (one) => {
        const layout = layoutOf(device, layouts, one);
        let pipeline = pipelines.get(one.code);
        if (pipeline === undefined) {
          const module = device.createShaderModule({ label: one.label, code: one.code });
          const pipelineLayout = device.createPipelineLayout({ bindGroupLayouts: [layout] });
          pipeline = device.createComputePipelineAsync({
            label: one.label,
            layout: pipelineLayout,
            compute: { module, entryPoint: "main" },
          });
          pipelines.set(one.code, pipeline);
        }
        return {
          label: one.label,
          pipeline: await pipeline,
          group: bind(device, layout, { kernel: one, memory, merged: merged.places }),
          workgroups: one.workgroups,
        };
      }),
    );
  const forwards = merged.operations.filter(({ at }) => at < program.forwardCount);
  const backwards = merged.operations.filter(({ at }) => at >= program.forwardCount);
  const [forward, backward] = await Promise.all([Promise.all(forwards.map(make)), Promise.all(backwards.map(make))]);
  return { forward: forward.flat(), backward: backward.flat() };
}

interface Numbered {
  readonly operation: Operation;
  readonly at: number;
}

interface Merged {
  readonly operations: readonly Numbered[];
  /** Of the slots that stand for several. */
  readonly places: ReadonlyMap<Slot, Place>;
}

/**
 * Joins neighbouring operations of one kind over parameters that lie side by side: one dispatch for all of them. What lies
 * between two slots is zeros in every row, and stays so.
 */
function mergeUpdates({ operations }: TrainingProgram, plan: BufferPlan): Merged {
  const places = new Map<Slot, Place>();
  const joined: Numbered[] = [];
  let run: Numbered[] = [];
  const flush = (): void => {
    if (run.length > 1)
      joined.push({
        operation: spanOf(
          run.map(({ operation }) => operation),
          plan,
          places,
        ),
        at: run[0]!.at,
      });
    else joined.push(...run);
    run = [];
  };
  operations.forEach((operation, at) => {
    const last = run.at(-1)?.operation;
    if (last !== undefined && !mayJoin(last, operation, plan)) flush();
    if (isJoinable(operation)) run.push({ operation, at });
    else joined.push({ operation, at });
  });
  flush();
  return { operations: joined, places };
}

function isJoinable({ kind }: Operation): boolean {
  return kind === "sgd" || kind === "sgdMomentum" || kind === "adamW" || kind === "scale" || kind === "squareSum";
}

/** Slots of an operation that lie in rows. */
function rowSlots(operation: Operation): readonly Slot[] {
  if (isUpdate(operation)) return [operation.gradient, ...writtenSlots(operation)];
  if (operation.kind === "scale") return [operation.data];
  return operation.kind === "squareSum" ? [operation.gradient] : [];
}

function mayJoin(last: Operation, next: Operation, { places }: BufferPlan): boolean {
  if (last.kind !== next.kind || !isJoinable(next)) return false;
  const [before, after] = [rowSlots(last), rowSlots(next)];
  return before.every((slot, i) => {
    const [from, to] = [places.get(slot)!, places.get(after[i]!)!];
    return from.buffer === to.buffer && from.offset + bytesOf(slot) === to.offset;
  });
}

/** @returns the operation over the span of all of them, and notes where its slots lie. */
function spanOf(run: readonly Operation[], plan: BufferPlan, places: Map<Slot, Place>): Operation {
  const [first, last] = [run[0]!, run.at(-1)!];
  const spans = new Map<Slot, Slot>();
  rowSlots(first).forEach((slot, i) => {
    const place = plan.places.get(slot)!;
    const end = rowSlots(last)[i]!;
    const length = (plan.places.get(end)!.offset - place.offset) / 4 + end.length;
    const span = { ...slot, length };
    spans.set(slot, span);
    places.set(span, place);
  });
  return Object.fromEntries(
    Object.entries(first).map(([field, value]) => [field, spans.get(value as Slot) ?? value]),
  ) as unknown as Operation;
}

function layoutOf(
  device: GPUDevice,
  layouts: Map<string, GPUBindGroupLayout>,
  { bindings, extras }: GpuKernel,
): GPUBindGroupLayout {
  const signature = `${bindings.length} ${extras.join()}`;
  const known = layouts.get(signature);
  if (known !== undefined) return known;
  const types: GPUBufferBindingType[] = [
    ...bindings.map(() => "storage" as const),
    ...extras.map((extra) => (extra === "context" ? ("uniform" as const) : ("storage" as const))),
  ];
  const layout = device.createBindGroupLayout({
    entries: types.map((type, binding) => ({ binding, visibility: COMPUTE_STAGE, buffer: { type } })),
  });
  layouts.set(signature, layout);
  return layout;
}

interface Binding {
  readonly kernel: GpuKernel;
  readonly memory: Memory;
  readonly merged: ReadonlyMap<Slot, Place>;
}

function bind(device: GPUDevice, layout: GPUBindGroupLayout, { kernel, memory, merged }: Binding): GPUBindGroup {
  const shared: Readonly<Record<Extra, GPUBuffer>> = memory;
  const resources: GPUBufferBinding[] = [
    ...kernel.bindings.map((slot) => {
      const { buffer, offset } = (merged.get(slot) ?? memory.plan.places.get(slot))!;
      return { buffer: memory.buffers[buffer]!, offset, size: Math.ceil(slot.length / 4) * 16 };
    }),
    ...kernel.extras.map((extra) => ({ buffer: shared[extra] })),
  ];
  return device.createBindGroup({
    layout,
    entries: resources.map((resource, binding) => ({ binding, resource })),
  });
}

/** @throws {EngineError} `ENGINE_DEVICE_LIMIT` naming the slot */
export function requireLimits(program: TrainingProgram, limits: GPUSupportedLimits): void {
  const most = Math.min(limits.maxBufferSize, limits.maxStorageBufferBindingSize);
  for (const operation of program.operations) {
    for (const slot of writtenSlots(operation)) {
      if (bytesOf(slot) <= most) continue;
      throw new EngineError(
        { code: "ENGINE_DEVICE_LIMIT", slot: slot.name, neededBytes: bytesOf(slot), maxBytes: most },
        `${slot.name} needs ${bytesOf(slot)} bytes, and this card binds ${most} at most: use smaller batches`,
      );
    }
  }
  if (program.streams.length > MAX_STREAMS)
    throw new RangeError(`${program.streams.length} dropouts, ${MAX_STREAMS} at most`);
}

export function outOfMemory(neededBytes: number, message: string): EngineError {
  const needed = `${Math.ceil(neededBytes / 2 ** 20)} MiB`;
  return new EngineError(
    { code: "ENGINE_OUT_OF_MEMORY", neededBytes },
    `the program needs ${needed} of the card: ${message}`,
  );
}
