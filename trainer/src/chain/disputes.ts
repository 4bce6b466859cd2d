/** Dispute games of both kinds as their contracts' events tell them. */
import type { Address, Hex } from "viem";
import {
  type Claims,
  GAME_CONTRACTS,
  type GameKind,
  OUTCOMES,
  type Outcome,
  type Position,
  type Side,
  sideToMove,
} from "../audit/dispute/game.ts";
import { ABIS } from "../protocol/generated/abi.ts";
import type { CallOptions, Chain } from "./connection.ts";
import { logsSince } from "./task.ts";

/** A game from its opening. */
export interface OpenedGame<K extends GameKind = GameKind> {
  readonly kind: K;
  readonly gameId: bigint;
  readonly challenger: Address;
  /** Whose claim it is: the update's trainer, or who proposed the aggregate. */
  readonly claimant: Address;
  /** The claimant, or who stands in for it. */
  readonly defender: Address;
  /** The game whose late defender this one's stands in for. */
  readonly parentId: bigint | undefined;
  readonly claim: Claims[K];
  readonly blockNumber: bigint;
}

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

export interface GameQuery {
  /** @default all games */
  readonly gameId?: bigint | undefined;
  /** @default all tasks */
  readonly taskId?: bigint | undefined;
  readonly fromBlock: bigint;
}

/** @returns the games of a kind opened since, in the chain's order. @throws {ChainError} */
export function openedGames<K extends GameKind>(
  chain: Chain,
  kind: K,
  query: GameQuery,
  options: CallOptions,
): Promise<OpenedGame<K>[]> {
  return OPENINGS[kind](chain, query, options);
}

type Openings = {
  readonly [K in GameKind]: (chain: Chain, query: GameQuery, options: CallOptions) => Promise<OpenedGame<K>[]>;
};

const OPENINGS: Openings = {
  async update(chain, { gameId, taskId, fromBlock }, options) {
    const { disputeGame: address } = chain.deployment.contracts;
    const common = { address, abi: ABIS.disputeGame, strict: true, args: { gameId, taskId } } as const;
    const read = (from: bigint, to: bigint) =>
      chain.client.getContractEvents({ ...common, eventName: "GameOpened", fromBlock: from, toBlock: to });
    const logs = await logsSince(chain, { doing: "GameOpened logs", fromBlock, read }, options);
    const places = logs.length > 0 ? await placesOf(chain, "update", { gameId, fromBlock }, options) : NOBODY;
    return logs.map(({ args: { gameId: id, challenger, claim }, blockNumber }) => {
      const sides = { challenger, claimant: claim.trainer, ...(places.get(id) ?? inOwnPlace(claim.trainer)) };
      return { kind: "update", gameId: id, ...sides, claim, blockNumber };
    });
  },
  async aggregate(chain, { gameId, taskId, fromBlock }, options) {
    const { aggregateGame: address } = chain.deployment.contracts;
    const common = { address, abi: ABIS.aggregateGame, strict: true, args: { gameId, taskId } } as const;
    const read = (from: bigint, to: bigint) =>
      chain.client.getContractEvents({ ...common, eventName: "AggregateGameOpened", fromBlock: from, toBlock: to });
    const logs = await logsSince(chain, { doing: "AggregateGameOpened logs", fromBlock, read }, options);
    const places = logs.length > 0 ? await placesOf(chain, "aggregate", { gameId, fromBlock }, options) : NOBODY;
    return logs.map(({ args: { gameId: id, challenger, claim }, blockNumber }) => {
      const sides = { challenger, claimant: claim.proposer, ...(places.get(id) ?? inOwnPlace(claim.proposer)) };
      return { kind: "aggregate", gameId: id, ...sides, claim, blockNumber };
    });
  },
};

/** Who defends, and which game it took up. */
type DefendersPlace = Pick<OpenedGame, "defender" | "parentId">;

const NOBODY: ReadonlyMap<bigint, DefendersPlace> = new Map();

