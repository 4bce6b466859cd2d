/**
 * The `webgpu` executor: trains on a graphics card. Close to `reference`, not equal to it: WGSL promises no bits, so nobody
 * can replay what it does.
 *
 * Asynchronous, for a card is: steps are queued, and their losses read later. Weights stay on the card between steps.
 */
import { requireBatch, requireExamples } from "../batchCheck.ts";
import { EngineError } from "../errors.ts";
import type { Checkpoint } from "../executor.ts";
import { writtenSlots } from "../operationSlots.ts";
import type { Slot } from "../operations/slot.ts";
import type { Operation, StepContext } from "../operations.ts";
import type { TrainingProgram } from "../program.ts";
import { createStepContexts, type StepContexts } from "../stepContext.ts";
import { canonicaliseNaN, type Parameters, requireSameTensors } from "../tensor.ts";
import { type BufferPlan, bytesOf, type Place, planBuffers } from "./bufferPlan.ts";
import { COMPUTE_STAGE, MAP_READ, USAGE } from "./gpuConstants.ts";
import { CONTEXT_BYTES, type Extra, type GpuKernel, LOSS_RING, MAX_STREAMS } from "./gpuKernel.ts";
import { kernelsOf } from "./kernelsOf.ts";

/** Trains one program on one model at a time; like `Executor`, but what reads from the card is awaited. */
export interface StreamingExecutor {
  readonly program: TrainingProgram;
  /** As `Executor.loadParameters`. */
  loadParameters(parameters: Parameters, seed?: Uint8Array): void;
  /** As `Executor.restore`. */
  restore(checkpoint: Checkpoint, seed?: Uint8Array): void;
  /**
   * Queues a step. Both arrays are copied.
   *
   * @throws {EngineError} as `Executor.step`, but for numbers that are not finite: `losses` tells of those
   * @throws {RangeError} when {@link MAX_QUEUED} steps are queued: await `losses` first
   */
  enqueue(inputs: Float32Array, targets: Float32Array): void;
  /**
   * Waits until all that is queued has run.
   *
   * @returns the losses of the steps since the last call, in order.
   * @throws {EngineError} `ENGINE_NOT_FINITE` | `ENGINE_DEVICE_LOST`; the model must then be loaded again
   */
  losses(): Promise<Float32Array>;
  /** As `Executor.outputs`. */
  outputs(inputs: Float32Array, count: number): Promise<Float32Array>;
  /** @returns copies. */
  parameters(): Promise<Parameters>;
  /** @returns copies. */
  checkpoint(): Promise<Checkpoint>;
  /**
   * Takes one step with a pass of its own for every dispatch, for measurements; needs `timestamp-query`.
   *
   * @returns what each took on the card. Unit: nanoseconds.
   */
  profile(inputs: Float32Array, targets: Float32Array): Promise<readonly KernelTime[]>;
  /** Gives the card's memory back; the executor must not be used after. */
  dispose(): void;
}

export interface KernelTime {
  readonly label: string;
  readonly nanoseconds: number;
}

/** Steps that may wait on the card. */
export const MAX_QUEUED = LOSS_RING / 2;

export interface WebgpuOptions {
  /** How long a read-back may take before the driver counts as hung. Unit: milliseconds. @default 30,000 */
  readonly deadlineMs?: number;
}

const DEADLINE_MS = 30_000;
const NO_FAILURE = 0xffffffff;

/** One dispatch, ready to run. */
interface Dispatch {
  readonly label: string;
  readonly pipeline: GPUComputePipeline;
  readonly group: GPUBindGroup;
  readonly workgroups: readonly [number, number, number];
}

/**
 * @param device that nobody else disposes of; it stays the caller's.
 * @throws {EngineError} `ENGINE_DEVICE_LIMIT` naming the slot that no buffer of this card can hold | `ENGINE_OUT_OF_MEMORY`
 */
export async function createWebgpuExecutor(
  program: TrainingProgram,
  device: GPUDevice,
  options: WebgpuOptions = {},
): Promise<StreamingExecutor> {
  requireLimits(program, device.limits);
  device.pushErrorScope("out-of-memory");
  device.pushErrorScope("validation");
  const memory = allocate(program, device);
  const { forward, backward } = await prepare(program, device, memory);
  const [invalid, short] = [await device.popErrorScope(), await device.popErrorScope()];
  if (short !== null) throw outOfMemory(memory.bytes, short.message);
  if (invalid !== null) throw new Error(`a kernel is not valid: ${invalid.message}`);
  return new WebgpuExecutor({
    program,
    device,
    memory,
    forward,
    backward,
    deadlineMs: options.deadlineMs ?? DEADLINE_MS,
  });
}

