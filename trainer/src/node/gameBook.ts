/**
 * The games of one kind in a task as the chain has them now: which are this node's, which others', which are over, how they go.
 *
 * Which there are is read anew at every look, so that a reorganisation that takes back an opening or an end is followed like
 * anything else; of their moves, what is new. Must not send anything.
 */
import type { GameKind, Side } from "../audit/dispute/game.ts";
import { endedGames, type OpenedGame, openedGames } from "../chain/disputes.ts";
import { GameHistories, type GameHistory } from "../chain/gameHistory.ts";
import { readRound } from "../chain/task.ts";
import { actor, type RoundContext } from "./roundContext.ts";

/** The one game to play, and for whom. */
export interface OnlyGame {
  readonly kind: GameKind;
  readonly gameId: bigint;
  /** Who named this account its second, or this account. */
  readonly player: string;
}

/** A game of this node's. */
export interface OwnGame<K extends GameKind = GameKind> {
  /** As the chain has it now: a reorganisation may have moved it to another block. */
  game: OpenedGame<K>;
  readonly side: Side;
  /** Moves that were told of. */
  told: number;
  /** The transaction that ended it, once that was told of. */
  toldEnd: string | undefined;
  /** In a row, and until when nothing is tried after them. */
  failures: number;
  notBeforeMs: number;
}

/** What a reorganisation took back. */
export interface TakenBack<K extends GameKind = GameKind> {
  readonly openings: readonly OwnGame<K>[];
  readonly ends: readonly OwnGame<K>[];
}

/** A game about a round that went on without it is still found after so many more. Unit: rounds. */
const PAST_ROUNDS = 3;

/** A class for what was told of each game. */
export class GameBook<K extends GameKind> {
  readonly #kind: K;
  readonly #only: OnlyGame | undefined;
  #own = new Map<bigint, OwnGame<K>>();
  #games: readonly OpenedGame<K>[] = [];
  #ends: ReadonlyMap<bigint, string> = new Map();
  readonly #reader: GameHistories<K>;
  #histories: ReadonlyMap<bigint, GameHistory<K>> = new Map();

  constructor(kind: K, only: OnlyGame | undefined) {
    this.#kind = kind;
    this.#only = only;
    this.#reader = new GameHistories(kind);
  }

  /** This node's games, those that are over too. */
  get own(): OwnGame<K>[] {
    return [...this.#own.values()];
  }

  /** This node's games that go on, or whose end was not told of yet. */
  get open(): OwnGame<K>[] {
    return this.own.filter(({ toldEnd }) => toldEnd === undefined);
  }

  /** Everybody's games that go on. */
  get going(): OpenedGame<K>[] {
    return this.#games.filter(({ gameId }) => !this.#ends.has(gameId));
  }

  isOver(gameId: bigint): boolean {
    return this.#ends.has(gameId);
  }

  /** Whether it is played on in another's place now. */
  isTakenUp(gameId: bigint): boolean {
    return this.going.some(({ parentId }) => parentId === gameId);
  }

  /** @returns how a game went that goes on, or whose end was not told of yet, as of the last look. */
  historyOf(gameId: bigint): GameHistory<K> | undefined {
    return this.#histories.get(gameId);
  }

  /** A round that was struck goes on, and the next ones open, while games about it are still played. */
  async look(context: RoundContext): Promise<TakenBack<K>> {
    const { chain, job, round, signal } = context;
    const self = this.#only?.player ?? actor(context);
    const first = Math.max(1, round.round - PAST_ROUNDS);
    const fromBlock = BigInt((await readRound(chain, job.taskId, first, { signal })).openedAtBlock);
    const games = await openedGames(chain, this.#kind, { taskId: job.taskId, fromBlock }, { signal });
    this.#ends = games.length > 0 ? await endedGames(chain, this.#kind, fromBlock, { signal }) : new Map();
    this.#games = games;
    const takenBack = this.#compare(self, fromBlock);
    const others = this.#only === undefined ? this.going : [];
    const read = new Map([...others, ...this.open.map(({ game }) => game)].map((game) => [game.gameId, game]));
    this.#histories = await this.#reader.read(chain, [...read.values()], { signal });
    return takenBack;
  }

  #compare(self: string, fromBlock: bigint): TakenBack<K> {
    const before = this.#own;
    const now = new Map<bigint, OwnGame<K>>();
    for (const game of this.#games) {
      const side = sideOf(game, self);
      const isMeant = this.#only === undefined || (this.#only.kind === this.#kind && this.#only.gameId === game.gameId);
      if (!isMeant || side === undefined) continue;
      const known = before.get(game.gameId);
      if (known === undefined || !isSame(known.game, game)) now.set(game.gameId, newlySeen(game, side));
      else now.set(game.gameId, Object.assign(known, { game }));
    }
    // One about a round long past is played on all the same.
    for (const [id, own] of before) if (isPast(own, fromBlock) && own.toldEnd === undefined) now.set(id, own);
    this.#own = now;
    const openings = [...before].flatMap(([id, own]) => (now.get(id) === own || isPast(own, fromBlock) ? [] : [own]));
    const ends = [...now].flatMap(([id, own]) =>
      own.toldEnd === undefined || own.toldEnd === this.#ends.get(id) ? [] : [own],
    );
    for (const own of ends) own.toldEnd = undefined;
    return { openings, ends };
  }
}

function newlySeen<K extends GameKind>(game: OpenedGame<K>, side: Side): OwnGame<K> {
  return { game, side, told: 0, toldEnd: undefined, failures: 0, notBeforeMs: 0 };
}

function isPast({ game }: OwnGame, fromBlock: bigint): boolean {
  return game.blockNumber < fromBlock;
}

/** A number that a reorganisation freed may go to another game. */
function isSame(before: OpenedGame, now: OpenedGame): boolean {
  const after: Readonly<Record<string, unknown>> = { ...now.claim };
  const isSameClaim = Object.entries(before.claim).every(([field, value]) => after[field] === value); // none is nested
  return isSameClaim && before.challenger === now.challenger && before.defender === now.defender;
}

function sideOf({ challenger, defender }: OpenedGame, self: string): Side | undefined {
  if (challenger === self) return "challenger";
  return defender === self ? "defender" : undefined;
}
