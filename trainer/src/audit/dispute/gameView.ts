/** What a run has at a position of a game: the points of an interval, a write and its slot, the machine. Decides nothing. */
import { type Hex, toHex } from "../../protocol/hex.ts";
import { DisputeError } from "./disputeError.ts";
import type { RunAnswers, WriteView } from "./disputeRun.ts";
import { cutsOf, type GameState, levelOf, type Position, partsOf } from "./game.ts";
import { hashState, type MachineState, type MachineWorld, RESULT } from "./machine.ts";
import type { Tree } from "./trees.ts";

type ProgramWrite = RunAnswers["program"]["writes"][number];

/** What the run has where the position's interval is cut. */
export function pointsOf(run: RunAnswers, game: GameState): Hex[] {
  const { position } = game;
  const cuts = cutsOf(position);
  switch (levelOf(position)) {
    case "Steps":
      return cuts.map((step) => toHex(run.stateRoot(step)));
    case "Writes": {
      const { roots } = run.stepView(position.step);
      return cuts.map((write) => toHex(roots[write]!));
    }
    case "Machine":
      return machineRunOf(run, game)
        .statesAt(cuts)
        .map((state) => toHex(hashState(state)));
    default:
      throw new RangeError(`no points cut ${levelOf(position)}`);
  }
}

/**
 * The number of the write that a game below the writes is at: the one that runs this code on this memory.
 *
 * @returns undefined where this run has no such write.
 */
export function writeAt(
  run: RunAnswers,
  { step, memoryRoot, codeRoot, slotRoot: claimed }: Position,
): number | undefined {
  const { roots } = run.stepView(step);
  const { writes } = run.program;
  const fits = writes.flatMap(({ codeTree }, at) =>
    toHex(roots[at]!) === memoryRoot && toHex(codeTree.root) === codeRoot ? [at] : [],
  );
  // Two writes with one code on one memory differ in nothing but what a liar says of them.
  return fits.find((at) => toHex(run.writeView(step, at).tree.root) === claimed) ?? fits[0];
}

function requireWrite(run: RunAnswers, { gameId, position }: GameState): number {
  const write = writeAt(run, position);
  if (write !== undefined) return write;
  const { step } = position;
  throw new DisputeError(
    { code: "DISPUTE_FOREIGN_POSITION", gameId: `${gameId}`, step },
    `game ${gameId} is within step ${step} where the own run never was`,
  );
}

/** @returns the write that the game is within, and its slot. */
export function viewOf(run: RunAnswers, game: GameState): WriteView {
  return run.writeView(game.position.step, requireWrite(run, game));
}

/** The nodes that cut the interval below the one that the position is at. */
export function nodesOf(tree: Tree, position: Position): Uint8Array[] {
  const parts = partsOf(position);
  const size = (position.high - position.low) / parts;
  return Array.from({ length: parts }, (_, i) => tree.node(Math.log2(size), position.low / size + i));
}

export interface MachineView {
  readonly write: ProgramWrite;
  readonly world: MachineWorld;
  readonly view: WriteView;
  /** Of the machine, to its halt. */
  readonly steps: number;
  /** The element, as the machine ends with it. */
  readonly own: number;
  /** Whose r15 is the element's word: in a run with a lie in this very word it is the lie. */
  readonly last: MachineState;
  readonly statesAt: (counts: readonly number[]) => MachineState[];
}

/** The machine's run for the position's element. */
export function machineRunOf(run: RunAnswers, game: GameState): MachineView {
  const { step, element } = game.position;
  const number = requireWrite(run, game);
  const write = run.program.writes[number]!;
  const view = run.writeView(step, number);
  const world = run.world(step, view.before);
  const { state, steps, lastMultiplyAdd } = run.machineRun(write, world, element);
  const own = state.registers[RESULT]!;
  const claimed = view.after[element] ?? own;
  const honestAt = (counts: readonly number[]): MachineState[] => run.machineStates(write, world, element, counts);
  const common = { write, world, view, steps, own: numberOf(own) };
  if (claimed === own) return { ...common, last: state, statesAt: honestAt };
  // A lie in this very word: it is told in the last multiply-add, or where that is not the word in the last instruction.
  const from = lastMultiplyAdd > 0 ? lastMultiplyAdd : steps;
  const lieAt = (states: readonly MachineState[], counts: readonly number[]): MachineState[] =>
    states.map((honest, i) => {
      if (counts[i]! < from) return honest;
      const isLast = counts[i]! >= steps;
      const registers = honest.registers.map((word, at) =>
        word === own || (isLast && at === RESULT) ? claimed : word,
      );
      return { pc: honest.pc, registers };
    });
  return {
    ...common,
    last: lieAt([state], [steps])[0]!,
    statesAt: (counts) => lieAt(honestAt(counts), counts),
  };
}

/** @returns the binary32 number with these bits. */
export function numberOf(bits: number): number {
  word[0] = bits;
  return number[0]!;
}

const word = new Uint32Array(1);
const number = new Float32Array(word.buffer);
