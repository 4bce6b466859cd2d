/** What a run has at a position of a game: the points of an interval, a write and its slot, the machine. Decides nothing. */
import { type Hex, toHex } from "../../protocol/hex.ts";
import { DisputeError } from "./disputeError.ts";
import type { RunAnswers, WriteView } from "./disputeRun.ts";
import { cutsOf, type GameState, levelOf, type Position } from "./game.ts";
import { type MachineWorld, RESULT } from "./machine.ts";
import { type ElementRun, hashesAt, type NarrowingView } from "./narrowing.ts";
import { numberOf } from "./outline.ts";

type ProgramWrite = RunAnswers["program"]["writes"][number];

/** What the run has where the position's interval is cut. */
export function pointsOf(run: RunAnswers, game: GameState<"update">): Hex[] {
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
      return hashesAt(machineRunOf(run, game), cuts);
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

function requireWrite(run: RunAnswers, { gameId, position }: GameState<"update">): number {
  const write = writeAt(run, position);
  if (write !== undefined) return write;
  const { step } = position;
  throw new DisputeError(
    { code: "DISPUTE_FOREIGN_POSITION", gameId: `${gameId}`, step },
    `game ${gameId} is within step ${step} where the own run never was`,
  );
}

/** @returns the write that the game is within, and its slot. */
export function viewOf(run: RunAnswers, game: GameState<"update">): WriteView {
  return run.writeView(game.position.step, requireWrite(run, game));
}

/** @returns what the moves that both kinds of game have ask of the run. */
export function narrowingOf(run: RunAnswers, game: GameState<"update">): NarrowingView {
  return {
    points: () => pointsOf(run, game),
    tree: () => viewOf(run, game).tree,
    words: () => viewOf(run, game).after,
    elementRun: () => machineRunOf(run, game),
  };
}

export interface MachineView extends ElementRun {
  readonly write: ProgramWrite;
  readonly world: MachineWorld;
  readonly view: WriteView;
  /** The element, as the machine ends with it. */
  readonly own: number;
}

/** The machine's run for the position's element. */
export function machineRunOf(run: RunAnswers, game: GameState<"update">): MachineView {
  const { step, element } = game.position;
  const number = requireWrite(run, game);
  const write = run.program.writes[number]!;
  const view = run.writeView(step, number);
  const world = run.world(step, view.before);
  const { state, steps, lastMultiplyAdd } = run.machineRun(write, world, element);
  const own = state.registers[RESULT]!;
  const claimed = view.after[element] ?? own;
  const honestAt = (counts: readonly number[]) => run.machineStates(write, world, element, counts);
  const common = { write, world, view, steps, own: numberOf(own) };
  if (claimed === own) return { ...common, last: state, statesAt: honestAt };
  // A lie in this very word: it is told in the last multiply-add, or where that is not the word in the last instruction.
  const from = lastMultiplyAdd > 0 ? lastMultiplyAdd : steps;
  const lieAt = (states: ReturnType<ElementRun["statesAt"]>, counts: readonly number[]) =>
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
