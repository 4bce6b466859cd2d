/**
 * The instruction that ended a game, from the transaction that had the chain run it: what is right is on chain, for whoever has
 * no run of their own. Pure.
 */
import { decodeFunctionData } from "viem/utils";
import { aggregateGameAbi, disputeGameAbi } from "../../protocol/generated/abi.ts";
import type { Hex } from "../../protocol/hex.ts";
import { bitsOf } from "./codeBuilder.ts";
import { type GameKind, WORDS_PER_LEAF } from "./game.ts";
import { type Instruction, OPCODES, type OpcodeName } from "./instruction.ts";
import { instructionText } from "./instructionText.ts";
import { type MachineState, type MachineWorld, REGISTERS, RESULT, runMachine } from "./machine.ts";
import { numberOf } from "./outline.ts";

export interface SettledInstruction {
  /** `8.4 ÷ 600 = 0.014`. */
  readonly text: string;
  /** The element's right value, where the instruction is the one that gives it: the division of a mean. */
  readonly result: number | undefined;
}

/** @returns undefined where the transaction is no call of `settle`, or the instruction's operand is not in it. */
export function settledInstruction(kind: GameKind, input: Hex): SettledInstruction | undefined {
  const call = settleOf(kind, input);
  if (call === undefined) return undefined;
  const instruction = decodeInstruction(call.word);
  if (instruction === undefined) return undefined;
  const before = call.state.registers;
  const after = registersAfter(instruction, call);
  if (after === undefined) return undefined;
  const endsMean = kind === "aggregate" && instruction.op === "FDIV" && instruction.rd === RESULT;
  const result = endsMean ? numberOf(after[RESULT]!) : undefined;
  return { text: instructionText(instruction, before, after), result };
}

interface Settle {
  readonly state: MachineState;
  readonly word: bigint;
  /** 32 words that it reads from, where it does. */
  readonly data: Hex;
  readonly sampleCount: number;
}

function settleOf(kind: GameKind, input: Hex): Settle | undefined {
  try {
    if (kind === "aggregate") {
      const call = decodeFunctionData({ abi: aggregateGameAbi, data: input });
      if (call.functionName !== "settle") return undefined;
      const [, , , state, { word }, { data, update }] = call.args;
      return { state: unpackState(state), word, data, sampleCount: update.sampleCount };
    }
    const call = decodeFunctionData({ abi: disputeGameAbi, data: input });
    if (call.functionName !== "settle") return undefined;
    const { state, instruction, reading } = call.args[4];
    return { state: unpackState(state), word: instruction.word, data: reading.data, sampleCount: 0 };
  } catch {
    return undefined; // sent through another contract
  }
}

function unpackState({ pc, low, high }: { pc: number; low: bigint; high: bigint }): MachineState {
  const registers = Uint32Array.from({ length: REGISTERS }, (_, i) => {
    const eight = i < 8 ? low : high;
    return Number((eight >> BigInt(32 * (7 - (i % 8)))) & 0xffff_ffffn);
  });
  return { pc, registers };
}

const NAMES = new Map<number, OpcodeName>(Object.entries(OPCODES).map(([name, code]) => [code, name as OpcodeName]));

function decodeInstruction(word: bigint): Instruction | undefined {
  const field = (from: number, bytes: number): number =>
    Number((word >> BigInt(8 * (32 - from - bytes))) & ((1n << BigInt(8 * bytes)) - 1n));
  const op = NAMES.get(field(0, 1));
  return op === undefined
    ? undefined
    : { op, rd: field(1, 1) % 16, ra: field(2, 1) % 16, rb: field(3, 1) % 16, imm: field(4, 4) };
}

function registersAfter(instruction: Instruction, { state, data, sampleCount }: Settle): Uint32Array | undefined {
  const { op, rd, ra } = instruction;
  const { registers } = state;
  if (OPCODES[op] < OPCODES.LOAD) return runMachine([instruction], NOWHERE, { pc: 0, registers }, 1).state.registers;
  const after = registers.slice();
  if (op === "WEIGHT") after[rd] = bitsOf(sampleCount);
  else if (op === "LOAD" || op === "LOADU") {
    const from = 2 + 8 * (registers[ra]! % WORDS_PER_LEAF);
    const text = data.slice(from, from + 8);
    if (text.length < 8) return undefined; // beyond the slot: it reads 0 without proof
    after[rd] = Number.parseInt(text, 16);
  } else return undefined;
  return after;
}

/** What is computed reads nothing. */
const NOWHERE: MachineWorld = {
  slot: () => new Uint32Array(0),
  context: new Uint32Array(0),
  keys: new Uint32Array(0),
  shard: new Uint32Array(0),
  byte: () => 0,
};
