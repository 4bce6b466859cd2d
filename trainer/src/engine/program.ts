/**
 * Compiles an architecture into a training program: one flat list of operations over one planned arena.
 *
 * Nothing is allocated while a program runs. An operation's position in `operations` is its index, so
 * `(step, operation, output element, k)` names one multiply-add of a whole run. Knows no executor.
 */
import { type Architecture, parseArchitecture } from "./architecture.ts";
import { planArena, type UnplacedSlot } from "./arenaPlan.ts";
import { type Emission, emitChain, unplaced } from "./emission.ts";
import { EngineError } from "./errors.ts";
import { fuse } from "./fusion.ts";
import { scratchOf } from "./kernelScratch.ts";
import type { Activation, Initialisation } from "./layers/layerKind.ts";
import { slotsOf } from "./operationSlots.ts";
import type { Slot } from "./operations/slot.ts";
import type { Operation } from "./operations.ts";
import { clipOperations, type Optimiser, type ParsedOptimiser, parseOptimiser, updateOperation } from "./optimiser.ts";
import { elementCount } from "./tensor.ts";

export interface ProgramParameter {
  /** For example `layers.1.weight`, or `layers.2.layers.0.weight` inside a residual. */
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
  readonly optimiser: ParsedOptimiser;
  readonly batchSize: number;
  /** Elements of one example's input. */
  readonly inputSize: number;
  /** Elements of one example's target: 1 for a class, T for a class a position, or as many as there are values. */
  readonly targetSize: number;
  /** Classes that a target may name; 0 where targets are values. */
  readonly classes: number;
  /** Tokens that an input may name; 0 where inputs are values. */
  readonly vocabulary: number;
  /** Shape of one example's output. */
  readonly outputShape: readonly number[];
  readonly parameters: readonly ProgramParameter[];
  readonly optimiserState: readonly ProgramState[];
  /** Names of the random streams that dropout draws from, for example `dropout/layers.3`. */
  readonly streams: readonly string[];
  /** One training step, in order. The first `forwardCount` of them compute the outputs. */
  readonly operations: readonly Operation[];
  readonly forwardCount: number;
  /** What each operation belongs to: a layer (`layers.3`), `loss`, `clipNorm`, or the parameter it updates. */
  readonly owners: readonly string[];
  readonly input: Slot;
  readonly targets: Slot;
  /** What the last layer gives, valid after the forward pass. */
  readonly outputs: Slot;
  readonly loss: Slot;
  /** Unit: binary32 elements; 4 bytes each. */
  readonly arenaLength: number;
  /** What each thread of the kernels needs besides, at most. Unit: binary32 elements. */
  readonly scratchLength: number;
}

export interface CompileOptions {
  /** Examples a step. Range: 1 … 4,096. */
  readonly batchSize: number;
  readonly optimiser: Optimiser;
  /**
   * Whether only a graphics card runs the program: it has no arena, so none must fit into WebAssembly's memory.
   *
   * @default false
   */
  readonly isForCard?: boolean;
}

const MAX_BATCH = 4_096;
/** Unit: elements. 2 GiB: half of what WebAssembly can address. */
const MAX_ARENA = 536_870_912;
/** Unit: elements. 512 MiB a thread: small networks can need that, where windows are wide or sequences long. */
const MAX_SCRATCH = 134_217_728;

/**
 * @returns the program of one training step. Deterministic: the same arguments give the same indices and offsets.
 * @throws {EngineError} what {@link parseArchitecture} and {@link parseOptimiser} throw | `ENGINE_BATCH_MISMATCH` when
 *   the batch size is out of range | `ENGINE_ARCHITECTURE_TOO_LARGE` when the arena would be, or a thread's scratch
 */
export function compile(architecture: Architecture, options: CompileOptions): TrainingProgram {
  const { isForCard = false } = options;
  const parsed = parseArchitecture(architecture);
  const optimiser = parseOptimiser(options.optimiser);
  const batchSize = checkedBatchSize(options.batchSize);
  const inputSize = elementCount(parsed.input);
  const input = unplaced("input", batchSize * inputSize);
  const layerOf = new Map<Operation, string>();
  const emission: Emission = { batchSize, parameters: [], forward: [], streams: [], layerOf };
  const start: Activation = { shape: parsed.input, values: input, gradient: undefined, mayOverwrite: true };
  const { output, backward } = emitChain(emission, { layers: parsed.layers, prefix: "" }, start);
  const { parameters, streams } = emission;
  const loss = emitLoss(parsed.loss, output);
  layerOf.set(loss.operation, "loss");
  const inherit = (joined: Operation, from: Operation): unknown => layerOf.set(joined, layerOf.get(from)!);
  const forward = fuse(emission.forward, inherit);
  const { updates, optimiserState } = emitUpdates(optimiser, parameters, layerOf);
  const operations = [...forward, loss.operation, ...fuse(backward, inherit), ...updates];
  const learnt = [...parameters, ...optimiserState].map(({ value }) => value);
  const persistent: readonly UnplacedSlot[] = [input, loss.targets, loss.loss, ...learnt];
  const owners = operations.map((operation) => layerOf.get(operation)!);
  return {
    ...{ architecture: parsed, optimiser, batchSize, inputSize, outputShape: output.shape },
    ...{ targetSize: loss.targets.length / batchSize, classes: loss.classes, vocabulary: vocabularyOf(parsed) },
    ...{ parameters, optimiserState, streams, operations, forwardCount: forward.length },
    ...{ owners, input, targets: loss.targets, outputs: output.values, loss: loss.loss },
    ...memoryOf(planArena(persistent, operations), { operations, owners, isForCard }),
  };
}

