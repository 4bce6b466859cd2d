/**
 * A training run as a dispute looks into it: the state after any step, the memory after any write of a step, the machine's
 * state after any instruction. Everything is computed again when it is asked for; nothing but a few states is kept.
 *
 * Longer than usual: one class for the arena and the states that all questions share.
 */
import { createExecutor, type Executor } from "../../engine/executor.ts";
import { nodeHash, slotRoot } from "../../engine/merkleModule.ts";
import type { Slot } from "../../engine/operations/slot.ts";
import { streamWords } from "../../engine/philox.ts";
import { slotHeight, stateRoot } from "../../engine/stateRoot.ts";
import { createStepContexts } from "../../engine/stepContext.ts";
import { canonicaliseNaN, type Parameters } from "../../engine/tensor.ts";
import { createWasmBackend, type WasmBackend } from "../../engine/wasm/wasmExecutor.ts";
import { createBatchOrder } from "../../learning/batchOrder.ts";
import type { Records } from "../../learning/records.ts";
import type { DisputeProgram, ProgramWrite } from "./disputeProgram.ts";
import { cutsOf } from "./game.ts";
import type { SlotAddress } from "./instruction.ts";
import { initialState, type MachineRun, type MachineState, type MachineWorld, runMachine } from "./machine.ts";
import { listTree, slotTree, type Tree, zeroRoot } from "./trees.ts";

export interface DisputeRunInputs {
  readonly program: DisputeProgram;
  readonly base: Parameters;
  readonly records: Records;
  /** Bytes of a record of the whole data set; for the machine alone. */
  readonly recordBytes: (record: number) => Uint8Array | undefined;
  /** Which shard. */
  readonly shard: number;
  /** 32 bytes. */
  readonly seed: Uint8Array;
}

/** One word of one write of one step is changed, and everything after follows from it. */
export interface Fault {
  readonly step: number;
  readonly write: number;
  readonly element: number;
  /** Bits that are turned. */
  readonly mask: number;
}

/** The memory of a step between two writes. */
export interface Memory {
  readonly words: ReadonlyMap<Slot, Uint32Array>;
  readonly w: Tree;
  readonly o: Tree;
  readonly t: Tree;
  readonly root: Uint8Array;
}

export interface StepView {
  /** Roots of the memory, before the first write and after each. */
  readonly roots: readonly Uint8Array[];
  /** Root of T at the end. */
  readonly end: Uint8Array;
}

/** What a step begins with. */
export interface TrainingState {
  readonly parameters: Parameters;
  readonly optimiserState: Parameters;
}

interface Batch {
  readonly inputs: Float32Array;
  readonly targets: Float32Array;
}

export interface WriteView {
  readonly before: Memory;
  /** The slot's words after the write. */
  readonly after: Uint32Array;
  /** Over them. */
  readonly tree: Tree;
}

export interface TrainOptions {
  /** Of the same program: any gives the same bits. @default the one of this run, on one thread */
  readonly executor?: Executor | undefined;
  /** Awaited after every step, so that a promise gives the event loop its turn. */
  readonly onStep?: (() => void | Promise<void>) | undefined;
}

/** What a player asks of its own run. */
export type RunAnswers = Pick<
  DisputeRun,
  | "program"
  | "shard"
  | "recordBytes"
  | "stateRoot"
  | "state"
  | "stepView"
  | "writeView"
  | "world"
  | "machineRun"
  | "machineStates"
>;

/** States that are kept, so that asking for one costs few steps; as many as fit, and never fewer than the least. */
const KEPT = { bytes: 256 * 2 ** 20, least: 8 } as const;

/** A class for the arena that it works in and the states that it keeps. */
export class DisputeRun {
  readonly program: DisputeProgram;
  readonly #inputs: DisputeRunInputs;
  readonly #backend: WasmBackend;
  /** A lie: from this word on the run is another. */
  readonly #fault: Fault | undefined;
  readonly #kept = new Map<number, TrainingState>();
  readonly #stateRoots = new Map<number, Uint8Array>();
  readonly #batchOf: (step: number) => Batch;
  readonly #mostKept: number;
  /** The last answers: the moves of a game ask for the same ones in a row. */
  #lastStep: (StepView & { readonly step: number }) | undefined;
  #lastWrite: (WriteView & { readonly step: number; readonly write: number }) | undefined;

  private constructor(inputs: DisputeRunInputs, backend: WasmBackend, fault?: Fault) {
    this.program = inputs.program;
    this.#inputs = inputs;
    this.#backend = backend;
    this.#fault = fault;
    const { parameters, optimiserState } = inputs.program.program;
    const bytes = [...parameters, ...optimiserState].reduce((sum, { value }) => sum + 4 * value.length, 0);
    this.#batchOf = this.#batches();
    this.#mostKept = Math.max(KEPT.least, Math.floor(KEPT.bytes / bytes));
  }

  /** @throws {EngineError} what the steps throw */
  static async open(inputs: DisputeRunInputs): Promise<DisputeRun> {
    return new DisputeRun(inputs, await createWasmBackend(inputs.program.program));
  }

