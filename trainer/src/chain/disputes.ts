/** Dispute games as the contract's events tell them. */
import type { Address, Hex } from "viem";
import { type Claim, OUTCOMES, type Outcome, type Position } from "../audit/dispute/game.ts";
import { ABIS, type CallOptions, type Chain } from "./connection.ts";
import { logsSince } from "./task.ts";

/** A game from its opening. */
export interface OpenedGame {
  readonly gameId: bigint;
  readonly challenger: Address;
  readonly claim: Claim;
  readonly blockNumber: bigint;
}

/** One event of a game: a move, or its end. */
export interface GameStep {
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
  /** @default all tasks */
  readonly taskId?: bigint | undefined;
  readonly fromBlock: bigint;
}

/** @returns the games opened since, in the chain's order. @throws {ChainError} */
export async function openedGames(
  chain: Chain,
  { taskId, fromBlock }: GameQuery,
  options: CallOptions,
): Promise<OpenedGame[]> {
  const events = { ...eventsOf(chain), ...(taskId === undefined ? {} : { args: { taskId } }) };
  const read = (from: bigint, to: bigint) =>
    chain.client.getContractEvents({ ...events, eventName: "GameOpened", fromBlock: from, toBlock: to });
  const logs = await logsSince(chain, { doing: "GameOpened logs", fromBlock, read }, options);
  return logs.map(({ args: { gameId, challenger, claim }, blockNumber }) => {
    return { gameId, challenger, claim, blockNumber };
  });
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
  const steps = moves.map(({ args: { position, points, deadline }, transactionHash }) => {
    return { position, points, deadline, transactionHash };
  });
  const last = ends.at(-1);
  if (last === undefined) return { ...game, steps, end: undefined, endHash: undefined };
  const { winner, takenWei, outcome } = last.args;
  const end = { outcome: OUTCOMES[outcome] ?? "None", winner, takenWei };
  return { ...game, steps, end, endHash: last.transactionHash };
}

/** @returns a game by its number; undefined where none has it. @throws {ChainError} */
export async function findGame(chain: Chain, gameId: bigint, options: CallOptions): Promise<OpenedGame | undefined> {
  const fromBlock = BigInt(chain.deployment.deployedAtBlock);
  const read = (from: bigint, to: bigint) =>
    chain.client.getContractEvents({
      ...eventsOf(chain),
      args: { gameId },
      eventName: "GameOpened",
      fromBlock: from,
      toBlock: to,
    });
  const [log] = await logsSince(chain, { doing: "GameOpened logs", fromBlock, read }, options);
  if (log === undefined) return undefined;
  const { challenger, claim } = log.args;
  return { gameId, challenger, claim, blockNumber: log.blockNumber };
}

function eventsOf(chain: Chain) {
  return { address: chain.deployment.contracts.disputeGame, abi: ABIS.disputeGame, strict: true } as const;
}
