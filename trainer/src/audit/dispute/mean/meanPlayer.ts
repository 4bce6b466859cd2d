/**
 * The next move of either side of a dispute about an aggregate, from its own mean and nothing else. As `player.ts` for updates.
 *
 * @see docs/disputes.md, section 11
 */
import type { Parameters } from "../../../engine/tensor.ts";
import { type Hex, toHex } from "../../../protocol/hex.ts";
import type { FileTail } from "../fileTail.ts";
import {
  cutsOf,
  type GameState,
  levelOf,
  type MeanMove,
  type MeanReading,
  type MeanTensorView,
  stageOf,
  WORDS_PER_LEAF,
} from "../game.ts";
import { packState, proveInstruction } from "../moveParts.ts";
import {
  attackNarrowing,
  defendNarrowing,
  type ElementRun,
  firstShown,
  hashesAt,
  type NarrowingView,
} from "../narrowing.ts";
import { leafBytes, listTree, slotTree } from "../trees.ts";
import type { MeanAnswers } from "./meanRun.ts";

export type MeanGame = GameState<"aggregate">;

/** The end of the aggregate's file, and the version that the round trained: what a defender may have to show. */
export interface MeanFiles {
  readonly aggregate: FileTail;
  readonly base: MeanBase;
}

export interface MeanBase {
  readonly parameters: Parameters;
  readonly tail: FileTail;
}

/** @returns what the defender does now. @throws {RangeError} when it is not its turn */
export function defendMean(run: MeanAnswers, game: MeanGame, files: MeanFiles): MeanMove {
  const { gameId, claim, position } = game;
  const { terms } = run.program;
  switch (stageOf(position)) {
    case "Answer":
      return (
        excuse(run, game, files.base) ?? { name: "answer", args: [gameId, claim, terms, position, files.aggregate] }
      );
    case "OpenWrite":
      return {
        name: "openSlot",
        args: [gameId, claim, terms, position, ...tensorOf(run, position.low), shownOf(run, position.low)],
      };
    default: {
      const move = defendNarrowing(narrowingOfMean(run, game), game);
      if (move !== undefined) return move;
      throw new RangeError(`the defender does not move in ${stageOf(position)}`);
    }
  }
}

/** @returns what the challenger does now. @throws {RangeError} when it is not its turn */
export function attackMean(run: MeanAnswers, game: MeanGame): MeanMove {
  const { gameId, claim, position } = game;
  if (stageOf(position) === "Settle") {
    const { step: tensor, low } = position;
    const { write, statesAt } = elementRunOf(run, game);
    const state = statesAt([low])[0]!;
    const instruction = proveInstruction(write, state.pc);
    const reading = readingOf(run, tensor, state);
    return { name: "settle", args: [gameId, claim, position, packState(state), instruction, reading] };
  }
  const move = attackNarrowing(narrowingOfMean(run, game), game);
  if (move !== undefined) return move;
  throw new RangeError(`the challenger does not move in ${stageOf(position)}`);
}

/** @returns what the moves that both kinds of game have ask of the mean. */
export function narrowingOfMean(run: MeanAnswers, game: MeanGame): NarrowingView {
  const { position } = game;
  return {
    points: () => hashesAt(elementRunOf(run, game), cutsOf(position)),
    tree: () => (levelOf(position) === "Parameters" ? run.rootTree : run.tensorTree(position.step)),
    words: () => run.words(position.step),
    elementRun: () => elementRunOf(run, game),
  };
}

function elementRunOf(run: MeanAnswers, { position }: MeanGame): ElementRun {
  const { step: tensor, element } = position;
  const { steps } = run.machineRun(tensor, element);
  const statesAt: ElementRun["statesAt"] = (counts) => run.statesAt(tensor, element, counts);
  return { write: run.program.tensors[tensor]!, steps, last: statesAt([steps])[0]!, statesAt };
}

/** The number from whose size on an update may have to be left out. Source: AggregateReads.EXTREME_EXPONENT. */
const EXTREME_EXPONENT = 127 + 49;

/**
 * @returns where an update, or the base as the one after the last, has a number so large that an update may have to be left
 *   out: then no game about the mean can be won.
 */
