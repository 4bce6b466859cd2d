/**
 * What runs a training program, whatever computes the operations.
 *
 * Holds the state machine (load, step, copy out) once, so that executors differ only in their {@link Backend}.
 */
import { EngineError } from "./errors.ts";
import { isInteger } from "./fields.ts";
import type { Operation, Slot } from "./operations.ts";
import type { TrainingProgram } from "./program.ts";
import { canonicaliseNaN, type Parameters, requireSameTensors, type Tensor } from "./tensor.ts";

/** Everything that the next step depends on besides its batch. */
export interface Checkpoint {
  /** Steps taken since the parameters were loaded. */
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
   * @throws {EngineError} `ENGINE_PARAMETERS_MISMATCH`
   */
  loadParameters(parameters: Parameters): void;
  /**
   * One training step.
   *
   * @param inputs Shape `[batchSize, inputSize]`, row-major.
   * @param labels `batchSize` class numbers.
   * @returns the batch's mean loss before the update. Unit: nats.
   * @throws {EngineError} `ENGINE_BATCH_MISMATCH` | `ENGINE_LABEL_OUT_OF_RANGE` | `ENGINE_NOT_FINITE`; after the last the
   *   model must be loaded again
   */
  step(inputs: Float32Array, labels: Int32Array): number;
  /**
   * Forward pass only.
   *
   * @param inputs Shape `[count, inputSize]`; further elements are ignored.
   * @param count Range: 1 … batchSize.
   * @returns Shape `[count, classes]`, a fresh array; NaNs are canonical.
   * @throws {EngineError} `ENGINE_BATCH_MISMATCH`
   */
  logits(inputs: Float32Array, count: number): Float32Array;
  /** @returns copies. */
  parameters(): Parameters;
  /** @returns copies. */
  checkpoint(): Checkpoint;
  /**
   * Takes over copies of a checkpoint.
   *
   * @throws {EngineError} `ENGINE_PARAMETERS_MISMATCH`
   */
  restore(checkpoint: Checkpoint): void;
  /** Lets go of the memory; the executor must not be used after. */
  dispose(): void;
}

/** Memory and arithmetic of an executor. */
export interface Backend {
  /** `program.arenaLength` elements. */
  readonly arena: Float32Array;
  /** `program.batchSize` elements. */
  readonly labels: Int32Array;
  /** Runs one operation. @returns false when a loss or a weight it wrote is not finite. */
  run(operation: Operation): boolean;
}

/** @returns an executor over `backend`, with nothing loaded. */
export function createExecutor(program: TrainingProgram, backend: Backend): Executor {
  return new ProgramExecutor(program, backend);
}

/** A class for its lifecycle: disposed for good, and without a model before a load and after numbers overflowed. */
class ProgramExecutor implements Executor {
  readonly program: TrainingProgram;
  #backend: Backend | undefined;
  #step = 0;
  #isLoaded = false;

  constructor(program: TrainingProgram, backend: Backend) {
    this.program = program;
    this.#backend = backend;
  }

  loadParameters(parameters: Parameters): void {
    this.restore({ step: 0, parameters, optimiserState: zeroState(this.program) });
  }

  restore({ step, parameters, optimiserState }: Checkpoint): void {
    const { program } = this;
    const backend = this.#alive();
    requireSameTensors(parameters, program.parameters);
    requireSameTensors(optimiserState, program.optimiserState);
    for (const { name, value } of program.parameters) write(backend, value, parameters.get(name)!);
    for (const { name, value } of program.optimiserState) write(backend, value, optimiserState.get(name)!);
    this.#step = step;
    this.#isLoaded = true;
  }

  step(inputs: Float32Array, labels: Int32Array): number {
    const { program } = this;
    const backend = this.#loaded();
    requireBatch(program, inputs, labels);
    backend.arena.set(inputs, program.input.offset);
    backend.labels.set(labels);
    for (const operation of program.operations) {
      if (backend.run(operation)) continue;
      this.#isLoaded = false;
      throw notFinite(this.#step, operation.kind === "softmaxCrossEntropy" ? "loss" : "weights");
    }
    this.#step++;
    return backend.arena[program.loss.offset]!;
  }

  logits(inputs: Float32Array, count: number): Float32Array {
    const { batchSize, inputSize, classes, input, logits, operations, forwardCount } = this.program;
    const backend = this.#loaded();
    if (!isInteger(count, 1, batchSize)) throw batchMismatch("examples", count, batchSize);
    const size = count * inputSize;
    if (inputs.length < size) throw batchMismatch("inputs", inputs.length, size);
    backend.arena.set(inputs.subarray(0, size), input.offset);
    for (let i = 0; i < forwardCount; i++) backend.run(operations[i]!);
    return canonicaliseNaN(backend.arena.slice(logits.offset, logits.offset + count * classes));
  }

  parameters(): Parameters {
    return copyOut(this.#loaded(), this.program.parameters);
  }

  checkpoint(): Checkpoint {
    const optimiserState = copyOut(this.#loaded(), this.program.optimiserState);
    return { step: this.#step, parameters: this.parameters(), optimiserState };
  }

  dispose(): void {
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

function requireBatch({ batchSize, classes, input }: TrainingProgram, inputs: Float32Array, labels: Int32Array): void {
  if (labels.length !== batchSize) throw batchMismatch("labels", labels.length, batchSize);
  if (inputs.length !== input.length) throw batchMismatch("inputs", inputs.length, input.length);
  for (const label of labels) {
    if (label >= 0 && label < classes) continue;
    throw new EngineError(
      { code: "ENGINE_LABEL_OUT_OF_RANGE", label, classes },
      `label ${label} is not one of the ${classes} classes`,
    );
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

function batchMismatch(what: string, actual: number, needed: number): EngineError {
  return new EngineError(
    { code: "ENGINE_BATCH_MISMATCH", what, actual, needed },
    `the batch has ${actual} ${what}, the program takes ${needed}`,
  );
}

function notFinite(step: number, where: "loss" | "weights"): EngineError {
  return new EngineError(
    { code: "ENGINE_NOT_FINITE", step, where },
    `step ${step}: ${where} overflowed or became not a number; the learning rate may be too high`,
  );
}
