/**
 * The next move of either side of a dispute game, from its own run and nothing else.
 *
 * Pure but for the run that it asks. A side holds no memory of the game: what the last event showed is all that it needs, so it
 * goes on after a restart, after a reorganisation of the chain, or from another machine.
 *
 * @see docs/disputes.md, section 8
 */
import { encodeParameters } from "../../engine/checkpoint.ts";
import { slotRoot } from "../../engine/merkleModule.ts";
import { tensorsRoot } from "../../engine/stateRoot.ts";
import { tracedSteps } from "../../learning/trace.ts";
import { CHUNK_BYTES } from "../../protocol/contentRef.ts";
import { type Hex, toHex } from "../../protocol/hex.ts";
import { leafHash, merkleProof } from "../../protocol/merkle.ts";
import type { RunAnswers } from "./disputeRun.ts";
import { fileTail } from "./fileTail.ts";
import { cutsOf, type GameState, type LastStep, type Move, stageOf } from "./game.ts";
import { machineRunOf, narrowingOf, pointsOf } from "./gameView.ts";
import { packState, proveInstruction } from "./moveParts.ts";
import { attackNarrowing, defendNarrowing, firstShown } from "./narrowing.ts";
import { memoryPath, type RecordPath, readingOf } from "./reading.ts";

/** What a defender knows besides its run. */
export interface Defence {
  /** Steps from one leaf of its trace to the next. */
  readonly traceStride: number;
  /** Where its trace root was planted wrong. */
  readonly plantSalt?: Hex | undefined;
  /** Gives the root block of a file longer than one block. */
  readonly rootBlockOf: (file: Uint8Array) => Promise<Uint8Array>;
}

/**
 * @returns what the defender does now.
 * @throws {DisputeError} `DISPUTE_FOREIGN_POSITION`; {RangeError} when it is not its turn
 */
export async function defend(run: RunAnswers, game: GameState<"update">, defence: Defence): Promise<Move> {
  const { gameId, claim, position } = game;
  const { terms } = run.program;
  switch (stageOf(position)) {
    case "Answer":
      return answer(run, game, defence);
    case "OpenStep": {
      const { end, roots } = run.stepView(position.low);
      const points = cutsOf({ low: 0, high: terms.writes }).map((at) => toHex(roots[at]!));
      return { name: "openStep", args: [gameId, claim, terms, position, toHex(end), points] };
    }
    case "OpenWrite":
      return openWrite(run, game);
    default: {
      const move = defendNarrowing(narrowingOf(run, game), game);
      if (move !== undefined) return move;
      throw new RangeError(`the defender does not move in ${stageOf(position)}`);
    }
  }
}

/**
 * @returns what the challenger does now.
 * @throws {DisputeError} `DISPUTE_FOREIGN_POSITION`; {RangeError} when it is not its turn
 */
export function attack(run: RunAnswers, game: GameState<"update">, recordPath: RecordPath): Move {
  const { gameId, claim, position } = game;
  if (stageOf(position) === "Settle") {
    return { name: "settle", args: [gameId, claim, run.program.terms, position, lastStep(run, game, recordPath)] };
  }
  const move = attackNarrowing(narrowingOf(run, game), game);
  if (move !== undefined) return move;
  throw new RangeError(`the challenger does not move in ${stageOf(position)}`);
}

async function answer(run: RunAnswers, game: GameState<"update">, defence: Defence): Promise<Move> {
  const { gameId, claim, position } = game;
  const { terms } = run.program;
  const { traceStride, plantSalt, rootBlockOf } = defence;
  const { steps } = terms;
  const leaves = tracedSteps(steps, traceStride).map((step) => leafHash(run.stateRoot(step)));
  const { parameters, optimiserState } = run.state(steps);
  const file = encodeParameters(parameters);
  const rootBlock = file.length > CHUNK_BYTES ? await rootBlockOf(file) : undefined;
  const end = {
    leaves: BigInt(leaves.length),
    path: merkleProof(leaves, leaves.length - 1).siblings,
    optimiserRoot: toHex(tensorsRoot(optimiserState)),
    file: fileTail(file, rootBlock),
  };
  const points = pointsOf(run, game);
  if (plantSalt === undefined) return { name: "answer", args: [gameId, claim, terms, position, end, points] };
  return { name: "answerPlant", args: [gameId, claim, terms, position, end, plantSalt, points] };
}

function openWrite(run: RunAnswers, { gameId, claim, position }: GameState<"update">): Move {
  const { terms, writes, writeTree } = run.program;
  const number = position.low;
  const { address, codeTree, slot } = writes[number]!;
  const view = run.writeView(position.step, number);
  const write = { ...address, codeRoot: toHex(codeTree.root), codeHeight: codeTree.height };
  const proof = {
    slotRoots: [slotRoot(view.before.words.get(slot)!), view.tree.root].map(toHex) as [Hex, Hex],
    programPath: writeTree.path(number).map(toHex),
    memoryPath: memoryPath(run.program, view.before, slot).map(toHex),
    shown: firstShown(view.tree, view.after),
  };
  return { name: "openWrite", args: [gameId, claim, terms, position, write, proof] };
}

function lastStep(run: RunAnswers, game: GameState<"update">, recordPath: RecordPath): LastStep {
  const { position } = game;
  const { write, world, view, statesAt } = machineRunOf(run, game);
  const state = statesAt([position.low])[0]!;
  const moment = { step: position.step, state, instruction: write.code[state.pc], before: view.before, world };
  return {
    state: packState(state),
    instruction: proveInstruction(write, state.pc),
    reading: readingOf(run, moment, recordPath),
  };
}