  /** Gives the memory back, that of {@link lyingAt}'s runs too. */
  dispose(): void {
    this.#backend.dispose?.();
  }

  /** @returns the same run with a lie in it, over the same memory: the states before the lie need not be computed again. */
  lyingAt(fault: Fault): DisputeRun {
    const run = new DisputeRun(this.#inputs, this.#backend, fault);
    for (const [step, state] of this.#kept) if (step <= fault.step) run.#kept.set(step, state);
    for (const [step, root] of this.#stateRoots) if (step <= fault.step) run.#stateRoots.set(step, root);
    return run;
  }

  /** Which shard it trains on. */
  get shard(): number {
    return this.#inputs.shard;
  }

  /** @returns a record of the whole data set; undefined beyond its end. */
  recordBytes(record: number): Uint8Array | undefined {
    return this.#inputs.recordBytes(record);
  }

  /**
   * Takes all steps, and notes the roots that the first cut asks for and as many of their states as fit: what is asked
   * afterwards costs few steps.
   *
   * @throws what `onStep` throws, and the engine
   */
  async train({ executor: faster, onStep }: TrainOptions = {}): Promise<void> {
    const { steps } = this.program.terms;
    const asked = [...cutsOf({ low: 0, high: steps }), steps];
    const stride = Math.ceil(asked.length / (this.#mostKept / 2));
    const places = new Map(asked.map((step, i) => [step, i]));
    const executor = faster ?? createExecutor(this.program.program, this.#backend);
    executor.loadParameters(this.#inputs.base, this.#inputs.seed);
    for (let step = 0; step < steps; step++) {
      this.#step(executor, step);
      const place = places.get(step + 1);
      if (place !== undefined) {
        const { parameters, optimiserState } = executor.checkpoint();
        this.#stateRoots.set(step + 1, stateRoot(parameters, optimiserState));
        const isKept = place % stride === 0 || step + 1 === steps;
        if (isKept) this.#keep(step + 1, { parameters, optimiserState });
      }
      await onStep?.();
    }
  }

  /** @returns P after `step` steps. */
  stateRoot(step: number): Uint8Array {
    const known = this.#stateRoots.get(step);
    if (known !== undefined) return known;
    const { parameters, optimiserState } = this.state(step);
    const root = stateRoot(parameters, optimiserState);
    this.#stateRoots.set(step, root);
    return root;
  }

  /** @returns parameters and optimiser state after `step` steps. */
  state(step: number): TrainingState {
    const known = this.#kept.get(step);
    if (known !== undefined) return known;
    const from = Math.max(0, ...[...this.#kept.keys()].filter((kept) => kept < step));
    const executor = createExecutor(this.program.program, this.#backend);
    const start = this.#kept.get(from);
    if (start === undefined) executor.loadParameters(this.#inputs.base, this.#inputs.seed);
    else executor.restore({ step: from, ...start }, this.#inputs.seed);
    for (let at = from; at < step; at++) this.#step(executor, at);
    const { parameters, optimiserState } = executor.checkpoint();
    return this.#keep(step, { parameters, optimiserState });
  }

  #step(executor: Executor, at: number): void {
    if (at === this.#fault?.step) {
      this.#restoreFaulty(executor, at);
      return;
    }
    const { inputs, targets } = this.#batchOf(at);
    executor.step(inputs, targets);
  }

  #keep(step: number, state: TrainingState): TrainingState {
    if (this.#kept.size >= this.#mostKept) this.#kept.delete(this.#kept.keys().next().value!);
    this.#kept.set(step, state);
    return state;
  }

  /** Takes the step in which the lie is, write by write. */
  #restoreFaulty(executor: Executor, step: number): void {
    const { program } = this.program;
    const before = executor.checkpoint();
    let last: Memory | undefined;
    this.#walk(step, before, (memory) => {
      last = memory;
    });
    const take = (list: typeof program.parameters | typeof program.optimiserState): Parameters =>
      new Map(list.map(({ name, shape, value }) => [name, { shape, data: floats(last!.words.get(value)!) }]));
    const state = { parameters: take(program.parameters), optimiserState: take(program.optimiserState) };
    executor.restore({ step: step + 1, ...state }, this.#inputs.seed);
  }

  /** @returns the roots between the writes of the step that follows `step` steps. */
  stepView(step: number): StepView {
    if (this.#lastStep?.step === step) return this.#lastStep;
    const roots: Uint8Array[] = [];
    let end = new Uint8Array(32) as Uint8Array;
    this.#walk(step, this.state(step), ({ root, t }) => {
      roots.push(root);
      end = t.root;
    });
    this.#lastStep = { step, roots, end };
    return this.#lastStep;
  }

  /** @returns the memory before write number `write`, and its slot after it. */
  writeView(step: number, write: number): WriteView {
    const known = this.#lastWrite;
    if (known?.step === step && known.write === write) return known;
    let before: Memory | undefined;
    let after: Uint32Array | undefined;
    const { slot } = this.program.writes[write]!;
    this.#walk(step, this.state(step), (memory, done) => {
      if (done === write) before = { ...memory, words: new Map(memory.words) };
      if (done === write + 1) after = memory.words.get(slot)!;
    });
    this.#lastWrite = { step, write, before: before!, after: after!, tree: slotTree(after!) };
    return this.#lastWrite;
  }

  /** Calls `visit` before the first write and after each, with how many are done; trees are copied where they are kept. */
  #walk(
    step: number,
    { parameters, optimiserState }: TrainingState,
    visit: (memory: Memory, done: number) => void,
  ): void {
    const { writes, groups, program } = this.program;
    const fault = this.#fault;
    const { arena } = this.#backend;
    const words = new Map<Slot, Uint32Array>();
    for (const { name, value } of program.parameters) words.set(value, wordsOf(parameters.get(name)!.data));
    for (const { name, value } of program.optimiserState) words.set(value, wordsOf(optimiserState.get(name)!.data));
    for (const slot of groups.t) words.set(slot, new Uint32Array(slot.length));
    const roots = new Map<Slot, Uint8Array>();
    for (const [slot, own] of words)
      roots.set(slot, groups.t.includes(slot) ? zeroRoot(slotHeight(slot.length)) : slotRoot(own));
    const treeOf = (slots: readonly Slot[]): Tree => listTree(slots.map((slot) => roots.get(slot)!));
    const memory = (): Memory => {
      const [w, o, t] = [treeOf(groups.w), treeOf(groups.o), treeOf(groups.t)];
      return { words, w, o, t, root: nodeHash(nodeHash(w.root, o.root), t.root) };
    };
    for (const { name, value } of program.parameters) arena.set(parameters.get(name)!.data, value.offset);
    for (const { name, value } of program.optimiserState) arena.set(optimiserState.get(name)!.data, value.offset);
    const { inputs, targets } = this.#batchOf(step);
    arena.set(inputs, program.input.offset);
    arena.set(targets, program.targets.offset);
    const contexts = createStepContexts(program);
    contexts.key(this.#inputs.seed);
    const context = contexts.ofStep(step);
    visit(memory(), 0);
    let run = -1;
    writes.forEach(({ slot, operation }, at) => {
      if (operation > run) {
        this.#backend.run(operation, operation + 1, context);
        run = operation;
      }
      // A NaN may pass through a slot of T and reach no weight. The machine has one, a processor has its own.
      const own = wordsOf(canonicaliseNaN(arena.slice(slot.offset, slot.offset + slot.length)));
      if (fault?.step === step && fault.write === at) {
        own[fault.element] = own[fault.element]! ^ fault.mask;
        arena.set(floats(own), slot.offset);
      }
      words.set(slot, own);
      roots.set(slot, slotRoot(own));
      visit(memory(), at + 1);
    });
  }

  /** @returns what gives the batch of any step, in the same arrays: in order cheaply. */
  #batches(): (step: number) => Batch {
    const { program, shards } = this.program;
    const { records, shard, seed } = this.#inputs;
    const own = shards[shard]!;
    const inputs = new Float32Array(program.batchSize * program.inputSize);
    const targets = new Float32Array(program.batchSize * program.targetSize);
    let next = createBatchOrder(own, seed, program.batchSize);
    let at = 0;
    return (step: number) => {
      if (step !== at) next = createBatchOrder(own, seed, program.batchSize, step);
      at = step + 1;
      records.read(next(), inputs, targets);
      return { inputs, targets };
    };
  }

  /** What the machine reads while it computes an element of a write. */
  world(step: number, memory: Memory): MachineWorld {
    const { contexts, streams, shards, addressOf } = this.program;
    const { shard, seed, recordBytes } = this.#inputs;
    const byAddress = new Map<string, Slot>();
    for (const slot of memory.words.keys()) byAddress.set(keyOf(addressOf(slot)), slot);
    const own = shards[shard]!;
    return {
      slot: (address) => memory.words.get(byAddress.get(keyOf(address))!)!,
      context: Uint32Array.of(...contexts[step]!, own.length),
      keys: Uint32Array.from(streams.flatMap((name) => [...streamWords(seed, name)])),
      shard: own,
      byte: (record, offset) => recordBytes(record)?.[offset] ?? 0,
    };
  }

  /** @returns the machine's run for one element, to its halt or for `most` steps. */
  machineRun({ code }: ProgramWrite, world: MachineWorld, element: number, most?: number): MachineRun {
    return runMachine(code, world, initialState(element), most);
  }

  /** @param counts ascending. @returns the machine's states after so many steps each. */
  machineStates(
    { code }: ProgramWrite,
    world: MachineWorld,
    element: number,
    counts: readonly number[],
  ): MachineState[] {
    let at = 0;
    let state = initialState(element);
    return counts.map((count) => {
      ({ state } = runMachine(code, world, state, count - at));
      at = count;
      return state;
    });
  }
}

function keyOf({ path, depth }: SlotAddress): string {
  return `${depth}/${path}`;
}

/** A fresh view of the same bits. */
function wordsOf(data: Float32Array): Uint32Array {
  return new Uint32Array(data.slice().buffer);
}

function floats(words: Uint32Array): Float32Array<ArrayBuffer> {
  return new Float32Array(words.slice().buffer);
}
