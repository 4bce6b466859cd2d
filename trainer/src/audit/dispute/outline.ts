/** Where a game stands as the chain alone shows it, to whoever has no run of their own. Pure, and small enough for a page. */
import { levelOf, type Position, type Stage, stageOf, WORDS_PER_LEAF } from "./game.ts";

export interface Standing {
  readonly stage: Stage;
  /** What the interval is of. */
  readonly of: "steps" | "writes" | "words" | "instructions";
  readonly low: number;
  readonly high: number;
  /** Counts from 1, as people count. */
  readonly step?: number;
  /** `layers.1, matmul`. */
  readonly operation?: string;
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
export function outline(position: Position): Standing {
  const { low, high, step, element } = position;
  const stage = stageOf(position);
  switch (levelOf(position)) {
    case "Steps":
      return { stage, of: "steps", low, high, ...(high - low === 1 ? { step: high } : {}) };
    case "Writes":
      return { stage, of: "writes", low, high, step: step + 1 };
    case "Slot":
      return {
        stage,
        of: "words",
        ...wordsOf(position),
        step: step + 1,
        ...(stage === "OpenElement" ? { element } : {}),
      };
    default:
      return { stage, of: "instructions", low, high, step: step + 1, element };
  }
}

function wordsOf({ low, high, length }: Position): { readonly low: number; readonly high: number } {
  return { low: WORDS_PER_LEAF * low, high: Math.min(length, WORDS_PER_LEAF * high) };
}
