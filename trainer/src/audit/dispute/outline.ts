/** Where a game stands as the chain alone shows it, to whoever has no run of their own. Pure, and small enough for a page. */
import { type GameKind, levelOf, type Outcome, type Position, type Stage, stageOf, WORDS_PER_LEAF } from "./game.ts";

export interface Standing {
  readonly stage: Stage;
  /** What the interval is of. */
  readonly of: "steps" | "writes" | "tensors" | "words" | "instructions";
  readonly low: number;
  readonly high: number;
  /** Of an update's training. Counts from 1, as people count. */
  readonly step?: number;
  /** Of an aggregate: which of the model's tensors, from 1, in the order of their names. */
  readonly tensor?: number;
  /** `layers.1, matmul`; of an aggregate the tensor's name. */
  readonly operation?: string;
  /** Of an aggregate, at the game's opening: the weight of each update, in the order of their trainers' addresses. */
  readonly weights?: readonly number[];
  readonly element?: number;
  /** What the defender shows for the element, and what the own run has. */
  readonly claimed?: number;
  readonly own?: number;
  /** The one that is left, with the numbers that it takes. */
  readonly instruction?: string;
  /** Which of the element's multiply-adds that is, from 1. */
  readonly multiplyAdd?: number;
}

/** @returns what the chain alone shows of a position, to whoever has no run of their own. */
export function outline(kind: GameKind, position: Position): Standing {
  const { low, high, step, element } = position;
  const stage = stageOf(position);
  const within = kind === "update" ? { step: step + 1 } : { tensor: step + 1 };
  switch (levelOf(position)) {
    case "Steps":
      return { stage, of: "steps", low, high, ...(high - low === 1 ? { step: high } : {}) };
    case "Writes":
      return { stage, of: "writes", low, high, ...within };
    case "Parameters":
      return { stage, of: "tensors", low, high, ...(high - low === 1 ? { tensor: high } : {}) };
    case "Slot":
      return { stage, of: "words", ...wordsOf(position), ...within, ...(stage === "OpenElement" ? { element } : {}) };
    default:
      return { stage, of: "instructions", low, high, ...within, element };
  }
}

/**
 * Whether the chain ran the instruction, and the claimant was wrong, but somebody may still stand in for it: a game about an
 * aggregate is over only then.
 */
export function isLost({ stage, of }: Pick<Standing, "stage" | "of">): boolean {
  return stage === "Answer" && of === "instructions";
}

/**
 * Whether who put up an ended game's bond lost it: then the winner gets half, and half is burned. It is the challenger's, in a
 * game in another's place its defender's. Source: NarrowingGame.sol, `_payBond`.
 */
export function isBondLost(outcome: Outcome, isInAnothersPlace: boolean): boolean {
  const isDisproven = outcome === "Disproven" || outcome === "DefenderLate";
  return outcome !== "Moot" && isDisproven === isInAnothersPlace;
}

/** What {@link outlines} needs of a move. */
export interface ShownMove {
  readonly position: Position;
  /** Points, nodes or words. */
  readonly points: readonly string[];
}

/** @returns the same of each move of a game in turn; once the words were shown with what the defender claims of the element. */
export function outlines(kind: GameKind, moves: readonly ShownMove[]): Standing[] {
  let words: readonly string[] = [];
  return moves.map(({ position, points }) => {
    const place = outline(kind, position);
    if (place.stage === "PickElement") words = points;
    return withClaim(place, words);
  });
}

/** @param words of the leaf, once they were shown; else none. @returns the place, with what the defender claims of its element. */
export function withClaim(place: Standing, words: readonly string[]): Standing {
  const { element } = place;
  if (element === undefined || words.length === 0) return place;
  return { ...place, claimed: numberOf(bitsShown(words, element % WORDS_PER_LEAF)) };
}

/** @returns word `at` of a leaf as bits. */
export function bitsShown(words: readonly string[], at: number): number {
  const from = 2 + 8 * (at % 8);
  return Number.parseInt(words[Math.floor(at / 8)]!.slice(from, from + 8), 16);
}

/** @returns the binary32 number with these bits. */
export function numberOf(bits: number): number {
  word[0] = bits;
  return number[0]!;
}

const word = new Uint32Array(1);
const number = new Float32Array(word.buffer);

function wordsOf({ low, high, length }: Position): { readonly low: number; readonly high: number } {
  return { low: WORDS_PER_LEAF * low, high: Math.min(length, WORDS_PER_LEAF * high) };
}
