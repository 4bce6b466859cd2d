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
  let memory: Backend | undefined = backend;
  let step = 0;
  let isLoaded = false;

  const loaded = (): Backend => {
    if (memory === undefined) throw new TypeError("the executor was disposed");
    if (!isLoaded) throw new TypeError("the executor has no parameters: load or restore first");
    return memory;
  };
  const restore = (checkpoint: Checkpoint): void => {
    if (memory === undefined) throw new TypeError("the executor was disposed");
    requireSameTensors(checkpoint.parameters, program.parameters);
    requireSameTensors(checkpoint.optimiserState, program.optimiserState);
    for (const { name, value } of program.parameters) write(memory, value, checkpoint.parameters.get(name)!);
    for (const { name, value } of program.optimiserState) write(memory, value, checkpoint.optimiserState.get(name)!);
    step = checkpoint.step;
    isLoaded = true;
  };
  const parameters = (): Parameters => copyOut(loaded(), program.parameters);

  return {
    program,
    restore,
    parameters,
    loadParameters: (given) => restore({ step: 0, parameters: given, optimiserState: zeroState(program) }),
    step(inputs, labels) {
      const backend = loaded();
      loadBatch(program, backend, inputs, labels);
      for (const operation of program.operations) {
        if (backend.run(operation)) continue;
        isLoaded = false;
        throw notFinite(step, operation.kind === "softmaxCrossEntropy" ? "loss" : "weights");
      }
      step++;
      return backend.arena[program.loss.offset]!;
    },
    logits(inputs, count) {
      const backend = loaded();
      if (!isInteger(count, 1, program.batchSize)) throw batchMismatch("examples", count, program.batchSize);
      const size = count * program.inputSize;
      if (inputs.length < size) throw batchMismatch("inputs", inputs.length, size);
      backend.arena.set(inputs.subarray(0, size), program.input.offset);
      for (let i = 0; i < program.forwardCount; i++) backend.run(program.operations[i]!);
      const { offset } = program.logits;
      return canonicaliseNaN(backend.arena.slice(offset, offset + count * program.classes));
    },
    checkpoint: () => ({ step, parameters: parameters(), optimiserState: copyOut(loaded(), program.optimiserState) }),
    dispose() {
      memory = undefined;
    },
  };
}

function loadBatch(program: TrainingProgram, backend: Backend, inputs: Float32Array, labels: Int32Array): void {
  const { batchSize, input } = program;
  if (labels.length !== batchSize) throw batchMismatch("labels", labels.length, batchSize);
  if (inputs.length !== input.length) throw batchMismatch("inputs", inputs.length, input.length);
  for (const label of labels) {
    if (label >= 0 && label < program.classes) continue;
    throw new EngineError(
      { code: "ENGINE_LABEL_OUT_OF_RANGE", label, classes: program.classes },
      `label ${label} is not one of the ${program.classes} classes`,
    );
  }
  backend.arena.set(inputs, program.input.offset);
  backend.labels.set(labels);
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
