/** Writes code for the dispute machine: registers by number, labels for places, loops, and numbers as binary32. */
import type { Slot } from "../../engine/operations/slot.ts";
import type { Instruction, OpcodeName, SlotAddress } from "./instruction.ts";
import { RESULT } from "./machine.ts";

/** The element's index; never written. */
export const ELEMENT = 0;
/** Holds 0, as it did in the beginning; never written. */
export const ZERO = 14;
export { RESULT };

export type AddressOf = (slot: Slot) => SlotAddress;

/** A place in the code that jumps can name before it is reached. */
export interface Label {
  at: number;
}

const word = new Float32Array(1);
const bits = new Uint32Array(word.buffer);

/** @returns the bits of a binary32 number, every NaN the same. */
export function bitsOf(x: number): number {
  word[0] = x;
  return Number.isNaN(x) ? 0x7fc00000 : bits[0]!;
}

interface Pending {
  readonly at: number;
  readonly label: Label;
}

/** A class for what grows: instructions, and jumps whose targets are not known yet. */
export class CodeBuilder {
  readonly #code: Instruction[] = [];
  readonly #pending: Pending[] = [];
  readonly #addressOf: AddressOf;

  constructor(addressOf: AddressOf) {
    this.#addressOf = addressOf;
  }

  /** @returns the code; it may end without a HALT, for what follows is HALT. */
  finish(): readonly Instruction[] {
    for (const { at, label } of this.#pending) this.#code[at] = { ...this.#code[at]!, imm: label.at };
    return this.#code;
  }

  emit(op: OpcodeName, fields: Partial<Omit<Instruction, "op">> = {}): void {
    const { rd = 0, ra = 0, rb = 0, imm = 0, slot } = fields;
    this.#code.push({ op, rd, ra, rb, imm: imm >>> 0, slot });
  }

  /** `rd = ra ∘ rb`. */
  three(op: OpcodeName, rd: number, ra: number, rb: number): void {
    this.emit(op, { rd, ra, rb });
  }

  /** `rd = ra ∘ imm`. */
  with(op: OpcodeName, rd: number, ra: number, imm: number): void {
    this.emit(op, { rd, ra, imm });
  }

  /** `rd = imm`. */
  integer(rd: number, imm: number): void {
    this.emit("LI", { rd, imm });
  }

  /** `rd = x`, a binary32 number. */
  number(rd: number, x: number): void {
    this.emit("LI", { rd, imm: bitsOf(x) });
  }

  move(rd: number, ra: number): void {
    this.emit("MOV", { rd, ra });
  }

  load(rd: number, slot: Slot, index: number): void {
    this.emit("LOAD", { rd, ra: index, slot: this.#addressOf(slot) });
  }

  label(): Label {
    return { at: -1 };
  }

  place(label: Label): void {
    label.at = this.#code.length;
  }

  jump(label: Label): void {
    this.#jump("JMP", 0, 0, label);
  }

  /** Jumps where the comparison's result in `flag` is not 0. */
  jumpIf(flag: number, label: Label): void {
    this.#jump("JNE", flag, ZERO, label);
  }

  jumpUnless(flag: number, label: Label): void {
    this.#jump("JEQ", flag, ZERO, label);
  }

  jumpCompare(op: "JEQ" | "JNE" | "JLT" | "JGE", ra: number, rb: number, label: Label): void {
    this.#jump(op, ra, rb, label);
  }

  halt(): void {
    this.emit("HALT");
  }

  /** Runs `body` with `counter` from its present value up to, without, `limit`; `scratch` is overwritten before and after. */
  loopTo(counter: number, limit: number, scratch: number, body: () => void): void {
    const [start, end] = [this.label(), this.label()];
    this.place(start);
    this.integer(scratch, limit);
    this.#jump("JGE", counter, scratch, end);
    body();
    this.with("ADDI", counter, counter, 1);
    this.jump(start);
    this.place(end);
  }

  /** As {@link loopTo}, up to and with the value in register `last`. */
  loopThrough(counter: number, last: number, body: () => void): void {
    const [start, end] = [this.label(), this.label()];
    this.place(start);
    this.#jump("JLT", last, counter, end);
    body();
    this.with("ADDI", counter, counter, 1);
    this.jump(start);
    this.place(end);
  }

  #jump(op: OpcodeName, ra: number, rb: number, label: Label): void {
    this.#pending.push({ at: this.#code.length, label });
    this.emit(op, { ra, rb });
  }
}