function inOwnPlace(claimant: Address): DefendersPlace {
  return { defender: claimant, parentId: undefined };
}

/** @returns the games that are played in others' places. */
async function placesOf(
  chain: Chain,
  kind: GameKind,
  { gameId, fromBlock }: Pick<GameQuery, "gameId" | "fromBlock">,
  options: CallOptions,
): Promise<ReadonlyMap<bigint, DefendersPlace>> {
  const events = { ...eventsOf(chain, kind), args: { gameId } };
  const read = (from: bigint, to: bigint) =>
    chain.client.getContractEvents({ ...events, eventName: "GameTakenUp", fromBlock: from, toBlock: to });
  const logs = await logsSince(chain, { doing: "GameTakenUp logs", fromBlock, read }, options);
  return new Map(logs.map(({ args }) => [args.gameId, { defender: args.defender, parentId: args.parentId }]));
}

/** @returns the games that are or were played in this one's place. @throws {ChainError} */
export async function sistersOf(chain: Chain, { kind, gameId, blockNumber }: OpenedGame, options: CallOptions) {
  const events = { ...eventsOf(chain, kind), args: { parentId: gameId } };
  const read = (from: bigint, to: bigint) =>
    chain.client.getContractEvents({ ...events, eventName: "GameTakenUp", fromBlock: from, toBlock: to });
  const logs = await logsSince(chain, { doing: "GameTakenUp logs", fromBlock: blockNumber, read }, options);
  return logs.map(({ args: { gameId: game, defender } }) => ({ game, defender }));
}

/** @returns the transactions that ended games since, by game. @throws {ChainError} */
export async function endedGames(
  chain: Chain,
  kind: GameKind,
  fromBlock: bigint,
  options: CallOptions,
): Promise<Map<bigint, Hex>> {
  const read = (from: bigint, to: bigint) =>
    chain.client.getContractEvents({ ...eventsOf(chain, kind), eventName: "GameEnded", fromBlock: from, toBlock: to });
  const logs = await logsSince(chain, { doing: "GameEnded logs", fromBlock, read }, options);
  return new Map(logs.map(({ args, transactionHash }) => [args.gameId, transactionHash]));
}

/** @returns the game's moves so far, and its end where it has one. @throws {ChainError} */
export async function gameHistory<K extends GameKind>(
  chain: Chain,
  game: OpenedGame<K>,
  options: CallOptions,
): Promise<GameHistory<K>> {
  const { kind, gameId, blockNumber: fromBlock } = game;
  const events = { ...eventsOf(chain, kind), args: { gameId } };
  const readMoves = (from: bigint, to: bigint) =>
    chain.client.getContractEvents({ ...events, eventName: "GameMoved", fromBlock: from, toBlock: to });
  const readEnds = (from: bigint, to: bigint) =>
    chain.client.getContractEvents({ ...events, eventName: "GameEnded", fromBlock: from, toBlock: to });
  const moves = await logsSince(chain, { doing: "GameMoved logs", fromBlock, read: readMoves }, options);
  const ends = await logsSince(chain, { doing: "GameEnded logs", fromBlock, read: readEnds }, options);
  const steps = moves.map(({ args: { position, points, deadline }, transactionHash }, i): GameStep => {
    const before = moves[i - 1]?.args.position;
    return {
      by: before === undefined ? "challenger" : sideToMove(before),
      position,
      points,
      deadline,
      transactionHash,
    };
  });
  const last = ends.at(-1);
  if (last === undefined) return { ...game, steps, end: undefined, endHash: undefined };
  const { winner, takenWei, outcome } = last.args;
  const end = { outcome: OUTCOMES[outcome] ?? "None", winner, takenWei };
  return { ...game, steps, end, endHash: last.transactionHash };
}

/** Moves, ends and games taken up are INarrowingGame's events, the same in both contracts. */
function eventsOf(chain: Chain, kind: GameKind) {
  const address = chain.deployment.contracts[GAME_CONTRACTS[kind]];
  return { address, abi: ABIS.aggregateGame, strict: true } as const;
}
