/** Instructions of the dispute machine, as data and as the 32-byte words that the chain reads. @see docs/disputes.md, section 4 */

export const OPCODES = {
  HALT: 0x00,
  LI: 0x01,
  MOV: 0x02,
  ADD: 0x03,
  ADDI: 0x04,
  SUB: 0x05,
  MUL: 0x06,
  MULI: 0x07,
  MULHI: 0x08,
  DIV: 0x09,
  DIVI: 0x0a,
  REM: 0x0b,
  REMI: 0x0c,
  AND: 0x0d,
  ANDI: 0x0e,
  OR: 0x0f,
  XOR: 0x10,
  XORI: 0x11,
  SHL: 0x12,
  SHLI: 0x13,
  SHR: 0x14,
  SHRI: 0x15,
  JMP: 0x16,
  JEQ: 0x17,
  JNE: 0x18,
  JLT: 0x19,
  JGE: 0x1a,
  FADD: 0x20,
  FSUB: 0x21,
  FMUL: 0x22,
  FDIV: 0x23,
  FSQRT: 0x24,
  FMAC: 0x25,
  FLT: 0x26,
  FLE: 0x27,
  I2F: 0x28,
  F2I: 0x29,
  LOAD: 0x30,
  CONTEXT: 0x31,
  KEY: 0x32,
  SHARD: 0x33,
  BYTE: 0x34,
  LOADU: 0x35,
  WEIGHT: 0x36,
} as const;

export type OpcodeName = keyof typeof OPCODES;

/** Where a slot is in the memory's tree. @see docs/disputes.md, section 2 */
export interface SlotAddress {
  readonly path: number;
  readonly depth: number;
  /** Unit: words. */
  readonly length: number;
}

export interface Instruction {
  readonly op: OpcodeName;
  /** Registers. Range: 0 … 15. */
  readonly rd: number;
  readonly ra: number;
  readonly rb: number;
  /** Range: 0 … 2^32 − 1. */
  readonly imm: number;
  /** Of LOAD and LOADU alone. */
  readonly slot?: SlotAddress | undefined;
}

/** @returns the instruction's word, big-endian. */
export function encodeInstruction({ op, rd, ra, rb, imm, slot }: Instruction): Uint8Array {
  const bytes = new Uint8Array(32);
  const view = new DataView(bytes.buffer);
  bytes.set([OPCODES[op], rd, ra, rb]);
  view.setUint32(4, imm);
  if (slot === undefined) return bytes;
  view.setUint32(8, slot.path);
  bytes[12] = slot.depth;
  view.setUint32(13, slot.length);
  return bytes;
}
