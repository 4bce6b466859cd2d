/**
 * The dispute machine: computes one element of one write, step by step. @see docs/disputes.md, section 4
 *
 * Longer than usual: one case for each instruction.
 */
import { keccak_256 } from "@noble/hashes/sha3.js";
import { type Instruction, OPCODES, type SlotAddress } from "./instruction.ts";

/** What instructions read besides registers. */
export interface MachineWorld {
  /** The words of a slot before the write. */
  slot(address: SlotAddress): Uint32Array;
  /** Step, rate, c₁, c₂, number of records in the shard; as words. */
  readonly context: Uint32Array;
  /** Four words a stream. */
  readonly keys: Uint32Array;
  readonly shard: Uint32Array;
  /** Byte `offset` of record `record`; 0 beyond its end. No code asks for a record that there is not. */
  byte(record: number, offset: number): number;
  /** What a mean is of; absent in training. */
  readonly updates?: AcceptedUpdates;
}

/** The accepted updates of a round, in ascending order of their trainers' addresses. */
export interface AcceptedUpdates {
  /** The words of a tensor of update `number`; undefined where there is no such update. */
  words(tensor: SlotAddress, number: number): Uint32Array | undefined;
  /** Their sample counts, each rounded to a binary32 number: its bits. */
  readonly weights: Uint32Array;
}

export interface MachineState {
  readonly pc: number;
  /** Sixteen. */
  readonly registers: Uint32Array;
}

export const REGISTERS = 16;
/** Where the element's word is found. */
export const RESULT = 15;
const CANONICAL_NAN = 0x7fc00000;
/** Opcode, rd, ra, rb, imm: of each instruction, side by side. */
const FIELDS = 5;

/** @returns the state in which element `element` begins. */
export function initialState(element: number): MachineState {
  const registers = new Uint32Array(REGISTERS);
  registers[0] = element;
  return { pc: 0, registers };
}

/** @returns `keccak256(uint32 pc ‖ r0 ‖ … ‖ r15)`. */
export function hashState({ pc, registers }: MachineState): Uint8Array {
  const bytes = new Uint8Array(4 + 4 * REGISTERS);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, pc);
  registers.forEach((word, i) => void view.setUint32(4 + 4 * i, word));
  return keccak_256(bytes);
}

export interface MachineRun {
  /** Fresh. */
  readonly state: MachineState;
  /** Steps that changed something: fewer than asked for where it halted. */
  readonly steps: number;
  /** How many of them were multiply-adds. */
  readonly multiplyAdds: number;
  /** Steps up to the last of those whose product is not 0, and with it; 0 where there was none. */
  readonly lastMultiplyAdd: number;
}

/**
 * Runs until it halts, or `most` steps.
 *
 * @throws {RangeError} for an opcode that is none; nobody emits one
 */
