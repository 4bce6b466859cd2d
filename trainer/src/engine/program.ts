/**
 * Compiles an architecture into a training program: one flat list of operations over one planned arena.
 *
 * Nothing is allocated while a program runs. An operation's position in `operations` is its index, so
 * `(step, operation, output element, k)` names one multiply-add of a whole run. Knows no executor.
 */
import { type Architecture, type Layer, parseArchitecture } from "./architecture.ts";
import { EngineError } from "./errors.ts";
import type { Activation, Initialisation, LayerBuilder } from "./layers/layerKind.ts";
import { kindOf } from "./layers/layerKinds.ts";
import type { Operation, Slot } from "./operations.ts";
import { parseOptimiser, type SgdOptimiser, updateOperation } from "./optimiser.ts";
import { elementCount } from "./tensor.ts";

export interface ProgramParameter {
  /** For example `layers.1.weight`. */
  readonly name: string;
  readonly shape: readonly number[];
  readonly initialisation: Initialisation;
  readonly value: Slot;
  readonly gradient: Slot;
}

/** A piece of optimiser state: as a tensor it has its parameter's shape; it starts at +0. */
export interface ProgramState {
  readonly name: string;
  readonly shape: readonly number[];
  readonly value: Slot;
}

export interface TrainingProgram {
  readonly architecture: Architecture;
  readonly optimiser: SgdOptimiser;
  readonly batchSize: number;
  /** Elements of one example. */
  readonly inputSize: number;
  readonly classes: number;
  readonly parameters: readonly ProgramParameter[];
  readonly optimiserState: readonly ProgramState[];
  /** One training step, in order. The first `forwardCount` of them compute the logits. */
  readonly operations: readonly Operation[];
  readonly forwardCount: number;
  readonly input: Slot;
  readonly logits: Slot;
  readonly loss: Slot;
  /** Unit: binary32 elements. */
  readonly arenaLength: number;
}

export interface CompileOptions {
  /** Examples a step. Range: 1 … 4,096. */
  readonly batchSize: number;
  readonly optimiser: SgdOptimiser;
}

const MAX_BATCH = 4_096;
/** Unit: elements. 2 GiB: half of what WebAssembly can address. */
const MAX_ARENA = 536_870_912;
/** Slots start at multiples of a cache line. Unit: elements. */
const ALIGNMENT = 16;

/**
 * @returns the program of one training step. Deterministic: the same arguments give the same indices and offsets.
 * @throws {EngineError} what {@link parseArchitecture} and {@link parseOptimiser} throw | `ENGINE_BATCH_MISMATCH` when
 *   the batch size is out of range | `ENGINE_ARCHITECTURE_TOO_LARGE` when the arena would be
 */
export function compile(architecture: Architecture, options: CompileOptions): TrainingProgram {
  const { layers, input: inputShape } = parseArchitecture(architecture);
  const optimiser = parseOptimiser(options.optimiser);
  const batchSize = checkedBatchSize(options.batchSize);
  const arena = createArena();
  const input = arena.slot("input", batchSize * elementCount(inputShape));
  const { activation, parameters, forward, backward } = emitLayers(layers, batchSize, {
    arena,
    input: { shape: inputShape, values: input, gradient: undefined },
  });
  const classes = activation.shape[0]!;
  const logits = activation.values;
  const loss = arena.slot("loss", 1);
  const gradient = activation.gradient!; // parseArchitecture: a layer that learns comes before
  const fused = fuse(forward);
  const { updates, optimiserState } = emitUpdates(optimiser, parameters, arena);
  return {
    architecture,
    optimiser,
    batchSize,
    inputSize: elementCount(inputShape),
    classes,
    parameters,
    optimiserState,
    operations: [
      ...fused,
      { kind: "softmaxCrossEntropy", rows: batchSize, columns: classes, logits, gradient, loss },
      ...backward,
      ...updates,
    ],
    forwardCount: fused.length,
    input,
    logits,
    loss,
    arenaLength: arena.length(),
  };
}