interface Placed {
  readonly operations: readonly Operation[];
  readonly owners: readonly string[];
  readonly isForCard: boolean;
}

function memoryOf(arenaLength: number, { operations, owners, isForCard }: Placed) {
  if (isForCard) return { arenaLength, scratchLength: scratchOf(operations).length };
  return { arenaLength: checkedArena(arenaLength, operations), scratchLength: checkedScratch(operations, owners) };
}

interface EmittedLoss {
  readonly operation: Operation;
  readonly targets: Slot;
  readonly loss: Slot;
  readonly classes: number;
}

function emitLoss(kind: Architecture["loss"], { shape, values, gradient }: Activation): EmittedLoss {
  const columns = shape.at(-1)!;
  const rows = values.length / columns; // examples, times positions where there are some
  const isOfClasses = kind === "softmaxCrossEntropy";
  const targets = unplaced("targets", isOfClasses ? rows : values.length);
  const common = { targets, gradient: gradient!, loss: unplaced("loss", 1) }; // parseArchitecture: some layer learns
  const operation: Operation = isOfClasses
    ? { kind, rows, columns, logits: values, ...common }
    : { kind, outputs: values, ...common };
  return { operation, targets, loss: common.loss, classes: isOfClasses ? columns : 0 };
}

/** Clipping, then one operation a parameter, and the state that the optimiser keeps between steps. */
function emitUpdates(
  optimiser: ParsedOptimiser,
  parameters: readonly ProgramParameter[],
  layerOf: Map<Operation, string>,
): { updates: Operation[]; optimiserState: ProgramState[] } {
  const optimiserState: ProgramState[] = [];
  const updates = parameters.map((parameter) => {
    const operation = updateOperation(optimiser, parameter, (name, length) => {
      const value = unplaced(name, length);
      optimiserState.push({ name, shape: parameter.shape, value });
      return value;
    });
    layerOf.set(operation, parameter.name);
    return operation;
  });
  if (optimiser.clipNorm === undefined) return { updates, optimiserState };
  const slots = { sum: unplaced("clipNorm.sum", 1), factor: unplaced("clipNorm.factor", 1) };
  const clip = clipOperations(optimiser.clipNorm, parameters, slots);
  for (const operation of clip) layerOf.set(operation, "clipNorm");
  return { updates: [...clip, ...updates], optimiserState };
}

function vocabularyOf({ layers }: Architecture): number {
  const first = layers[0];
  return first?.type === "embedding" ? first.vocabulary : 0;
}

function checkedBatchSize(batchSize: number): number {
  if (Number.isSafeInteger(batchSize) && batchSize >= 1 && batchSize <= MAX_BATCH) return batchSize;
  throw new EngineError(
    { code: "ENGINE_BATCH_MISMATCH", what: "batchSize", actual: batchSize, needed: MAX_BATCH },
    `the batch size is not a whole number from 1 to ${MAX_BATCH}`,
  );
}

/** Names the largest slot, which is where to save. */
function checkedArena(length: number, operations: readonly Operation[]): number {
  if (length <= MAX_ARENA) return length;
  const { name } = operations.flatMap(slotsOf).reduce((most, slot) => (slot.length > most.length ? slot : most));
  throw new EngineError(
    { code: "ENGINE_ARCHITECTURE_TOO_LARGE", path: name, actual: length, max: MAX_ARENA },
    `the program needs ${length} numbers, more than ${MAX_ARENA}; the most are in ${name}`,
  );
}

function checkedScratch(operations: readonly Operation[], owners: readonly string[]): number {
  const { length, at } = scratchOf(operations);
  if (length <= MAX_SCRATCH) return length;
  const path = owners[at]!;
  throw new EngineError(
    { code: "ENGINE_ARCHITECTURE_TOO_LARGE", path, actual: length, max: MAX_SCRATCH },
    `${path} needs ${length} numbers to work with in each thread, more than ${MAX_SCRATCH}`,
  );
}
