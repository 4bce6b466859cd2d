/**
 * What runs a training program, whatever computes the operations.
 *
 * Holds the state machine (load, step, copy out) once, so that executors differ only in their {@link Backend}.
 */
import { requireBatch, requireExamples } from "./batchCheck.ts";
import { diagnose } from "./diagnosis.ts";
import { EngineError } from "./errors.ts";
import { isInteger } from "./fields.ts";
import type { Slot } from "./operations/slot.ts";
import type { StepContext } from "./operations.ts";
import type { TrainingProgram } from "./program.ts";
import { createStepContexts, type StepContexts } from "./stepContext.ts";
import { canonicaliseNaN, type Parameters, requireSameTensors, type Tensor } from "./tensor.ts";

/** Everything that the next step depends on besides its batch and the seed. */
export interface Checkpoint {
  /** Steps taken since the parameters were loaded. Range: 0 … 2^31 − 1. */
  readonly step: number;
  readonly parameters: Parameters;
  /** By name; empty for an optimiser without state. */
  readonly optimiserState: Parameters;
}

/** Runs one program on one model at a time. Not to be shared between concurrent users. */
export interface Executor {
  readonly program: TrainingProgram;
  /**
   * Takes over copies of `parameters`, zeroes the optimiser's state and the step number.
   *
   * @param seed 32 bytes that key dropout. @default none: a program with dropout can then give outputs, but take no step
   * @throws {EngineError} `ENGINE_PARAMETERS_MISMATCH`
   */
  loadParameters(parameters: Parameters, seed?: Uint8Array): void;
  /**
   * One training step.
   *
   * @param inputs Shape `[batchSize, inputSize]`, row-major; token numbers where the program has a vocabulary.
   * @param targets Shape `[batchSize, targetSize]`: class numbers where the program has classes, else values.
   * @returns the batch's mean loss before the update. Unit: nats, or that of the targets squared.
   * @throws {EngineError} `ENGINE_BATCH_MISMATCH` | `ENGINE_LABEL_OUT_OF_RANGE` | `ENGINE_TOKEN_OUT_OF_RANGE` |
   *   `ENGINE_NOT_FINITE` | `ENGINE_THREAD_LOST`; after the last two the model must be loaded again
   */
  step(inputs: Float32Array, targets: Float32Array): number;
  /**
   * Forward pass only, without dropout.
   *
   * @param inputs Shape `[count, inputSize]`; further elements are ignored.
   * @param count Range: 1 … batchSize.
   * @returns Shape `[count, …outputShape]`, a fresh array; NaNs are canonical.
   * @throws {EngineError} `ENGINE_BATCH_MISMATCH` | `ENGINE_TOKEN_OUT_OF_RANGE`
   */
  outputs(inputs: Float32Array, count: number): Float32Array;
  /** @returns copies. */
  parameters(): Parameters;
  /** @returns copies. */
  checkpoint(): Checkpoint;
  /**
   * Takes over copies of a checkpoint.
   *
   * @param seed as in `loadParameters`; the one the run began with, to go on as if it had never stopped.
   * @throws {EngineError} `ENGINE_PARAMETERS_MISMATCH` | `ENGINE_CHECKPOINT_MALFORMED` when the step is out of range
   */
  restore(checkpoint: Checkpoint, seed?: Uint8Array): void;
  /** Lets go of the memory; the executor must not be used after. */
  dispose(): void;
}

/** Memory and arithmetic of an executor. */
export interface Backend {
  /** `program.arenaLength` elements. */
  readonly arena: Float32Array;
  /**
   * Runs the operations `first` … `last − 1` in order, none after one that failed.
   *
   * @param context always the same object, with other numbers in it.
   * @returns index of the operation that wrote a loss or a weight that is not finite, or −1.
   */
  run(first: number, last: number, context: StepContext): number;
  dispose?(): void;
}

/** Kernels count steps in 32 signed bits. */
const MAX_STEP = 2_147_483_647;

/** @returns an executor over `backend`, with nothing loaded. */
export function createExecutor(program: TrainingProgram, backend: Backend): Executor {
  return new ProgramExecutor(program, backend);
}

