/** Where a game stands, for people: step, operation, element, instruction, and what either side says of it. */

import type { RunAnswers } from "./disputeRun.ts";
import { type GameState, levelOf, stageOf, WORDS_PER_LEAF } from "./game.ts";
import { machineRunOf, viewOf, writeAt } from "./gameView.ts";
import { instructionText } from "./instructionText.ts";
import type { ElementRun } from "./narrowing.ts";
import { bitsShown, numberOf, outline, type Standing } from "./outline.ts";

/** @returns what the own run knows of the game's position; no more than the chain shows where the game left what it knows. */
export function standing(run: RunAnswers, game: GameState<"update">): Standing {
  const { position } = game;
  const bare = outline("update", position);
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

function operationOf(run: RunAnswers, { position }: GameState<"update">): Pick<Standing, "operation"> {
  const write = writeAt(run, position);
  return write === undefined ? {} : { operation: run.program.writes[write]!.title };
}

function shownOf(run: RunAnswers, game: GameState<"update">): Partial<Standing> {
  if (stageOf(game.position) !== "PickElement" || writeAt(run, game.position) === undefined) return {};
  return firstDiffering(game, viewOf(run, game).after);
}

/** @returns of the words shown the first that is not the own one. */
export function firstDiffering(
  { position, points }: Pick<GameState, "position" | "points">,
  own: Uint32Array,
): Pick<Standing, "element" | "claimed" | "own"> {
  const from = WORDS_PER_LEAF * position.low;
  for (let at = 0; at < WORDS_PER_LEAF; at++) {
    const [claimed, right] = [bitsShown(points, at), own[from + at] ?? 0];
    if (claimed !== right) return { element: from + at, claimed: numberOf(claimed), own: numberOf(right) };
  }
  return {};
}

function lastOf(run: RunAnswers, game: GameState<"update">): Partial<Standing> {
  const { position } = game;
  if (stageOf(position) !== "Settle" || writeAt(run, position) === undefined) return {};
  const element = machineRunOf(run, game);
  const { write, world, own } = element;
  const { multiplyAdds } = run.machineRun(write, world, position.element, position.low);
  return { own, ...instructionLeft(element, position.low, multiplyAdds) };
}

/** @param multiplyAdds of the element before this instruction. @returns the instruction that is left, as the own run has it. */
export function instructionLeft(
  { write, statesAt }: ElementRun,
  at: number,
  multiplyAdds: number,
): Pick<Standing, "instruction" | "multiplyAdd"> {
  const [before, after] = statesAt([at, at + 1]); // `after` is the own run's, so what it gives is what the chain will find
  const instruction = write.code[before!.pc];
  if (instruction === undefined) return {};
  const text = instructionText(instruction, before!.registers, after!.registers);
  return { instruction: text, ...(instruction.op === "FMAC" ? { multiplyAdd: multiplyAdds + 1 } : {}) };
}