export function runMachine(
  code: readonly Instruction[],
  world: MachineWorld,
  from: MachineState,
  most = Number.POSITIVE_INFINITY,
): MachineRun {
  const r = from.registers.slice();
  const f = new Float32Array(r.buffer);
  const slots = code.map(({ op, slot }) => (slot === undefined || op !== "LOAD" ? undefined : world.slot(slot)));
  const fields = Uint32Array.from(code.flatMap(({ op, rd, ra, rb, imm }) => [OPCODES[op], rd, ra, rb, imm]));
  const end = code.length;
  let { pc } = from;
  let steps = 0;
  let multiplyAdds = 0;
  let lastMultiplyAdd = 0;
  for (; steps < most; steps++) {
    const at = pc;
    const field = FIELDS * at;
    const op = fields[field];
    if (at >= end || op === OPCODES.HALT) break;
    const rd = fields[field + 1]!;
    const ra = fields[field + 2]!;
    const rb = fields[field + 3]!;
    const imm = fields[field + 4]!;
    pc++;
    switch (op) {
      case OPCODES.LI:
        r[rd] = imm;
        break;
      case OPCODES.MOV:
        r[rd] = r[ra]!;
        break;
      case OPCODES.ADD:
        r[rd] = r[ra]! + r[rb]!;
        break;
      case OPCODES.ADDI:
        r[rd] = r[ra]! + imm;
        break;
      case OPCODES.SUB:
        r[rd] = r[ra]! - r[rb]!;
        break;
      case OPCODES.MUL:
        r[rd] = Math.imul(r[ra]!, r[rb]!);
        break;
      case OPCODES.MULI:
        r[rd] = Math.imul(r[ra]!, imm);
        break;
      case OPCODES.MULHI:
        r[rd] = multiplyHigh(r[ra]!, r[rb]!);
        break;
      case OPCODES.DIV:
        r[rd] = r[rb] === 0 ? 0 : Math.floor(r[ra]! / r[rb]!);
        break;
      case OPCODES.DIVI:
        r[rd] = imm === 0 ? 0 : Math.floor(r[ra]! / imm);
        break;
      case OPCODES.REM:
        r[rd] = r[rb] === 0 ? 0 : r[ra]! % r[rb]!;
        break;
      case OPCODES.REMI:
        r[rd] = imm === 0 ? 0 : r[ra]! % imm;
        break;
      case OPCODES.AND:
        r[rd] = r[ra]! & r[rb]!;
        break;
      case OPCODES.ANDI:
        r[rd] = r[ra]! & imm;
        break;
      case OPCODES.OR:
        r[rd] = r[ra]! | r[rb]!;
        break;
      case OPCODES.XOR:
        r[rd] = r[ra]! ^ r[rb]!;
        break;
      case OPCODES.XORI:
        r[rd] = r[ra]! ^ imm;
        break;
      case OPCODES.SHL:
        r[rd] = r[rb]! >= 32 ? 0 : r[ra]! << r[rb]!;
        break;
      case OPCODES.SHLI:
        r[rd] = imm >= 32 ? 0 : r[ra]! << imm;
        break;
      case OPCODES.SHR:
        r[rd] = r[rb]! >= 32 ? 0 : r[ra]! >>> r[rb]!;
        break;
      case OPCODES.SHRI:
        r[rd] = imm >= 32 ? 0 : r[ra]! >>> imm;
        break;
      case OPCODES.JMP:
        pc = imm;
        break;
      case OPCODES.JEQ:
        if (r[ra] === r[rb]) pc = imm;
        break;
      case OPCODES.JNE:
        if (r[ra] !== r[rb]) pc = imm;
        break;
      case OPCODES.JLT:
        if (r[ra]! < r[rb]!) pc = imm;
        break;
      case OPCODES.JGE:
        if (r[ra]! >= r[rb]!) pc = imm;
        break;
      case OPCODES.FADD:
        f[rd] = f[ra]! + f[rb]!;
        if (Number.isNaN(f[rd])) r[rd] = CANONICAL_NAN;
        break;
      case OPCODES.FSUB:
        f[rd] = f[ra]! - f[rb]!;
        if (Number.isNaN(f[rd])) r[rd] = CANONICAL_NAN;
        break;
      case OPCODES.FMUL:
        f[rd] = f[ra]! * f[rb]!;
        if (Number.isNaN(f[rd])) r[rd] = CANONICAL_NAN;
        break;
      case OPCODES.FDIV:
        f[rd] = f[ra]! / f[rb]!;
        if (Number.isNaN(f[rd])) r[rd] = CANONICAL_NAN;
        break;
      case OPCODES.FSQRT:
        f[rd] = Math.sqrt(f[ra]!);
        if (Number.isNaN(f[rd])) r[rd] = CANONICAL_NAN;
        break;
      case OPCODES.FMAC:
        multiplyAdds++;
        if (Math.fround(f[ra]! * f[rb]!) !== 0) lastMultiplyAdd = steps + 1;
        f[rd] = f[rd]! + Math.fround(f[ra]! * f[rb]!);
        if (Number.isNaN(f[rd])) r[rd] = CANONICAL_NAN;
        break;
      case OPCODES.FLT:
        r[rd] = f[ra]! < f[rb]! ? 1 : 0;
        break;
      case OPCODES.FLE:
        r[rd] = f[ra]! <= f[rb]! ? 1 : 0;
        break;
      case OPCODES.I2F:
        f[rd] = r[ra]! | 0;
        break;
      case OPCODES.F2I:
        r[rd] = toInteger(f[ra]!);
        break;
      case OPCODES.LOAD:
        r[rd] = slots[at]![r[ra]!] ?? 0;
        break;
      case OPCODES.CONTEXT:
        r[rd] = world.context[imm] ?? 0;
        break;
      case OPCODES.KEY:
        r[rd] = world.keys[imm] ?? 0;
        break;
      case OPCODES.SHARD:
        r[rd] = world.shard[r[ra]!] ?? 0;
        break;
      case OPCODES.BYTE:
        r[rd] = world.byte(r[ra]!, r[rb]!);
        break;
      case OPCODES.LOADU:
        r[rd] = world.updates?.words(code[at]!.slot!, r[rb]!)?.[r[ra]!] ?? 0;
        break;
      case OPCODES.WEIGHT:
        r[rd] = world.updates?.weights[r[ra]!] ?? 0;
        break;
      default:
        throw new RangeError(`${op} is no opcode`);
    }
  }
  return { state: { pc, registers: r }, steps, multiplyAdds, lastMultiplyAdd };
}

/** Towards zero; 0 for a NaN and beyond what 32 signed bits hold. */
function toInteger(x: number): number {
  return x >= -2_147_483_648 && x < 2_147_483_648 ? Math.trunc(x) : 0;
}

/** Upper 32 bits of the 64-bit product. Every intermediate is below 2^49, so binary64 holds it exactly. */
function multiplyHigh(left: number, right: number): number {
  const byLow = left * (right & 0xffff);
  const byHigh = left * (right >>> 16);
  return Math.floor((byHigh + Math.floor(byLow / 65_536)) / 65_536);
}
