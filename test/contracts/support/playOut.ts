/** A game of either kind on the real contracts, from its opening's receipt to its end. Asserts nothing. */
import { parseEventLogs } from "viem";
import {
  type GameKind,
  type GameState,
  type Moves,
  OUTCOMES,
  type Side,
  sideToMove,
} from "../../../trainer/src/audit/dispute/game.ts";
import { ABIS } from "../../../trainer/src/protocol/generated/abi.ts";
import type { Cairn, Signer, Untyped } from "./cairn.ts";

export interface Playing<K extends GameKind> {
  readonly cairn: Cairn;
  readonly contract: Untyped;
  readonly signers: Readonly<Record<Side, Signer>>;
  /** Until anybody may end a game whose side to move is late. Unit: seconds after its deadline. */
  readonly graceSeconds: number;
  /** @returns undefined where the side says no more. */
  readonly decide: (side: Side, game: GameState<K>) => Promise<Moves[K] | undefined>;
  /** What a third one does about a side that said no more. @returns its receipt; undefined: the game is ended by the clock */
  readonly standIn?: (side: Side, game: GameState<K>) => Promise<Untyped | undefined>;
  readonly onMove: (side: Side, move: Moves[K], game: GameState<K>, gasUsed: number) => void;
}

export interface PlayedOut {
  readonly gameId: bigint;
  readonly outcome: string;
  readonly winner: string;
}

/** @param opening receipt of the transaction that opened the game. */
export async function playOut<K extends GameKind>(opening: Untyped, playing: Playing<K>): Promise<PlayedOut> {
  const { cairn, contract, signers, graceSeconds, decide, onMove } = playing;
  let state = follow<K>(opening.logs);
  while (state.end === undefined) {
    const game = state.game!;
    const side = sideToMove(game.position);
    const move = await decide(side, game);
    let receipt = move === undefined ? undefined : await send(contract, signers[side], move);
    if (receipt !== undefined) {
      onMove(side, move!, game, Number(receipt.gasUsed));
    } else {
      await waitUntil(cairn, (await contract.gameOf(game.gameId)).deadline);
      receipt = await playing.standIn?.(side, game);
    }
    if (receipt === undefined) {
      await cairn.networkHelpers.time.increase(graceSeconds);
      receipt = await (await contract.timeout(game.gameId, game.position)).wait();
    }
    state = follow(receipt.logs, game);
  }
  return { gameId: state.game!.gameId, ...state.end };
}

async function waitUntil({ networkHelpers: { time } }: Cairn, deadline: bigint): Promise<void> {
  if (BigInt(await time.latest()) < deadline) await time.increaseTo(deadline);
}

/** @returns undefined where the contract refuses: who sends what is refused has not moved. */
async function send(contract: Untyped, sender: Signer, { name, args }: Moves[GameKind]): Promise<Untyped> {
  try {
    return await (await contract.connect(sender)[name](...args)).wait();
  } catch (error) {
    if (!/revert/i.test(String(error))) throw error;
    return undefined;
  }
}

interface Followed<K extends GameKind> {
  readonly game: GameState<K> | undefined;
  readonly end: Omit<PlayedOut, "gameId"> | undefined;
}

/** What the events of a transaction say of the game. */
function follow<K extends GameKind>(logs: Untyped, before?: GameState<K>): Followed<K> {
  let game = before;
  let end: Followed<K>["end"];
  const bare = logs.map(({ address, topics, data }: Untyped) => ({ address, topics, data }));
  const abi = [...ABIS.disputeGame, ...ABIS.aggregateGame];
  for (const log of parseEventLogs({ abi, logs: bare })) {
    if (log.eventName === "GameOpened" || log.eventName === "AggregateGameOpened") {
      const { gameId, claim } = log.args;
      game = { gameId, claim: claim as GameState<K>["claim"], position: undefined as never, points: [] };
    } else if (log.eventName === "GameMoved") {
      const { position, points } = log.args;
      game = { ...game!, position, points };
    } else if (log.eventName === "GameEnded") {
      end = { outcome: OUTCOMES[log.args.outcome]!, winner: log.args.winner };
    }
  }
  return { game, end };
}
