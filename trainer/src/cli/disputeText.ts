/** A dispute game in words, one line a move. Pure. */
import { binary32Text as shown } from "../audit/dispute/binary32Text.ts";
import { type Outcome, partsOf, type Side } from "../audit/dispute/game.ts";
import { isLost, type Standing } from "../audit/dispute/outline.ts";
import { counted } from "../protocol/counted.ts";

/** @returns where the game stands: `step 20, layers.1, matmul[3], multiply-add 5: 0.1 + 2 × 3 = 6.1`. */
export function standingText(standing: Standing): string {
  const { of, low, high, step, tensor, operation, element, claimed, own, instruction, multiplyAdd } = standing;
  if (of === "steps") return step === undefined ? `steps ${low + 1} to ${high}` : `step ${step}`;
  if (of === "tensors" && tensor === undefined) return `tensors ${low + 1} to ${high}`;
  const numbered = tensor === undefined ? `step ${step}` : `tensor ${tensor}`;
  const named = tensor === undefined ? `${numbered}, ${operation}` : `${operation}`; // a tensor's name is its own
  const place = operation === undefined ? numbered : named;
  switch (of) {
    case "tensors":
      return place;
    case "writes":
      if (operation !== undefined) return place;
      return `${place}, ${high - low === 1 ? `write ${high}` : `writes ${low + 1} to ${high}`}`;
    case "words":
      if (element === undefined) return `${place}, numbers ${low} to ${high - 1}`;
      if (claimed === undefined) return `${place}[${element}]`;
      return `${place}[${element}]: ${shown(claimed)} claimed${own === undefined ? "" : `, ${shown(own)} is right`}`;
    default:
      if (instruction === undefined) {
        return `${place}[${element}], ${high - low === 1 ? `instruction ${high}` : `instructions ${low + 1} to ${high}`}`;
      }
      return `${place}[${element}], ${multiplyAdd === undefined ? `instruction ${high}` : `multiply-add ${multiplyAdd}`}: ${instruction}`;
  }
}

/** @returns a move in words: who did what, and what is left. */
export function moveText(move: Standing & { readonly by: Side; readonly move: number }): string {
  const { by, stage, of, weights } = move;
  const place = standingText(move);
  if (move.move === 0 && weights !== undefined) return `challenger disputes ${meanText(weights)}, ${place}`;
  if (move.move === 0) return `challenger disputes ${place}`;
  if (of === "tensors" && stage === "OpenNode") return `defender shows the root over ${place}`;
  if (isLost(move)) return `the chain runs it, and the challenger is right: ${place}`;
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

/** @returns what a mean is of: `the mean of 3 updates by 520 + 480 + 500 records`. */
export function meanText(weights: readonly number[]): string {
  return `the mean of ${counted(weights.length, "update")} by ${weights.join(" + ")} records`;
}

const OUTCOMES: Readonly<Record<Outcome, string>> = {
  None: "it is open",
  Disproven: "the chain ran the instruction: the claim is false",
  Upheld: "the chain ran the instruction: the claim stands",
  DefenderLate: "the defender let its time run out: the claim counts as false",
  ChallengerLate: "the challenger let its time run out: the claim stands",
  Moot: "another dispute decided it: nobody loses",
  Defended: "somebody defended it in the claimant's place: the claim stands",
};

export function outcomeText(outcome: Outcome): string {
  return OUTCOMES[outcome];
}
