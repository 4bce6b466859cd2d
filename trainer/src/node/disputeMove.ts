/** How a node sends its moves in a dispute and names what it is about, and what it knows of its own plant. */
import {
  type Claims,
  GAME_CONTRACTS,
  type GameKind,
  type GameState,
  type Moves,
  type Position,
} from "../audit/dispute/game.ts";
import { refusalOf } from "../chain/chainError.ts";
import type { OpenedGame } from "../chain/disputes.ts";
import { readRound } from "../chain/task.ts";
import { plantRoot } from "../protocol/commitment.ts";
import type { Accused } from "./nodeEvent.ts";
import { keyOf, type RoundContext, scopeOf } from "./roundContext.ts";

/** Where the claim is a planted error of this node. */
export async function plantSaltOf(context: RoundContext, { claim }: Pick<GameState<"update">, "claim">) {
  const { chain, journal, job, signal } = context;
  const of = {
    ...context,
    round: { ...(await readRound(chain, job.taskId, claim.round, { signal })), round: claim.round },
  };
  const salt = await journal.plantSalt(keyOf(of));
  return salt !== undefined && plantRoot(scopeOf(of), salt) === claim.traceRoot ? salt : undefined;
}

/** @returns what a game is about and whose it is, as events tell it. */
export function accusedOf({ kind, claimant }: Pick<OpenedGame, "kind" | "claimant">): Accused {
  return kind === "update" ? { about: kind, trainer: claimant } : { about: kind, proposer: claimant };
}

export type Call<K extends GameKind> =
  | Moves[K]
  | { readonly name: "timeout"; readonly args: readonly [bigint, Position] }
  | { readonly name: "close"; readonly args: readonly [bigint] }
  | { readonly name: "takeUp"; readonly args: readonly [bigint, Claims[K], unknown, Position] }
  | (K extends "aggregate" ? { readonly name: "open"; readonly args: readonly unknown[] } : never);

/**
 * Sends a move of a game of a kind, together with those of other games.
 *
 * @returns whether it was made. Where the chain has gone on meanwhile it is refused, and the next look shows why.
 */
export async function sendMove<K extends GameKind>(
  { chain, signal }: RoundContext,
  kind: K,
  { name, args }: Call<K>,
): Promise<boolean> {
  try {
    await chain.send(GAME_CONTRACTS[kind], name as never, args as never, { signal, overlaps: true });
    return true;
  } catch (error) {
    if (!GONE_ON.includes(refusalOf(error)?.errorName ?? "")) throw error;
    return false;
  }
}

/** Refusals that say that somebody was faster: the other side, a second, or whoever ended the game. */
const GONE_ON: readonly string[] = [
  "DisputeGameNotOpen",
  "DisputeGameWrongPosition",
  "DisputeGameNotYourTurn",
  "DisputeGameTooLate",
  "DisputeGameNotLate",
  "DisputeGameNotMoot",
  "DisputeGameNotVacant",
  "DisputeGameStruck",
  "DisputeGameTakenUp",
  "AggregateGameRefuted",
  "FLContractNotTheAccepted", // an update was struck since: the round goes back anyway
  "RoundMachineWrongPhase",
];
