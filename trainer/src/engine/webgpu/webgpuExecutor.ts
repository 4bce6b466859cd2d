/**
 * The `webgpu` executor: trains on a graphics card. Close to `reference`, not equal to it: WGSL promises no bits, so nobody
 * can replay what it does.
 *
 * Asynchronous, for a card is: steps are queued, and their losses read later. Weights stay on the card between steps.
 *
 * Longer than usual: the interface, and one class for its lifecycle.
 */
import { requireBatch, requireExamples } from "../batchCheck.ts";
import { EngineError } from "../errors.ts";
import type { Checkpoint } from "../executor.ts";
import type { Slot } from "../operations/slot.ts";
import type { StepContext } from "../operations.ts";
import type { TrainingProgram } from "../program.ts";
import { createStepContexts, type StepContexts } from "../stepContext.ts";
import { canonicaliseNaN, type Parameters, requireSameTensors } from "../tensor.ts";
import { DEADLINE_MS, waitForDevice } from "./deviceWait.ts";
import { MAP_READ, USAGE } from "./gpuConstants.ts";
import { CONTEXT_BYTES, LOSS_RING } from "./gpuKernel.ts";
import { allocate, type Dispatch, type Memory, outOfMemory, prepare, requireLimits } from "./preparedProgram.ts";
import { type TileRecord, tileChooser } from "./tileTrial.ts";
import { RING_BYTES, type Upload, UploadRing } from "./uploadRing.ts";

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
   * Waits until the next `enqueue` need not take memory anew: at once, but for large batches while many are on their way.
   *
   * @throws {EngineError} `ENGINE_DEVICE_LOST`
   */
  room(): Promise<void>;
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
  /** How long a read-back may take. Unit: milliseconds. @default {@link DEADLINE_MS} */
  readonly deadlineMs?: number;
  /** Batches of so many bytes a step and more go through mapped buffers. @default {@link RING_BYTES} */
  readonly ringBytes?: number;
  /** What `tryTiles` found on this card. @default the estimate cuts products */
  readonly tiles?: TileRecord;
}

const NO_FAILURE = 0xffffffff;

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
  const choose = tileChooser(options.tiles);
  const memory = allocate(program, device, choose);
  const { forward, backward } = await prepare(program, device, { memory, choose });
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
    ring: ringOf(program, device, options.ringBytes ?? RING_BYTES),
  });
}

function ringOf({ input, targets }: TrainingProgram, device: GPUDevice, least: number): UploadRing | undefined {
  const bytes = 4 * (input.length + targets.length);
  return bytes < least ? undefined : new UploadRing(device, bytes);
}

interface Parts {
  readonly program: TrainingProgram;
  readonly device: GPUDevice;
  readonly memory: Memory;
  readonly forward: readonly Dispatch[];
  readonly backward: readonly Dispatch[];
  readonly deadlineMs: number;
  /** Absent where batches are small. */
  readonly ring: UploadRing | undefined;
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
    const { forward, backward } = this.#parts;
    const context = this.#contexts.ofStep(this.#step);
    this.#submit(context, { passes: [forward, backward], batch: [inputs, targets] });
    this.#step++;
    this.#unread++;
  }

  async room(): Promise<void> {
    const { ring } = this.#parts;
    if (ring?.isFull === true) await this.#inTime(ring.freed());
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
    this.#submit(this.#contexts.ofForward(), { passes: [this.#parts.forward] });
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
    this.#parts.ring?.dispose();
  }

  #requireLoaded(): void {
    if (this.#isDisposed) throw new TypeError("the executor was disposed");
    if (!this.#isLoaded) throw new TypeError("the executor has no parameters: load or restore first");
  }

  #write(slot: Slot, data: Float32Array): void {
    const { target, offset } = this.#targetOf(slot);
    this.#send(target, offset, data);
  }

  #targetOf(slot: Slot): Pick<Upload, "target" | "offset"> {
    const { memory } = this.#parts;
    const { buffer, offset } = memory.plan.places.get(slot)!;
    return { target: memory.buffers[buffer]!, offset };
  }

  #send(target: GPUBuffer, offset: number, data: Float32Array): void {
    this.#parts.device.queue.writeBuffer(target, offset, data as Float32Array<ArrayBuffer>);
  }

  #submit(context: StepContext, { passes, batch }: Submission): void {
    const { device } = this.#parts;
    this.#writeContext(context);
    const encoder = device.createCommandEncoder();
    const sent = batch && this.#upload(encoder, batch);
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
    sent?.();
  }

  /** @returns what to call after the submission, where there is something. */
  #upload(encoder: GPUCommandEncoder, [inputs, targets]: Batch): (() => void) | undefined {
    const { input, targets: wanted } = this.program;
    const uploads = [
      { ...this.#targetOf(input), data: inputs },
      { ...this.#targetOf(wanted), data: targets },
    ];
    const sent = this.#parts.ring?.stage(encoder, uploads);
    if (sent === undefined) for (const { target, offset, data } of uploads) this.#send(target, offset, data);
    return sent;
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
    const { target: buffer, offset } = this.#targetOf(slot);
    return { buffer, offset, bytes: 4 * slot.length };
  }

  /** One read after another, through one buffer. */
  async #read(ranges: readonly Range[]): Promise<Float32Array[]> {
    const { device, memory } = this.#parts;
    const results: Float32Array[] = [];
    for (const { buffer, offset, bytes } of ranges) {
      const encoder = device.createCommandEncoder();
      encoder.copyBufferToBuffer(buffer, offset, memory.staging, 0, bytes);
      device.queue.submit([encoder.finish()]);
      await this.#inTime(memory.staging.mapAsync(MAP_READ, 0, bytes));
      results.push(new Float32Array(memory.staging.getMappedRange(0, bytes).slice(0)));
      memory.staging.unmap();
    }
    return results;
  }

  /** After a failure the model must be loaded again. */
  async #inTime(work: Promise<void>): Promise<void> {
    const { device, deadlineMs } = this.#parts;
    try {
      await waitForDevice(device, work, deadlineMs);
    } catch (error) {
      this.#isLoaded = false;
      throw error;
    }
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

type Batch = readonly [inputs: Float32Array, targets: Float32Array];

interface Submission {
  readonly passes: readonly (readonly Dispatch[])[];
  readonly batch?: Batch;
}

interface Range {
  readonly buffer: GPUBuffer;
  readonly offset: number;
  readonly bytes: number;
}