/** A class for its lifecycle: disposed for good, and without a model before a load and after a step that failed. */
class ProgramExecutor implements Executor {
  readonly program: TrainingProgram;
  readonly #contexts: StepContexts;
  #backend: Backend | undefined;
  #step = 0;
  #isLoaded = false;

  constructor(program: TrainingProgram, backend: Backend) {
    this.program = program;
    this.#contexts = createStepContexts(program);
    this.#backend = backend;
  }

  loadParameters(parameters: Parameters, seed?: Uint8Array): void {
    this.restore({ step: 0, parameters, optimiserState: zeroState(this.program) }, seed);
  }

  restore({ step, parameters, optimiserState }: Checkpoint, seed?: Uint8Array): void {
    const { program } = this;
    const backend = this.#alive();
    requireSameTensors(parameters, program.parameters);
    requireSameTensors(optimiserState, program.optimiserState);
    if (!isInteger(step, 0, MAX_STEP)) throw stepRefused(step);
    this.#contexts.key(seed);
    for (const { name, value } of program.parameters) write(backend, value, parameters.get(name)!);
    for (const { name, value } of program.optimiserState) write(backend, value, optimiserState.get(name)!);
    this.#step = step;
    this.#isLoaded = true;
  }

  step(inputs: Float32Array, targets: Float32Array): number {
    const { program } = this;
    const backend = this.#loaded();
    requireBatch(program, inputs, targets);
    if (this.#step >= MAX_STEP) throw stepRefused(this.#step + 1);
    const context = this.#contexts.ofStep(this.#step);
    backend.arena.set(inputs, program.input.offset);
    backend.arena.set(targets, program.targets.offset);
    this.#isLoaded = false; // until the step is whole, however it ends
    const failedAt = backend.run(0, program.operations.length, context);
    if (failedAt >= 0) throw diagnose({ program, backend, context, failedAt, inputs });
    this.#isLoaded = true;
    this.#step++;
    return backend.arena[program.loss.offset]!;
  }

  outputs(inputs: Float32Array, count: number): Float32Array {
    const { program } = this;
    const backend = this.#loaded();
    backend.arena.set(requireExamples(program, inputs, count), program.input.offset);
    backend.run(0, program.forwardCount, this.#contexts.ofForward());
    const { offset, length } = program.outputs;
    return canonicaliseNaN(backend.arena.slice(offset, offset + (count * length) / program.batchSize));
  }

  parameters(): Parameters {
    return copyOut(this.#loaded(), this.program.parameters);
  }

  checkpoint(): Checkpoint {
    const optimiserState = copyOut(this.#loaded(), this.program.optimiserState);
    return { step: this.#step, parameters: this.parameters(), optimiserState };
  }

  dispose(): void {
    this.#backend?.dispose?.();
    this.#backend = undefined;
  }

  #alive(): Backend {
    if (this.#backend === undefined) throw new TypeError("the executor was disposed");
    return this.#backend;
  }

  #loaded(): Backend {
    const backend = this.#alive();
    if (!this.#isLoaded) throw new TypeError("the executor has no parameters: load or restore first");
    return backend;
  }
}

function zeroState(program: TrainingProgram): Parameters {
  return new Map(
    program.optimiserState.map(({ name, shape, value }) => [name, { shape, data: new Float32Array(value.length) }]),
  );
}

interface NamedSlot {
  readonly name: string;
  readonly shape: readonly number[];
  readonly value: Slot;
}

function copyOut({ arena }: Backend, slots: readonly NamedSlot[]): Parameters {
  return new Map(
    slots.map(({ name, shape, value }) => [
      name,
      { shape, data: arena.slice(value.offset, value.offset + value.length) },
    ]),
  );
}

function write({ arena }: Backend, slot: Slot, tensor: Tensor): void {
  arena.set(tensor.data, slot.offset);
}

function stepRefused(step: number): EngineError {
  return new EngineError(
    { code: "ENGINE_CHECKPOINT_MALFORMED", field: "step" },
    `step ${step} is not from 0 to ${MAX_STEP}`,
  );
}
