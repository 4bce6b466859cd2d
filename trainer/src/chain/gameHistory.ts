/**
 * How dispute games of either kind went, as their contracts' events tell it.
 *
 * Whoever follows games reads of each move once: what is older than a reorganisation goes back is kept, and only what
 * came since is asked for, of all games together.
 */
import type { Address, Hex } from "viem";
import { type GameKind, OUTCOMES, type Outcome, type Position, type Side, sideToMove } from "../audit/dispute/game.ts";
import type { CallOptions, Chain } from "./connection.ts";
import { type GameQuery, gameEventsOf, type OpenedGame, openedGames } from "./disputes.ts";
import { logsSince } from "./task.ts";

/** One event of a game: a move, or its end. */
export interface GameStep {
  /** Who moved; the challenger opens. */
  readonly by: Side;
  readonly position: Position;
  readonly points: readonly Hex[];
  /** When the side to move loses. Unit: unix seconds. */
  readonly deadline: number;
  readonly transactionHash: Hex;
}

export interface GameEnd {
  readonly outcome: Outcome;
  readonly winner: Address;
  /** Of the claimant's stake. Unit: wei of CAIRN. */
  readonly takenWei: bigint;
}

/** A game and all that happened in it. */
export interface GameHistory<K extends GameKind = GameKind> extends OpenedGame<K> {
  /** In the chain's order; the first is the opening. */
  readonly steps: readonly GameStep[];
  readonly end: GameEnd | undefined;
  /** Of the transaction that ended it. */
  readonly endHash: Hex | undefined;
}

/** @returns the games of a kind opened since, and how they went, in the chain's order. @throws {ChainError} */
export async function gameHistories<K extends GameKind>(
  chain: Chain,
  kind: K,
  query: GameQuery,
  options: CallOptions,
): Promise<GameHistory<K>[]> {
  const games = await openedGames(chain, kind, query, options);
  return [...(await new GameHistories(kind).read(chain, games, options)).values()];
}

/** @returns the game's moves so far, and its end where it has one. @throws {ChainError} */
export async function gameHistory<K extends GameKind>(
  chain: Chain,
  game: OpenedGame<K>,
  options: CallOptions,
): Promise<GameHistory<K>> {
  const histories = await new GameHistories(game.kind).read(chain, [game], options);
  return histories.get(game.gameId)!;
}

/** What is so old counts as settled, as long as its last block stays. Unit: blocks. */
export const SETTLED_BLOCKS = 16n;

/** Values of one topic in a query. Source: go-ethereum, eth/filters/api.go, maxSubTopics = 1000. */
const MOST_GAMES_A_QUERY = 500;

/** The last block up to which what was read is kept. */
interface Anchor {
  readonly number: bigint;
  readonly hash: Hex;
}

/** What is settled of a game. */
interface Known {
  readonly openedAtBlock: bigint;
  /** The first block that is read anew. */
  readonly from: bigint;
  readonly moves: readonly Move[];
  readonly ends: readonly End[];
}

type Move = Omit<GameStep, "by"> & Logged;
type End = GameEnd & Logged;

interface Logged {
  readonly gameId: bigint;
  readonly transactionHash: Hex;
  readonly blockNumber: bigint;
}

/** A class for what it has read. */
export class GameHistories<K extends GameKind> {
  readonly #kind: K;
  #known: ReadonlyMap<bigint, Known> = new Map();
  #anchor: Anchor | undefined;

  constructor(kind: K) {
    this.#kind = kind;
  }

