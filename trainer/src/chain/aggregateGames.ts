/** Games about aggregates as the contract's events tell them. */
import type { Address, Hex } from "viem";
import { OUTCOMES, type Outcome, type Position, type Side, sideToMove } from "../audit/dispute/game.ts";
import type { MeanClaim } from "../audit/dispute/mean/meanPlayer.ts";
import { ABIS } from "../protocol/generated/abi.ts";
import type { CallOptions, Chain } from "./connection.ts";
import { logsSince } from "./task.ts";

export interface OpenedMeanGame {
  readonly gameId: bigint;
  readonly challenger: Address;
  /** The proposer, or who stands in for it. */
  readonly defender: Address;
  /** The game whose defender this one's stands in for. */
  readonly parentId: bigint | undefined;
  readonly claim: MeanClaim;
  readonly blockNumber: bigint;
}

export interface MeanStep {
  /** Who moved; the challenger opens. */
  readonly by: Side;
  readonly position: Position;
  readonly points: readonly Hex[];
  /** When the side to move loses. Unit: unix seconds. */
  readonly deadline: number;
}

export interface MeanHistory {
  /** In the chain's order; the first is the opening. */
  readonly steps: readonly MeanStep[];
  /** `takenWei` of the proposer's stake. Unit: wei of CAIRN. */
  readonly end: { readonly outcome: Outcome; readonly winner: Address; readonly takenWei: bigint } | undefined;
}

export interface MeanGameQuery {
  readonly taskId: bigint;
  readonly fromBlock: bigint;
}

/** @returns the task's games opened since, in the chain's order. @throws {ChainError} */
export async function openedMeanGames(
  chain: Chain,
  { taskId, fromBlock }: MeanGameQuery,
  options: CallOptions,
): Promise<OpenedMeanGame[]> {
  const events = { ...eventsOf(chain), args: { taskId } };
  const read = (from: bigint, to: bigint) =>
    chain.client.getContractEvents({ ...events, eventName: "AggregateGameOpened", fromBlock: from, toBlock: to });
  const logs = await logsSince(chain, { doing: "AggregateGameOpened logs", fromBlock, read }, options);
  if (logs.length === 0) return [];
  const readTaken = (from: bigint, to: bigint) =>
    chain.client.getContractEvents({ ...eventsOf(chain), eventName: "GameTakenUp", fromBlock: from, toBlock: to });
  const takenUp = await logsSince(chain, { doing: "GameTakenUp logs", fromBlock, read: readTaken }, options);
  const places = new Map(takenUp.map(({ args }) => [args.gameId, args]));
  return logs.map(({ args: { gameId, challenger, claim }, blockNumber }) => {
    const place = places.get(gameId);
    const defender = place?.defender ?? claim.proposer;
    return { gameId, challenger, defender, parentId: place?.parentId, claim, blockNumber };
  });
}

/** @returns the game's moves so far, and its end where it has one. @throws {ChainError} */
export async function meanHistory(
  chain: Chain,
  { gameId, blockNumber: fromBlock }: OpenedMeanGame,
  options: CallOptions,
): Promise<MeanHistory> {
  const events = { ...eventsOf(chain), args: { gameId } };
  const readMoves = (from: bigint, to: bigint) =>
    chain.client.getContractEvents({ ...events, eventName: "GameMoved", fromBlock: from, toBlock: to });
  const readEnds = (from: bigint, to: bigint) =>
    chain.client.getContractEvents({ ...events, eventName: "GameEnded", fromBlock: from, toBlock: to });
  const moves = await logsSince(chain, { doing: "GameMoved logs", fromBlock, read: readMoves }, options);
  const ends = await logsSince(chain, { doing: "GameEnded logs", fromBlock, read: readEnds }, options);
  const steps = moves.map(({ args: { position, points, deadline } }, i): MeanStep => {
    const before = moves[i - 1]?.args.position;
    return { by: before === undefined ? "challenger" : sideToMove(before), position, points, deadline };
  });
  const last = ends.at(-1)?.args;
  if (last === undefined) return { steps, end: undefined };
  const { winner, takenWei, outcome } = last;
  return { steps, end: { outcome: OUTCOMES[outcome] ?? "None", winner, takenWei } };
}

/** @returns what the round's committees accepted, each as it was tallied. @throws {ChainError} */
export async function talliedBitmaps(
  chain: Chain,
  { taskId, round, fromBlock }: MeanGameQuery & { readonly round: number },
  options: CallOptions,
): Promise<bigint[]> {
  const address = chain.deployment.contracts.flContract;
  const events = { address, abi: ABIS.flContract, strict: true, args: { taskId, round } } as const;
  const read = (from: bigint, to: bigint) =>
    chain.client.getContractEvents({ ...events, eventName: "VerdictsTallied", fromBlock: from, toBlock: to });
  const logs = await logsSince(chain, { doing: "VerdictsTallied logs", fromBlock, read }, options);
  return logs.map(({ args }) => args.acceptedBitmap);
}

function eventsOf(chain: Chain) {
  return { address: chain.deployment.contracts.aggregateGame, abi: ABIS.aggregateGame, strict: true } as const;
}