export function extremeOf(
  run: MeanAnswers,
  base: Parameters,
): { update: number; tensor: number; element: number } | undefined {
  for (let update = 0; update <= run.updates.length; update++) {
    for (let tensor = 0; tensor < run.program.tensors.length; tensor++) {
      const isBase = update === run.updates.length;
      const words = isBase ? wordsOf(run, base, tensor) : run.updateWords(update, tensor);
      const element = words.findIndex((word) => ((word >>> 23) & 0xff) >= EXTREME_EXPONENT);
      if (element >= 0) return { update, tensor, element };
    }
  }
  return undefined;
}

function wordsOf({ program }: MeanAnswers, parameters: Parameters, tensor: number): Uint32Array {
  const { data } = parameters.get(program.tensors[tensor]!.name)!;
  return new Uint32Array(data.buffer, data.byteOffset, data.length);
}

function excuse(run: MeanAnswers, { gameId, claim, position }: MeanGame, base: MeanBase): MeanMove | undefined {
  const found = extremeOf(run, base.parameters);
  if (found === undefined) return undefined;
  const { update, tensor, element } = found;
  const [write, path] = tensorOf(run, tensor);
  const isBase = update === run.updates.length;
  const reading = isBase ? baseReading(run, base, tensor, element) : wordReading(run, update, tensor, element);
  const { terms } = run.program;
  return { name: "excuse", args: [gameId, claim, terms, position, write, path, update, element, reading] };
}

/** A tensor with its path; beyond the tensors nothing that the contract looks at. */
function tensorOf({ program }: MeanAnswers, at: number): [MeanTensorView, Hex[]] {
  const tensor = program.tensors[at];
  if (tensor === undefined)
    return [{ path: 0, depth: 0, length: 0, codeRoot: `0x${"00".repeat(32)}`, codeHeight: 0 }, []];
  const { address, codeTree } = tensor;
  const write = { ...address, codeRoot: toHex(codeTree.root), codeHeight: codeTree.height };
  return [write, program.tree.path(at).map(toHex)];
}

function shownOf(run: MeanAnswers, tensor: number): Hex[] {
  return tensor < run.program.tensors.length ? firstShown(run.tensorTree(tensor), run.words(tensor)) : [];
}

const NOTHING: MeanReading = {
  update: { updateDigest: `0x${"00".repeat(32)}`, byteLength: 0, sampleCount: 0 },
  updatePath: [],
  file: { midstate: `0x${"00".repeat(32)}`, tail: "0x", rootBlock: "0x" },
  data: "0x",
  path: [],
};

/** @returns what the instruction at the state's `pc` reads, with its proof; empty where it reads nothing that needs one. */
function readingOf(
  run: MeanAnswers,
  tensor: number,
  { pc, registers }: { readonly pc: number; readonly registers: Uint32Array },
): MeanReading {
  const instruction = run.program.tensors[tensor]!.code[pc];
  if (instruction === undefined) return NOTHING;
  const { op, ra, rb, slot } = instruction;
  const a = registers[ra]!;
  if (op === "WEIGHT") return a < run.updates.length ? updateReading(run, a) : NOTHING;
  if (op !== "LOADU") return NOTHING;
  const number = registers[rb]!;
  return number < run.updates.length && a < slot!.length ? wordReading(run, number, tensor, a) : NOTHING;
}

function updateReading(run: MeanAnswers, number: number): MeanReading {
  const { updateDigest, byteLength, sampleCount } = run.updates[number]!;
  const updatePath = run.updateTree.path(number).map(toHex);
  return { ...NOTHING, update: { updateDigest, byteLength, sampleCount }, updatePath };
}

function baseReading(run: MeanAnswers, { parameters, tail }: MeanBase, tensor: number, index: number): MeanReading {
  const leaf = Math.floor(index / WORDS_PER_LEAF);
  const trees = run.program.tensors.map((_, at) => slotTree(wordsOf(run, parameters, at)));
  const path = [...trees[tensor]!.path(leaf), ...listTree(trees.map(({ root }) => root)).path(tensor)];
  const data = toHex(leafBytes(wordsOf(run, parameters, tensor), leaf));
  return { ...NOTHING, file: tail, data, path: path.map(toHex) };
}

function wordReading(run: MeanAnswers, number: number, tensor: number, index: number): MeanReading {
  const words = run.updateWords(number, tensor);
  const leaf = Math.floor(index / WORDS_PER_LEAF);
  const { path, rootPath } = run.updatePaths(number, tensor, leaf);
  return {
    ...updateReading(run, number),
    file: run.updates[number]!.tail,
    data: toHex(leafBytes(words, leaf)),
    path: [...path, ...rootPath].map(toHex),
  };
}
