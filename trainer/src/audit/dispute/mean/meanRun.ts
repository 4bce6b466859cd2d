/** A round's mean as a dispute looks into it: every tensor of the result, and the machine that computes an element of it. */
import { slotRoot } from "../../../engine/merkleModule.ts";
import type { Parameters } from "../../../engine/tensor.ts";
import type { Hex } from "../../../protocol/hex.ts";
import { bitsOf } from "../codeBuilder.ts";
import type { FileTail } from "../fileTail.ts";
import { initialState, type MachineRun, type MachineState, type MachineWorld, RESULT, runMachine } from "../machine.ts";
import { listTree, slotTree, type Tree } from "../trees.ts";
import type { MeanProgram } from "./meanProgram.ts";
import { updateLeaf } from "./updateLeaf.ts";

/** An accepted update that is here and in order. */
export interface MeanUpdate {
  readonly updateDigest: Hex;
  readonly byteLength: number;
  readonly sampleCount: number;
  readonly parameters: Parameters;
  readonly tail: FileTail;
}

export interface MeanInputs {
  readonly program: MeanProgram;
  /** All that the round accepted, in ascending order of their trainers' addresses. */
  readonly updates: readonly MeanUpdate[];
}

/** One word of the result is changed. For tests and demonstrations. */
export interface MeanFault {
  readonly tensor: number;
  readonly element: number;
  /** Bits that are turned. */
  readonly mask: number;
  /** Instruction from which on the machine is said to have it. @default the last */
  readonly from?: number | undefined;
}

/** What a player asks of its own mean. */
export type MeanAnswers = Pick<
  MeanRun,
  | "program"
  | "updates"
  | "updateTree"
  | "words"
  | "tensorTree"
  | "rootTree"
  | "machineRun"
  | "statesAt"
  | "updateWords"
  | "updatePaths"
>;

/** A class for the trees, which are computed when they are asked for and kept. */
export class MeanRun {
  readonly program: MeanProgram;
  readonly updates: readonly MeanUpdate[];
  readonly #world: MachineWorld;
  readonly #faults: readonly MeanFault[];
  readonly #words: readonly Uint32Array[];
  readonly #trees = new Map<number, Tree>();
  #updateTree: Tree | undefined;
  #rootTree: Tree | undefined;

  constructor({ program, updates }: MeanInputs, faults: readonly MeanFault[] = []) {
    this.program = program;
    this.updates = updates;
    this.#faults = faults;
    const total = updates.reduce((sum, { sampleCount }) => sum + sampleCount, 0); // below 2^53: exact
    this.#world = {
      slot: () => new Uint32Array(0),
      context: Uint32Array.of(updates.length, bitsOf(total)),
      keys: new Uint32Array(0),
      shard: new Uint32Array(0),
      byte: () => 0,
      updates: {
        words: ({ path }, number) => (number < updates.length ? this.updateWords(number, path) : undefined),
        weights: Uint32Array.from(updates, ({ sampleCount }) => bitsOf(sampleCount)),
      },
    };
    this.#words = program.tensors.map(({ address }, at) => this.#meanOf(at, address.length));
    for (const { tensor, element, mask } of faults) this.#words[tensor]![element]! ^= mask;
  }

  /** @returns the same mean with lies in it. */
  lyingAt(...faults: readonly MeanFault[]): MeanRun {
    return new MeanRun(this, faults);
  }

  /** @returns the result's tensor number `tensor`, as bits. */
  words(tensor: number): Uint32Array {
    return this.#words[tensor]!;
  }

  /** @returns the same of update `number`. */
  updateWords(number: number, tensor: number): Uint32Array {
    const { data } = this.updates[number]!.parameters.get(this.program.tensors[tensor]!.name)!;
    return new Uint32Array(data.buffer, data.byteOffset, data.length);
  }

  /** Paths from a leaf of a tensor of update `number` to the tensor's root, and from there to the file's. */
  updatePaths(number: number, tensor: number, leaf: number): { path: Uint8Array[]; rootPath: Uint8Array[] } {
    const roots = this.program.tensors.map((_, at) => slotRoot(this.updateWords(number, at)));
    return { path: slotTree(this.updateWords(number, tensor)).path(leaf), rootPath: listTree(roots).path(tensor) };
  }

  tensorTree(tensor: number): Tree {
    const known = this.#trees.get(tensor);
    if (known !== undefined) return known;
    const tree = slotTree(this.words(tensor));
    this.#trees.set(tensor, tree);
    return tree;
  }

  /** Over the tensors' roots: its root is what the file ends in. */
  get rootTree(): Tree {
    this.#rootTree ??= listTree(this.program.tensors.map((_, tensor) => this.tensorTree(tensor).root));
    return this.#rootTree;
  }

  /** Over what a mean knows of the updates, as the contract makes it. */
  get updateTree(): Tree {
    this.#updateTree ??= listTree(this.updates.map(updateLeaf));
    return this.#updateTree;
  }

  /** The machine's honest run for an element. */
  machineRun(tensor: number, element: number, most?: number): MachineRun {
    return runMachine(this.program.tensors[tensor]!.code, this.#world, initialState(element), most);
  }

  /** @returns the machine after so many steps: after a lie about this element, with the lie in r15. */
  statesAt(tensor: number, element: number, counts: readonly number[]): MachineState[] {
    const fault = this.#faults.find((lie) => lie.tensor === tensor && lie.element === element);
    const { steps } = this.machineRun(tensor, element);
    return counts.map((count) => {
      const { state } = this.machineRun(tensor, element, count);
      if (fault === undefined || count < Math.min(fault.from ?? steps, steps)) return state;
      const registers = state.registers.slice();
      registers[RESULT] = count < steps ? registers[RESULT]! ^ fault.mask : this.words(tensor)[element]!;
      return { pc: state.pc, registers };
    });
  }

  #meanOf(tensor: number, length: number): Uint32Array {
    const { updates } = this;
    const sum = new Float32Array(length);
    let total = 0;
    updates.forEach(({ sampleCount }, number) => {
      const words = this.updateWords(number, tensor);
      const values = new Float32Array(words.buffer, words.byteOffset, words.length);
      const weight = Math.fround(sampleCount);
      for (let i = 0; i < length; i++) sum[i] = sum[i]! + Math.fround(weight * values[i]!);
      total += sampleCount;
    });
    const divisor = Math.fround(total);
    for (let i = 0; i < length; i++) sum[i] = sum[i]! / divisor;
    return new Uint32Array(sum.buffer);
  }
}
