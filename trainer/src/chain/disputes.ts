/** Dispute games as the contract's events tell them. */
import type { Address, Hex } from "viem";
import { type Claim, OUTCOMES, type Outcome, type Position, type Side, sideToMove } from "../audit/dispute/game.ts";
import { ABIS } from "../protocol/generated/abi.ts";
import type { CallOptions, Chain } from "./connection.ts";
import { logsSince } from "./task.ts";

/** A game from its opening. */
export interface OpenedGame {
  readonly gameId: bigint;
  readonly challenger: Address;
  /** The trainer, or who stands in for it. */
  readonly defender: Address;
  /** The game whose late defender this one's stands in for. */
  readonly parentId: bigint | undefined;
  readonly claim: Claim;
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
  /** Of the trainer's stake. Unit: wei of CAIRN. */
  readonly takenWei: bigint;
}

/** A game and all that happened in it. */
export interface GameHistory extends OpenedGame {
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

/** @returns the games opened since, in the chain's order. @throws {ChainError} */
export async function openedGames(
  chain: Chain,
  { gameId, taskId, fromBlock }: GameQuery,
  options: CallOptions,
): Promise<OpenedGame[]> {
  const events = { ...eventsOf(chain), args: { gameId, taskId } };
  const read = (from: bigint, to: bigint) =>
    chain.client.getContractEvents({ ...events, eventName: "GameOpened", fromBlock: from, toBlock: to });
  const logs = await logsSince(chain, { doing: "GameOpened logs", fromBlock, read }, options);
  if (logs.length === 0) return [];
  const taken = { ...eventsOf(chain), args: { gameId } };
  const readTaken = (from: bigint, to: bigint) =>
    chain.client.getContractEvents({ ...taken, eventName: "GameTakenUp", fromBlock: from, toBlock: to });
  const takenUp = await logsSince(chain, { doing: "GameTakenUp logs", fromBlock, read: readTaken }, options);
  const places = new Map(takenUp.map(({ args }) => [args.gameId, args]));
  return logs.map(({ args, blockNumber }) => {
    const { gameId: id, challenger, claim } = args;
    const place = places.get(id);
    const defender = place?.defender ?? claim.trainer;
    return { gameId: id, challenger, defender, parentId: place?.parentId, claim, blockNumber };
  });
}

/** @returns the games that are or were played in this one's place. @throws {ChainError} */
export async function sistersOf(chain: Chain, { gameId, blockNumber }: OpenedGame, options: CallOptions) {
  const events = { ...eventsOf(chain), args: { parentId: gameId } };
  const read = (from: bigint, to: bigint) =>
    chain.client.getContractEvents({ ...events, eventName: "GameTakenUp", fromBlock: from, toBlock: to });
  const logs = await logsSince(chain, { doing: "GameTakenUp logs", fromBlock: blockNumber, read }, options);
  return logs.map(({ args: { gameId: game, defender } }) => ({ game, defender }));
}

/** @returns the transactions that ended games since, by game. @throws {ChainError} */
export async function endedGames(chain: Chain, fromBlock: bigint, options: CallOptions): Promise<Map<bigint, Hex>> {
  const read = (from: bigint, to: bigint) =>
    chain.client.getContractEvents({ ...eventsOf(chain), eventName: "GameEnded", fromBlock: from, toBlock: to });
  const logs = await logsSince(chain, { doing: "GameEnded logs", fromBlock, read }, options);
  return new Map(logs.map(({ args, transactionHash }) => [args.gameId, transactionHash]));
}

/** @returns the game's moves so far, and its end where it has one. @throws {ChainError} */
export async function gameHistory(chain: Chain, game: OpenedGame, options: CallOptions): Promise<GameHistory> {
  const { gameId, blockNumber: fromBlock } = game;
  const events = { ...eventsOf(chain), args: { gameId } };
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

function eventsOf(chain: Chain) {
  return { address: chain.deployment.contracts.disputeGame, abi: ABIS.disputeGame, strict: true } as const;
}