interface EmittedLayers {
  readonly activation: Activation;
  readonly parameters: readonly ProgramParameter[];
  readonly forward: readonly Operation[];
  readonly backward: readonly Operation[];
}

/** Every layer's operations: forward in the layers' order, backward in the reverse. */
function emitLayers(
  layers: readonly Layer[],
  batchSize: number,
  { arena, input }: { readonly arena: Arena; readonly input: Activation },
): EmittedLayers {
  const parameters: ProgramParameter[] = [];
  const forward: Operation[] = [];
  const backward: Operation[] = [];
  let activation = input;
  layers.forEach((layer, at) => {
    const builder = createLayerBuilder({ prefix: `layers.${at}`, batchSize, arena, parameters, forward });
    const emitted = kindOf(layer.type).emit(layer, activation, builder);
    backward.unshift(...emitted.backward);
    activation = emitted.output;
  });
  return { activation, parameters, forward, backward };
}

/** One operation a parameter, and the state that the optimiser keeps between steps. */
function emitUpdates(
  optimiser: SgdOptimiser,
  parameters: readonly ProgramParameter[],
  arena: Arena,
): { updates: Operation[]; optimiserState: ProgramState[] } {
  const optimiserState: ProgramState[] = [];
  const updates = parameters.map((parameter) =>
    updateOperation(optimiser, parameter, (name, length) => {
      const value = arena.slot(name, length);
      optimiserState.push({ name, shape: parameter.shape, value });
      return value;
    }),
  );
  return { updates, optimiserState };
}

function checkedBatchSize(batchSize: number): number {
  if (Number.isSafeInteger(batchSize) && batchSize >= 1 && batchSize <= MAX_BATCH) return batchSize;
  throw new EngineError(
    { code: "ENGINE_BATCH_MISMATCH", what: "batchSize", actual: batchSize, needed: MAX_BATCH },
    `the batch size is not a whole number from 1 to ${MAX_BATCH}`,
  );
}

interface Arena {
  slot(name: string, length: number): Slot;
  length(): number;
}

function createArena(): Arena {
  let end = 0;
  return {
    slot(name, length) {
      const slot = { name, offset: end, length };
      end += Math.ceil(length / ALIGNMENT) * ALIGNMENT;
      if (end <= MAX_ARENA) return slot;
      throw new EngineError(
        { code: "ENGINE_ARCHITECTURE_TOO_LARGE", path: name, actual: end, max: MAX_ARENA },
        `${name} makes the program need ${end} numbers, more than ${MAX_ARENA}`,
      );
    },
    length: () => end,
  };
}

interface LayerSite {
  readonly prefix: string;
  readonly batchSize: number;
  readonly arena: Arena;
  readonly parameters: ProgramParameter[];
  readonly forward: Operation[];
}

function createLayerBuilder({ prefix, batchSize, arena, parameters, forward }: LayerSite): LayerBuilder {
  const slot = (name: string, length: number): Slot => arena.slot(`${prefix}.${name}`, length);
  return {
    batchSize,
    slot,
    parameter(name, shape, initialisation) {
      const value = slot(name, elementCount(shape));
      const gradient = slot(`${name}.gradient`, elementCount(shape));
      parameters.push({ name: `${prefix}.${name}`, shape, initialisation, value, gradient });
      return { value, gradient };
    },
    forward: (operation) => forward.push(operation),
  };
}

/** Joins a bias and the relu right after it on the same slot: the same two roundings, one pass over memory less. */
function fuse(operations: readonly Operation[]): Operation[] {
  const fused: Operation[] = [];
  for (const operation of operations) {
    const previous = fused.at(-1);
    if (operation.kind === "relu" && previous?.kind === "addBias" && previous.data === operation.data) {
      fused[fused.length - 1] = { ...previous, relu: true };
    } else fused.push(operation);
  }
  return fused;
}
