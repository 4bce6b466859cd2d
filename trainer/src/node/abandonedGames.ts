/**
 * Ends games that neither side ends: a game holds its round, and two accomplices who both fell silent would hold it for ever.
 *
 * Whoever plays a game ends it itself, so others wait for a while first, each for another while. Keeps nothing: what is due
 * follows from the chain.
 */
import { keccak256, stringToBytes } from "viem";
import { sideToMove } from "../audit/dispute/game.ts";
import { gameHistory, type OpenedGame } from "../chain/disputes.ts";
import { isTagged } from "../protocol/errors.ts";
import { sendMove } from "./disputeMove.ts";
import { actor, type RoundContext } from "./roundContext.ts";

/** How long after its deadline a game counts as abandoned, the time to take it up included. Unit: extensions. */
export const ABANDONED_EXTENSIONS = 3;

/** Nodes take turns within one more extension: so many places. */
const PLACES = 8n;

/** @returns how long after a game's deadline this node ends it, where nobody else has. Unit: seconds. */
export function abandonedAfter(context: RoundContext, gameId: bigint, extensionSeconds: number): number {
  const draw = BigInt(keccak256(stringToBytes(`${actor(context).toLowerCase()}/${gameId}`)));
  const place = Number(draw % PLACES) / Number(PLACES);
  return Math.floor((ABANDONED_EXTENSIONS + place) * extensionSeconds);
}

/** Ends those of the games that are due. What fails in one is told of, and tried again at the next look. */
export async function endAbandoned(
  context: RoundContext,
  games: readonly OpenedGame[],
  nowSeconds: number,
): Promise<void> {
  const { chain, emit, signal } = context;
  if (games.length === 0) return;
  const { extensionSeconds } = await chain.read("disputeGame", "limits", [], { signal });
  for (const game of games) {
    try {
      await endIfDue(context, game, nowSeconds - abandonedAfter(context, game.gameId, extensionSeconds));
    } catch (error) {
      if (!isTagged(error) || signal.aborted) throw error;
      emit({ event: "error", code: error.code, message: `ending dispute ${game.gameId}: ${error.message}` });
    }
  }
}

async function endIfDue(context: RoundContext, game: OpenedGame, before: number): Promise<void> {
  const { chain, signal } = context;
  const { gameId, claim, parentId } = game;
  const { deadline, openSisters } = await chain.read("disputeGame", "gameOf", [gameId], { signal });
  const struck = [claim.taskId, claim.round, claim.trainer] as const;
  const isMoot = parentId === undefined && (await chain.read("disputeGame", "isStruck", struck, { signal }));
  if (isMoot) return void (await sendMove(context, { name: "close", args: [gameId] }));
  if (deadline > before) return;
  const last = (await gameHistory(chain, game, { signal })).steps.at(-1);
  if (last === undefined || (openSisters > 0n && sideToMove(last.position) === "defender")) return;
  await sendMove(context, { name: "timeout", args: [gameId, last.position] });
}
