/** A dispute game in words, one line a move. Pure. */
import { type Outcome, partsOf, type Side } from "../audit/dispute/game.ts";
import type { Standing } from "../audit/dispute/outline.ts";

/** @returns where the game stands: `step 20, layers.1, matmul[3], multiply-add 5: 0.1 + 2 × 3 = 6.1`. */
export function standingText(standing: Standing): string {
  const { of, low, high, step, operation, element, claimed, own, instruction, multiplyAdd } = standing;
  if (of === "steps") return step === undefined ? `steps ${low + 1} to ${high}` : `step ${step}`;
  const place = `step ${step}${operation === undefined ? "" : `, ${operation}`}`;
  switch (of) {
    case "writes":
      return operation === undefined ? `${place}, writes ${low + 1} to ${high}` : place;
    case "words":
      if (element === undefined) return `${place}, numbers ${low} to ${high - 1}`;
      if (claimed === undefined) return `${place}[${element}]`;
      return `${place}[${element}]: ${claimed} claimed, ${own} is right`;
    default:
      if (instruction === undefined) return `${place}[${element}], instructions ${low + 1} to ${high}`;
      return `${place}[${element}], ${multiplyAdd === undefined ? `instruction ${high}` : `multiply-add ${multiplyAdd}`}: ${instruction}`;
  }
}

/** @returns a move in words: who did what, and what is left. */
export function moveText(move: Standing & { readonly by: Side; readonly move: number }): string {
  const { by, stage } = move;
  const place = standingText(move);
  if (move.move === 0) return `challenger disputes ${place}`;
  if (by === "challenger") return `challenger picks ${place}`;
  switch (stage) {
    case "Pick":
      return `defender cuts ${place} into ${partsOf(move)}`;
    case "PickElement":
      return `defender shows the words: ${place}`;
    case "PickNode":
      return `defender shows hashes over ${place}`;
    case "Settle":
      return `defender shows the machine: ${place}`;
    default:
      return `defender shows what it wrote: ${place}`;
  }
}

const OUTCOMES: Readonly<Record<Outcome, string>> = {
  None: "it is open",
  Disproven: "the chain ran the instruction: the claim is false",
  Upheld: "the chain ran the instruction: the claim stands",
  DefenderLate: "the defender let its time run out: the claim counts as false",
  ChallengerLate: "the challenger let its time run out: the claim stands",
  Moot: "another dispute decided it: nobody loses",
  Defended: "somebody defended the update in the trainer's place: the claim stands",
};

export function outcomeText(outcome: Outcome): string {
  return OUTCOMES[outcome];
}
