/** How a node sends its moves in a dispute, and what it knows of its own plant. */
import type { GameState, Move } from "../audit/dispute/game.ts";
import { refusalOf } from "../chain/chainError.ts";
import { readRound } from "../chain/task.ts";
import { plantRoot } from "../protocol/commitment.ts";
import { keyOf, type RoundContext, scopeOf } from "./roundContext.ts";

/** Where the claim is a planted error of this node. */
export async function plantSaltOf(context: RoundContext, { claim }: GameState) {
  const { chain, journal, job, signal } = context;
  const of = {
    ...context,
    round: { ...(await readRound(chain, job.taskId, claim.round, { signal })), round: claim.round },
  };
  const salt = await journal.plantSalt(keyOf(of));
  return salt !== undefined && plantRoot(scopeOf(of), salt) === claim.traceRoot ? salt : undefined;
}

export type Call =
  | Move
  | { readonly name: "timeout"; readonly args: readonly [bigint, GameState["position"]] }
  | { readonly name: "close"; readonly args: readonly [bigint] };

/** Sends a move. Where the chain has gone on meanwhile it is refused, and the next look shows why. */
export async function sendMove({ chain, signal }: RoundContext, { name, args }: Call): Promise<void> {
  try {
    await chain.send("disputeGame", name, args as never, { signal });
  } catch (error) {
    if (!GONE_ON.includes(refusalOf(error)?.errorName ?? "")) throw error;
  }
}

/** Refusals that say that somebody was faster: the other side, a second, or whoever ended the game. */
const GONE_ON: readonly string[] = [
  "DisputeGameNotOpen",
  "DisputeGameWrongPosition",
  "DisputeGameNotYourTurn",
  "DisputeGameTooLate",
  "DisputeGameNotLate",
];
