/** Dispute games of both kinds as their contracts' events tell them: which there are. How they went is `gameHistory.ts`'s. */
import type { Address, Hex } from "viem";
import { type Claims, GAME_CONTRACTS, type GameKind } from "../audit/dispute/game.ts";
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

export interface GameQuery {
  /** @default all games */
  readonly gameId?: bigint | undefined;
  /** @default all tasks */
  readonly taskId?: bigint | undefined;
  readonly fromBlock: bigint;
}

/** @returns the games of a kind opened since, in the chain's order. @throws {ChainError} */
export async function openedGames<K extends GameKind>(
  chain: Chain,
  kind: K,
  { gameId, taskId, fromBlock }: GameQuery,
  options: CallOptions,
): Promise<OpenedGame<K>[]> {
  const read = (from: bigint, to: bigint) =>
    OPENINGS[kind](chain, { args: { gameId, taskId }, fromBlock: from, toBlock: to });
  const logs = await logsSince(chain, { doing: "logs of opened games", fromBlock, read }, options);
  const places = logs.length > 0 ? await placesOf(chain, kind, { gameId, fromBlock }, options) : NOBODY;
  return logs.map(({ args: { gameId: id, challenger, claim }, blockNumber }) => {
    const claimant = "trainer" in claim ? claim.trainer : claim.proposer;
    const place = places.get(id) ?? { defender: claimant, parentId: undefined };
    return { kind, gameId: id, challenger, claimant, ...place, claim, blockNumber };
  });
}

interface OpeningLog<K extends GameKind> {
  readonly args: { readonly gameId: bigint; readonly challenger: Address; readonly claim: Claims[K] };
  readonly blockNumber: bigint;
}

interface OpeningQuery {
  readonly args: { readonly gameId: bigint | undefined; readonly taskId: bigint | undefined };
  readonly fromBlock: bigint;
  readonly toBlock: bigint;
}

/** An opening tells its claim, so each contract has an event of its own for it. */
const OPENINGS: { readonly [K in GameKind]: (chain: Chain, query: OpeningQuery) => Promise<OpeningLog<K>[]> } = {
  update({ client, deployment: { contracts } }, query) {
    const event = { address: contracts.disputeGame, abi: ABIS.disputeGame, eventName: "GameOpened" } as const;
    return client.getContractEvents({ ...event, ...query, strict: true });
  },
  aggregate({ client, deployment: { contracts } }, query) {
    const event = {
      address: contracts.aggregateGame,
      abi: ABIS.aggregateGame,
      eventName: "AggregateGameOpened",
    } as const;
    return client.getContractEvents({ ...event, ...query, strict: true });
  },
};

/** Who defends, and which game it took up. */
type DefendersPlace = Pick<OpenedGame, "defender" | "parentId">;

const NOBODY: ReadonlyMap<bigint, DefendersPlace> = new Map();

/** @returns the games that are played in others' places. */
async function placesOf(
  chain: Chain,
  kind: GameKind,
  { gameId, fromBlock }: Pick<GameQuery, "gameId" | "fromBlock">,
  options: CallOptions,
): Promise<ReadonlyMap<bigint, DefendersPlace>> {
  const events = { ...gameEventsOf(chain, kind), args: { gameId } };
  const read = (from: bigint, to: bigint) =>
    chain.client.getContractEvents({ ...events, eventName: "GameTakenUp", fromBlock: from, toBlock: to });
  const logs = await logsSince(chain, { doing: "GameTakenUp logs", fromBlock, read }, options);
  return new Map(logs.map(({ args }) => [args.gameId, { defender: args.defender, parentId: args.parentId }]));
}

/** @returns the games that are or were played in this one's place. @throws {ChainError} */
export async function sistersOf(chain: Chain, { kind, gameId, blockNumber }: OpenedGame, options: CallOptions) {
  const events = { ...gameEventsOf(chain, kind), args: { parentId: gameId } };
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
    chain.client.getContractEvents({
      ...gameEventsOf(chain, kind),
      eventName: "GameEnded",
      fromBlock: from,
      toBlock: to,
    });
  const logs = await logsSince(chain, { doing: "GameEnded logs", fromBlock, read }, options);
  return new Map(logs.map(({ args, transactionHash }) => [args.gameId, transactionHash]));
}

/** @returns what the deployment fixes for all games of a kind. @throws {ChainError} */
export function gameLimits(chain: Chain, kind: GameKind, options: CallOptions) {
  return chain.read(GAME_CONTRACTS[kind], "limits", [], options);
}

/** Moves, ends and games taken up are INarrowingGame's events, the same in both contracts. */
export function gameEventsOf({ deployment }: Pick<Chain, "deployment">, kind: GameKind) {
  const address = deployment.contracts[GAME_CONTRACTS[kind]];
  return { address, abi: ABIS.aggregateGame, strict: true } as const;
}