interface Memory {
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

function allocate(program: TrainingProgram, device: GPUDevice): Memory {
  const { maxBufferSize, maxStorageBufferBindingSize } = device.limits;
  const plan = planBuffers(program, rowsOf(program), {
    maxBuffer: Math.min(maxBufferSize, maxStorageBufferBindingSize),
  });
  const usage = USAGE.storage | USAGE.copySource | USAGE.copyTarget;
  const storage = (label: string, size: number): GPUBuffer =>
    device.createBuffer({ label, size: Math.max(256, size), usage });
  const scratch =
    4 *
    Math.max(...program.operations.flatMap((operation, at) => kernelsOf(operation, at).map((one) => one.scratch)), 64);
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

async function prepare(
  program: TrainingProgram,
  device: GPUDevice,
  memory: Memory,
): Promise<{ forward: readonly Dispatch[]; backward: readonly Dispatch[] }> {
  const merged = mergeUpdates(program, memory.plan);
  const pipelines = new Map<string, Promise<GPUComputePipeline>>();
  const layouts = new Map<string, GPUBindGroupLayout>();
  const make = async ({ operation, at }: Numbered): Promise<Dispatch[]> =>
    Promise.all(
      kernelsOf(operation, at).map(async (one) => {
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

interface Parts {
  readonly program: TrainingProgram;
  readonly device: GPUDevice;
  readonly memory: Memory;
  readonly forward: readonly Dispatch[];
  readonly backward: readonly Dispatch[];
  readonly deadlineMs: number;
}

/** A class for its lifecycle: disposed for good, and without a model before a load and after a step that failed. */
class WebgpuExecutor implements StreamingExecutor {
  readonly program: TrainingProgram;
  readonly #parts: Parts;
  readonly #contexts: StepContexts;
  /** What a step's uniform holds, as words and as numbers. */
  readonly #words = new Uint32Array(CONTEXT_BYTES / 4);
  readonly #numbers = new Float32Array(this.#words.buffer);
  #step = 0;
  #unread = 0;
  #isLoaded = false;
  #isDisposed = false;

  constructor(parts: Parts) {
    this.#parts = parts;
    this.program = parts.program;
    this.#contexts = createStepContexts(parts.program);
  }

  loadParameters(parameters: Parameters, seed?: Uint8Array): void {
    const optimiserState = new Map(
      this.program.optimiserState.map(({ name, shape, value }) => [
        name,
        { shape, data: new Float32Array(value.length) },
      ]),
    );
    this.restore({ step: 0, parameters, optimiserState }, seed);
  }

  restore({ step, parameters, optimiserState }: Checkpoint, seed?: Uint8Array): void {
    const { program } = this;
    requireSameTensors(parameters, program.parameters);
    requireSameTensors(optimiserState, program.optimiserState);
    if (!Number.isSafeInteger(step) || step < 0) {
      throw new EngineError({ code: "ENGINE_CHECKPOINT_MALFORMED", field: "step" }, `step ${step} is no step`);
    }
    this.#contexts.key(seed);
    for (const { name, value } of program.parameters) this.#write(value, parameters.get(name)!.data);
    for (const { name, value } of program.optimiserState) this.#write(value, optimiserState.get(name)!.data);
    this.#parts.device.queue.writeBuffer(this.#parts.memory.status, 0, Uint32Array.of(NO_FAILURE));
    this.#step = step;
    this.#unread = 0;
    this.#isLoaded = true;
  }

  enqueue(inputs: Float32Array, targets: Float32Array): void {
    this.#requireLoaded();
    requireBatch(this.program, inputs, targets);
    if (this.#unread >= MAX_QUEUED) throw new RangeError(`${this.#unread} steps are queued: await losses() first`);
    const context = this.#contexts.ofStep(this.#step);
    this.#write(this.program.input, inputs);
    this.#write(this.program.targets, targets);
    this.#submit(context, [this.#parts.forward, this.#parts.backward]);
    this.#step++;
    this.#unread++;
  }

  async losses(): Promise<Float32Array> {
    this.#requireLoaded();
    const { losses, status } = this.#parts.memory;
    const count = this.#unread;
    const [all, failed] = await this.#read([
      { buffer: losses, offset: 0, bytes: 4 * LOSS_RING },
      { buffer: status, offset: 0, bytes: 4 },
    ]);
    const first = this.#step - count;
    this.#unread -= count;
    const failedAt = new Uint32Array(failed!.buffer)[0]!;
    const found = Float32Array.from({ length: count }, (_, i) => all![(first + i) % LOSS_RING]!);
    if (failedAt !== NO_FAILURE) throw this.#notFinite(failedAt, first, found);
    return found;
  }

  async outputs(inputs: Float32Array, count: number): Promise<Float32Array> {
    this.#requireLoaded();
    const { program } = this;
    this.#write(program.input, requireExamples(program, inputs, count));
    this.#submit(this.#contexts.ofForward(), [this.#parts.forward]);
    const { length } = program.outputs;
    const [all] = await this.#read([this.#rangeOf(program.outputs)]);
    return canonicaliseNaN(all!.subarray(0, (count * length) / program.batchSize));
  }

  async parameters(): Promise<Parameters> {
    this.#requireLoaded();
    return this.#copyOut(this.program.parameters);
  }

  async checkpoint(): Promise<Checkpoint> {
    this.#requireLoaded();
    const step = this.#step;
    const [parameters, optimiserState] = [
      await this.#copyOut(this.program.parameters),
      await this.#copyOut(this.program.optimiserState),
    ];
    return { step, parameters, optimiserState };
  }

  async profile(inputs: Float32Array, targets: Float32Array): Promise<readonly KernelTime[]> {
    this.#requireLoaded();
    const { device, forward, backward } = this.#parts;
    const dispatches = [...forward, ...backward];
    this.#write(this.program.input, inputs);
    this.#write(this.program.targets, targets);
    this.#writeContext(this.#contexts.ofStep(this.#step));
    const querySet = device.createQuerySet({ type: "timestamp", count: 2 * dispatches.length });
    const bytes = 16 * dispatches.length;
    const resolved = device.createBuffer({ size: bytes, usage: USAGE.queryResolve | USAGE.copySource });
    const encoder = device.createCommandEncoder();
    dispatches.forEach(({ pipeline, group, workgroups }, i) => {
      const timestampWrites = { querySet, beginningOfPassWriteIndex: 2 * i, endOfPassWriteIndex: 2 * i + 1 };
      const pass = encoder.beginComputePass({ timestampWrites });
      pass.setPipeline(pipeline);
      pass.setBindGroup(0, group);
      pass.dispatchWorkgroups(...workgroups);
      pass.end();
    });
    encoder.resolveQuerySet(querySet, 0, 2 * dispatches.length, resolved, 0);
    device.queue.submit([encoder.finish()]);
    const [words] = await this.#read([{ buffer: resolved, offset: 0, bytes }]);
    const times = new BigUint64Array(words!.buffer);
    this.#step++;
    querySet.destroy();
    resolved.destroy();
    return dispatches.map(({ label }, i) => ({ label, nanoseconds: Number(times[2 * i + 1]! - times[2 * i]!) }));
  }

  dispose(): void {
    if (this.#isDisposed) return;
    this.#isDisposed = true;
    const { buffers, scratch, context, losses, status, staging } = this.#parts.memory;
    for (const buffer of [...buffers, scratch, context, losses, status, staging]) buffer.destroy();
  }

  #requireLoaded(): void {
    if (this.#isDisposed) throw new TypeError("the executor was disposed");
    if (!this.#isLoaded) throw new TypeError("the executor has no parameters: load or restore first");
  }

  #write(slot: Slot, data: Float32Array): void {
    const { device, memory } = this.#parts;
    const { buffer, offset } = memory.plan.places.get(slot)!;
    device.queue.writeBuffer(memory.buffers[buffer]!, offset, data as Float32Array<ArrayBuffer>);
  }

  #submit(context: StepContext, passes: readonly (readonly Dispatch[])[]): void {
    const { device } = this.#parts;
    this.#writeContext(context);
    const encoder = device.createCommandEncoder();
    const pass = encoder.beginComputePass();
    let pipeline: GPUComputePipeline | undefined;
    for (const dispatches of passes) {
      for (const { pipeline: own, group, workgroups } of dispatches) {
        if (own !== pipeline) pass.setPipeline(own);
        pipeline = own;
        pass.setBindGroup(0, group);
        pass.dispatchWorkgroups(...workgroups);
      }
    }
    pass.end();
    device.queue.submit([encoder.finish()]);
  }

  #writeContext(context: StepContext): void {
    const { device, memory } = this.#parts;
    this.#words[0] = context.step;
    this.#words[1] = Number(context.isTraining);
    this.#numbers[2] = context.rate;
    this.#numbers[3] = context.firstCorrection;
    this.#numbers[4] = context.secondCorrection;
    this.#words.set(context.streams, 8);
    device.queue.writeBuffer(memory.context, 0, this.#words, 0, 8 + 4 * this.program.streams.length);
  }

  #rangeOf(slot: Slot): Range {
    const { memory } = this.#parts;
    const { buffer, offset } = memory.plan.places.get(slot)!;
    return { buffer: memory.buffers[buffer]!, offset, bytes: 4 * slot.length };
  }

  /** One read after another, through one buffer. */
  async #read(ranges: readonly Range[]): Promise<Float32Array[]> {
    const { device, memory, deadlineMs } = this.#parts;
    const results: Float32Array[] = [];
    for (const { buffer, offset, bytes } of ranges) {
      const encoder = device.createCommandEncoder();
      encoder.copyBufferToBuffer(buffer, offset, memory.staging, 0, bytes);
      device.queue.submit([encoder.finish()]);
      await this.#inTime(memory.staging.mapAsync(MAP_READ, 0, bytes), deadlineMs);
      results.push(new Float32Array(memory.staging.getMappedRange(0, bytes).slice(0)));
      memory.staging.unmap();
    }
    return results;
  }

  /** A card that was taken away, or hangs, must not hold up the node: both end here, and the model must be loaded again. */
  async #inTime(work: Promise<void>, deadlineMs: number): Promise<void> {
    const { device } = this.#parts;
    const limit = AbortSignal.timeout(deadlineMs);
    const late = new Promise<string>((resolve) => {
      limit.addEventListener("abort", () => resolve(`it did not answer within ${deadlineMs} ms`), { once: true });
    });
    const lost = device.lost.then(({ message }) => message || "it was taken away");
    const done = work.then(
      () => undefined,
      (error: unknown) => (error instanceof Error ? error.message : String(error)),
    );
    const problem = await Promise.race([done, lost, late]);
    if (problem === undefined) return;
    this.#isLoaded = false;
    throw new EngineError({ code: "ENGINE_DEVICE_LOST", problem }, `the graphics card was lost: ${problem}`);
  }

  async #copyOut(
    slots: readonly { readonly name: string; readonly shape: readonly number[]; readonly value: Slot }[],
  ): Promise<Parameters> {
    const copies = await this.#read(slots.map(({ value }) => this.#rangeOf(value)));
    return new Map(slots.map(({ name, shape }, i) => [name, { shape, data: copies[i]! }]));
  }

  #notFinite(failedAt: number, first: number, losses: Float32Array): EngineError {
    this.#isLoaded = false;
    const { owners } = this.program;
    const layer = owners[failedAt] ?? "loss";
    const at = losses.findIndex((loss) => !Number.isFinite(loss));
    const step = first + (at < 0 ? losses.length - 1 : at);
    const where = layer === "loss" ? "loss" : "weights";
    return new EngineError(
      { code: "ENGINE_NOT_FINITE", step, where, layer, value: at < 0 ? Number.NaN : losses[at]! },
      `step ${step}: ${layer} holds a number that is not finite; the learning rate may be too high`,
    );
  }
}

interface Range {
  readonly buffer: GPUBuffer;
  readonly offset: number;
  readonly bytes: number;
}

function requireLimits(program: TrainingProgram, limits: GPUSupportedLimits): void {
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

function outOfMemory(neededBytes: number, message: string): EngineError {
  const needed = `${Math.ceil(neededBytes / 2 ** 20)} MiB`;
  return new EngineError(
    { code: "ENGINE_OUT_OF_MEMORY", neededBytes },
    `the program needs ${needed} of the card: ${message}`,
  );
}
