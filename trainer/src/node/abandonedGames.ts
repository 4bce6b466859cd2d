/**
 * Ends games that neither side ends: a game holds its round, and two accomplices who both fell silent would hold it for ever.
 *
 * Whoever plays a game ends it itself, so others wait for a while first, each for another while. Keeps nothing: what is due
 * follows from the chain.
 */
import { keccak256, stringToBytes } from "viem";
import { type GameKind, sideToMove } from "../audit/dispute/game.ts";
import { gameName } from "../audit/dispute/gameName.ts";
import { gameLimits, type OpenedGame } from "../chain/disputes.ts";
import { isTagged } from "../protocol/errors.ts";
import { sendMove } from "./disputeMove.ts";
import type { GameBook } from "./gameBook.ts";
import type { GamePlay } from "./gameDesk.ts";
import { actor, type RoundContext } from "./roundContext.ts";

/** How long after its deadline a game counts as abandoned, the time to take it up included. Unit: extensions. */
export const ABANDONED_EXTENSIONS = 3;

/** Nodes take turns within one more extension: so many places. */
const PLACES = 8n;

/** @returns how long after a game's deadline this node ends it, where nobody else has. Unit: seconds. */
function abandonedAfter(context: RoundContext, gameId: bigint, extensionSeconds: number): number {
  const draw = BigInt(keccak256(stringToBytes(`${actor(context).toLowerCase()}/${gameId}`)));
  const place = Number(draw % PLACES) / Number(PLACES);
  return Math.floor((ABANDONED_EXTENSIONS + place) * extensionSeconds);
}

export interface OthersGames<K extends GameKind> {
  readonly play: Pick<GamePlay<K>, "kind" | "isMoot">;
  readonly book: GameBook<K>;
  readonly nowSeconds: number;
}

/** Ends those of others' games that are due. What fails in one is told of, and tried again at the next look. */
export async function endAbandoned<K extends GameKind>(context: RoundContext, others: OthersGames<K>): Promise<void> {
  const { emit, signal } = context;
  const { play, book } = others;
  const own = new Set(book.own.map(({ game }) => game.gameId));
  const games = book.going.filter(({ gameId }) => !own.has(gameId));
  if (games.length === 0) return;
  const { extensionSeconds } = await gameLimits(context.chain, play.kind, { signal });
  for (const game of games) {
    try {
      await endIfDue(context, { ...others, game, extensionSeconds });
    } catch (error) {
      if (!isTagged(error) || signal.aborted) throw error;
      emit({ event: "error", code: error.code, message: `ending dispute ${gameName(game)}: ${error.message}` });
    }
  }
}

interface OthersGame<K extends GameKind> extends OthersGames<K> {
  readonly game: OpenedGame<K>;
  readonly extensionSeconds: number;
}

async function endIfDue<K extends GameKind>(context: RoundContext, one: OthersGame<K>): Promise<void> {
  const { play, book, game, extensionSeconds, nowSeconds } = one;
  const { kind } = play;
  const { gameId, parentId } = game;
  if (parentId === undefined && (await play.isMoot(context, game, book))) {
    return void (await sendMove(context, kind, { name: "close", args: [gameId] }));
  }
  const last = book.historyOf(gameId)?.steps.at(-1);
  if (last === undefined) return;
  const { deadline, position } = last;
  if (nowSeconds - deadline < abandonedAfter(context, gameId, extensionSeconds)) return; // its sides come first
  if (book.isTakenUp(gameId) && sideToMove(position) === "defender") return;
  await sendMove(context, kind, { name: "timeout", args: [gameId, position] });
}
