/**
 * The moves of either side that know nothing of what is claimed, from its own run: as NarrowingGame has them for both kinds of
 * game. The rest is {@link player.ts}'s and {@link mean/meanPlayer.ts}'s.
 */
import { type Hex, toHex } from "../../protocol/hex.ts";
import type { ProgramWrite } from "./disputeProgram.ts";
import { cutsOf, type GameState, type Move, type Position, partsOf, stageOf, WORDS_PER_LEAF } from "./game.ts";
import { hashState, type MachineState } from "./machine.ts";
import { differingWord, firstWrong, leafWords, packState, proveInstruction } from "./moveParts.ts";
import type { Tree } from "./trees.ts";

type NarrowingName = "cut" | "openNode" | "openLeaf" | "openElement" | "pick" | "pickNode" | "pickElement";

/** The same functions in both contracts. */
export type NarrowingMove = Extract<Move, { readonly name: NarrowingName }>;

/** What a side has at the game's position; asked for where the position has such a thing, and only then. */
export interface NarrowingView {
  /** What is where the interval is cut. */
  readonly points: () => Hex[];
  /** That the position is within. */
  readonly tree: () => Tree;
  /** Of the slot, as the side has them. */
  readonly words: () => Uint32Array;
  readonly elementRun: () => ElementRun;
}

/** The machine's run for an element, as the side has it. */
export interface ElementRun {
  readonly write: Pick<ProgramWrite, "code" | "codeTree">;
  /** To its halt. */
  readonly steps: number;
  /** Whose r15 is the element's word: in a run with a lie in this very word it is the lie. */
  readonly last: MachineState;
  readonly statesAt: (counts: readonly number[]) => MachineState[];
}

type Place = Pick<GameState, "gameId" | "position" | "points">;

/** @returns the defender's move; undefined where it is one of the game's own kind, or not its turn. */
export function defendNarrowing(view: NarrowingView, { gameId, position }: Place): NarrowingMove | undefined {
  switch (stageOf(position)) {
    case "Cut":
      return { name: "cut", args: [gameId, position, view.points()] };
    case "OpenNode":
      return { name: "openNode", args: [gameId, position, nodesOf(view.tree(), position).map(toHex)] };
    case "OpenLeaf":
      return { name: "openLeaf", args: [gameId, position, leafWords(view.words(), position.low)] };
    case "OpenElement":
      return openElement(view, { gameId, position });
    default:
      return undefined;
  }
}

/** @returns the challenger's move; undefined where it is one of the game's own kind, or not its turn. */
export function attackNarrowing(view: NarrowingView, { gameId, position, points }: Place): NarrowingMove | undefined {
  switch (stageOf(position)) {
    case "Pick":
      return { name: "pick", args: [gameId, position, points, BigInt(firstWrong(points, view.points()))] };
    case "PickNode": {
      const own = nodesOf(view.tree(), position).map(toHex);
      return { name: "pickNode", args: [gameId, position, points, BigInt(firstWrong(points, own))] };
    }
    case "PickElement": {
      const word = differingWord(leafWords(view.words(), position.low), points);
      return { name: "pickElement", args: [gameId, position, WORDS_PER_LEAF * position.low + word] };
    }
    default:
      return undefined;
  }
}

/** @returns what is shown of a slot as the game enters it: the nodes that cut its tree, or the words of its only leaf. */
export function firstShown(tree: Tree, words: Uint32Array): Hex[] {
  const interval = { low: 0, high: 2 ** tree.height };
  return tree.height === 0 ? leafWords(words, 0) : nodesOf(tree, interval).map(toHex);
}

/** @returns hashes of the machine's states after so many steps. */
export function hashesAt({ statesAt }: Pick<ElementRun, "statesAt">, counts: readonly number[]): Hex[] {
  return statesAt(counts).map((state) => toHex(hashState(state)));
}

/** The nodes that cut the interval below the one that the position is at. */
function nodesOf(tree: Tree, position: Pick<Position, "low" | "high">): Uint8Array[] {
  const parts = partsOf(position);
  const size = (position.high - position.low) / parts;
  return Array.from({ length: parts }, (_, i) => tree.node(Math.log2(size), position.low / size + i));
}

function openElement(view: NarrowingView, { gameId, position }: Omit<Place, "points">): NarrowingMove {
  const { element, length } = position;
  const at = Math.floor(element / WORDS_PER_LEAF);
  const { write, last, steps, statesAt } = view.elementRun();
  const shown = {
    leaf: leafWords(view.words(), at) as [Hex, Hex, Hex, Hex],
    path: view.tree().path(at).map(toHex),
    steps,
    last: packState(last),
    halt: proveInstruction(write, last.pc),
  };
  const cuts = element < length ? cutsOf({ low: 0, high: steps }) : []; // beyond the slot the game ends with this
  return { name: "openElement", args: [gameId, position, shown, hashesAt({ statesAt }, cuts)] };
}
