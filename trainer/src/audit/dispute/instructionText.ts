/** One instruction of the machine with its numbers, for people. Pure. */
import { binary32Text } from "./binary32Text.ts";
import { type Instruction, OPCODES } from "./instruction.ts";
import { RESULT } from "./machine.ts";
import { numberOf } from "./outline.ts";

const FLOATS: ReadonlySet<string> = new Set(["FADD", "FSUB", "FMUL", "FDIV", "FSQRT", "FMAC", "FLT", "FLE"]);
const SIGNS: Readonly<Record<string, string>> = { FADD: "+", FSUB: "−", FMUL: "×", FDIV: "÷" };

/** @param after the machine's registers as the instruction leaves them, `before` as it finds them. */
export function instructionText({ op, rd, ra, rb, imm }: Instruction, before: Uint32Array, after: Uint32Array): string {
  const [d, a, b] = [rd, ra, rb].map((register) => binary32Text(numberOf(before[register]!)));
  const result = binary32Text(numberOf(after[rd]!));
  if (op === "FMAC") return `${d} + ${a} × ${b} = ${result}`;
  if (SIGNS[op] !== undefined) return `${a} ${SIGNS[op]} ${b} = ${result}`;
  if (FLOATS.has(op)) return `${op} of ${a}${op === "FSQRT" ? "" : ` and ${b}`} = ${result}`;
  if (op === "LOAD") return `LOAD word ${before[ra]} = ${result}`;
  if (op === "LOADU") return `number ${before[ra]} of update ${before[rb]! + 1} is ${result}`;
  if (op === "WEIGHT") return `the weight of update ${before[ra]! + 1} is ${result}`;
  if (op === "MOV" && rd === RESULT) return `the result is ${result}`;
  return OPCODES[op] < OPCODES.FADD
    ? `${op} ${before[ra]}, ${before[rb]}, ${imm} = ${after[rd]}`
    : `${op} = ${after[rd]}`;
}