  /** Reads what is new in these games, and forgets all others. @returns their histories by number. @throws {ChainError} */
  async read(
    chain: Chain,
    games: readonly OpenedGame<K>[],
    options: CallOptions,
  ): Promise<ReadonlyMap<bigint, GameHistory<K>>> {
    if (games.length > 0) await this.#dropAnchor(chain, options); // before the logs: they are of no older chain, then
    const before = games.map((game) => this.#knownOf(game));
    const idsFrom = new Map<bigint, bigint[]>();
    for (const [i, { from }] of before.entries()) {
      idsFrom.set(from, [...(idsFrom.get(from) ?? []), games[i]!.gameId]);
    }
    const moves: Move[] = [];
    const ends: End[] = [];
    for (const [from, ids] of idsFrom) {
      for (let at = 0; at < ids.length; at += MOST_GAMES_A_QUERY) {
        const query = { gameIds: ids.slice(at, at + MOST_GAMES_A_QUERY), fromBlock: from };
        moves.push(...(await movesSince(chain, this.#kind, query, options)));
        ends.push(...(await endsSince(chain, this.#kind, query, options)));
      }
    }
    const movesOf = Map.groupBy(moves, ({ gameId }) => gameId);
    const endsOf = Map.groupBy(ends, ({ gameId }) => gameId);
    const read = games.map((game, i): readonly [OpenedGame<K>, Known] => {
      const known = before[i]!;
      const { gameId } = game;
      const all = {
        moves: [...known.moves, ...(movesOf.get(gameId) ?? [])],
        ends: [...known.ends, ...(endsOf.get(gameId) ?? [])],
      };
      return [game, { ...known, ...all }];
    });
    this.#known = new Map(read.map(([{ gameId }, known]) => [gameId, this.#settle(known)]));
    return new Map(read.map(([game, known]) => [game.gameId, historyOf(game, known)]));
  }

  /** Sees that what is kept is still the chain's, and moves the anchor on where the head has gone far ahead. */
  async #dropAnchor(chain: Chain, options: CallOptions): Promise<void> {
    const head = await chain.request("eth_blockNumber", () => chain.client.getBlockNumber(), options);
    const blockAt = (blockNumber: bigint) =>
      chain.request("eth_getBlockByNumber", () => chain.client.getBlock({ blockNumber }), options);
    const before = this.#anchor;
    const isGone =
      before !== undefined && (head < before.number || (await blockAt(before.number)).hash !== before.hash);
    if (isGone) {
      this.#anchor = undefined;
      this.#known = new Map();
    }
    const number = head - SETTLED_BLOCKS;
    if (number < 0n || (this.#anchor !== undefined && number < this.#anchor.number + SETTLED_BLOCKS)) return;
    this.#anchor = { number, hash: (await blockAt(number)).hash };
  }

  /** A number that a reorganisation freed may go to another game. */
  #knownOf({ gameId, blockNumber: openedAtBlock }: OpenedGame<K>): Known {
    const known = this.#known.get(gameId);
    if (known?.openedAtBlock === openedAtBlock) return known;
    return { openedAtBlock, from: openedAtBlock, moves: [], ends: [] };
  }

  #settle({ openedAtBlock, from, moves, ends }: Known): Known {
    const last = this.#anchor?.number ?? -1n;
    const isSettled = ({ blockNumber }: Logged): boolean => blockNumber <= last;
    const next = last + 1n > from ? last + 1n : from;
    return { openedAtBlock, from: next, moves: moves.filter(isSettled), ends: ends.filter(isSettled) };
  }
}

interface EventQuery {
  readonly gameIds: readonly bigint[];
  readonly fromBlock: bigint;
}

async function movesSince(chain: Chain, kind: GameKind, { gameIds, fromBlock }: EventQuery, options: CallOptions) {
  const event = { ...gameEventsOf(chain, kind), eventName: "GameMoved", args: { gameId: [...gameIds] } } as const;
  const read = (from: bigint, to: bigint) => chain.client.getContractEvents({ ...event, fromBlock: from, toBlock: to });
  const logs = await logsSince(chain, { doing: "GameMoved logs", fromBlock, read }, options);
  return logs.map(({ args, transactionHash, blockNumber }): Move => ({ ...args, transactionHash, blockNumber }));
}

async function endsSince(chain: Chain, kind: GameKind, { gameIds, fromBlock }: EventQuery, options: CallOptions) {
  const event = { ...gameEventsOf(chain, kind), eventName: "GameEnded", args: { gameId: [...gameIds] } } as const;
  const read = (from: bigint, to: bigint) => chain.client.getContractEvents({ ...event, fromBlock: from, toBlock: to });
  const logs = await logsSince(chain, { doing: "GameEnded logs", fromBlock, read }, options);
  return logs.map(({ args, transactionHash, blockNumber }): End => {
    const { gameId, winner, takenWei } = args;
    return { gameId, outcome: OUTCOMES[args.outcome] ?? "None", winner, takenWei, transactionHash, blockNumber };
  });
}

function historyOf<K extends GameKind>(game: OpenedGame<K>, { moves, ends }: Known): GameHistory<K> {
  const steps = moves.map(({ position, points, deadline, transactionHash }, i): GameStep => {
    const before = moves[i - 1]?.position;
    const by = before === undefined ? "challenger" : sideToMove(before);
    return { by, position, points, deadline, transactionHash };
  });
  const last = ends.at(-1);
  if (last === undefined) return { ...game, steps, end: undefined, endHash: undefined };
  const { outcome, winner, takenWei, transactionHash } = last;
  return { ...game, steps, end: { outcome, winner, takenWei }, endHash: transactionHash };
}
