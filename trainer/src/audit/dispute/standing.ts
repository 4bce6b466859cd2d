/** Where a game stands, for people: step, operation, element, instruction, and what either side says of it. */

import type { RunAnswers } from "./disputeRun.ts";
import { type GameState, levelOf, stageOf, WORDS_PER_LEAF } from "./game.ts";
import { machineRunOf, numberOf, viewOf, writeAt } from "./gameView.ts";
import { type Instruction, OPCODES } from "./instruction.ts";
import { RESULT } from "./machine.ts";
import { outline, type Standing } from "./outline.ts";

/** @returns what the own run knows of the game's position; no more than the chain shows where the game left what it knows. */
export function standing(run: RunAnswers, game: GameState): Standing {
  const { position } = game;
  const bare = outline(position);
  switch (levelOf(position)) {
    case "Steps":
      return bare;
    case "Writes":
      return bare.high - bare.low === 1 ? { ...bare, operation: run.program.writes[bare.low]!.title } : bare;
    case "Slot":
      return { ...bare, ...operationOf(run, game), ...shownOf(run, game) };
    default:
      return { ...bare, ...operationOf(run, game), ...lastOf(run, game) };
  }
}

function operationOf(run: RunAnswers, { position }: GameState): Pick<Standing, "operation"> {
  const write = writeAt(run, position);
  return write === undefined ? {} : { operation: run.program.writes[write]!.title };
}

/** The first word shown that is not the own one. */
function shownOf(run: RunAnswers, game: GameState): Pick<Standing, "element" | "claimed" | "own"> {
  const { position, points } = game;
  if (stageOf(position) !== "PickElement" || writeAt(run, position) === undefined) return {};
  const words = Uint32Array.from({ length: WORDS_PER_LEAF }, (_, i) => wordIn(points[Math.floor(i / 8)]!, i % 8));
  const { after } = viewOf(run, game);
  const from = WORDS_PER_LEAF * position.low;
  const at = words.findIndex((word, i) => word !== (after[from + i] ?? 0));
  if (at < 0) return {};
  return { element: from + at, claimed: numberOf(words[at]!), own: numberOf(after[from + at] ?? 0) };
}

/** Word `at` of the eight in a word of the chain. */
function wordIn(text: string, at: number): number {
  return Number.parseInt(text.slice(2 + 8 * at, 10 + 8 * at), 16);
}

function lastOf(run: RunAnswers, game: GameState): Partial<Standing> {
  const { position } = game;
  if (stageOf(position) !== "Settle" || writeAt(run, position) === undefined) return {};
  const { write, world, own, statesAt } = machineRunOf(run, game);
  const [before, after] = statesAt([position.low, position.low + 1]);
  const instruction = write.code[before!.pc];
  if (instruction === undefined) return { own };
  const { multiplyAdds } = run.machineRun(write, world, position.element, position.low);
  return {
    own,
    instruction: textOf(instruction, before!.registers, after!.registers),
    ...(instruction.op === "FMAC" ? { multiplyAdd: multiplyAdds + 1 } : {}),
  };
}

const FLOATS: ReadonlySet<string> = new Set(["FADD", "FSUB", "FMUL", "FDIV", "FSQRT", "FMAC", "FLT", "FLE"]);
const SIGNS: Readonly<Record<string, string>> = { FADD: "+", FSUB: "−", FMUL: "×", FDIV: "÷" };

/** The instruction with its numbers. `after` is the own run's, so what it gives is what the chain will find. */
function textOf({ op, rd, ra, rb, imm }: Instruction, before: Uint32Array, after: Uint32Array): string {
  const [d, a, b] = [rd, ra, rb].map((register) => numberOf(before[register]!));
  const result = numberOf(after[rd]!);
  if (op === "FMAC") return `${d} + ${a} × ${b} = ${result}`;
  if (SIGNS[op] !== undefined) return `${a} ${SIGNS[op]} ${b} = ${result}`;
  if (FLOATS.has(op)) return `${op} of ${a}${op === "FSQRT" ? "" : ` and ${b}`} = ${result}`;
  if (op === "LOAD") return `LOAD word ${before[ra]} = ${result}`;
  if (op === "MOV" && rd === RESULT) return `the result is ${result}`;
  return OPCODES[op] < OPCODES.FADD
    ? `${op} ${before[ra]}, ${before[rb]}, ${imm} = ${after[rd]}`
    : `${op} = ${after[rd]}`;
}
