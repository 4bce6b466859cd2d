/**
 * A node's games of one kind in one task, each played to its end: what they are about is {@link GamePlay}'s.
 *
 * It remembers nothing that matters: games and their positions are on chain, runs are computed again. So it goes on after a
 * restart, and after a reorganisation, with whatever the chain shows then.
 */
import { type GameKind, type GameState, type Moves, type Side, sideToMove, stageOf } from "../audit/dispute/game.ts";
import { gameName } from "../audit/dispute/gameName.ts";
import type { Standing } from "../audit/dispute/outline.ts";
import { gameLimits, type OpenedGame } from "../chain/disputes.ts";
import type { GameEnd, GameHistory, GameStep } from "../chain/gameHistory.ts";
import { isTagged } from "../protocol/errors.ts";
import { endAbandoned } from "./abandonedGames.ts";
import { atOnce } from "./atOnce.ts";
import { withdrawBonds } from "./bond.ts";
import { accusedOf, type Call, sendMove } from "./disputeMove.ts";
import { GameBook, type OnlyGame, type OwnGame, type TakenBack } from "./gameBook.ts";
import type { Job } from "./job.ts";
import type { RoundContext } from "./roundContext.ts";
import type { LateGame } from "./volunteer.ts";

/** What one kind of game has of its own. What it throws where a game is concerned costs the others nothing. */
export interface GamePlay<K extends GameKind> {
  readonly kind: K;
  /** Whether there can be such games in the task. */
  isIn(job: Job): boolean;
  /** Whether this node moves for that side. */
  movesFor(side: Side): boolean;
  /** @returns undefined where it can't move now */
  nextMove(context: RoundContext, game: GameState<K>, side: Side): Promise<Moves[K] | undefined>;
  /** Where the game stands, as this node's own run sees it. */
  standingOf(context: RoundContext, game: GameState<K>, side: Side): Promise<Standing>;
  /** Whether something else has decided what the game is about. */
  isMoot(context: RoundContext, game: OpenedGame<K>, book: GameBook<K>): Promise<boolean>;
  /** Plays on in a game of its own where this node is back late. Called while that is possible. */
  takeUp(context: RoundContext, late: LateGame<K>, book: GameBook<K>): Promise<void>;
  /** What is due beside this node's own games. */
  attendOthers(context: RoundContext, book: GameBook<K>, nowSeconds: number): Promise<void>;
  /** Opens a game where something false stands. Asked only in `Challenge`, and again and again. */
  challenge(context: RoundContext, book: GameBook<K>, nowSeconds: number): Promise<void>;
  /** Looks again at what a reorganisation took back. */
  goBack(takenBack: TakenBack<K>, nowSeconds: number): void;
  /** A game of this node's is over. */
  finish(context: RoundContext, own: OwnGame<K>, end: GameEnd): void;
}

/** A game as the chain shows it now. */
interface Turn<K extends GameKind> {
  readonly game: OpenedGame<K>;
  /** This node's. */
  readonly side: Side;
  readonly last: GameStep;
  readonly nowSeconds: number;
}

/** Between two looks where nothing is going on: clocks are of minutes at least. Unit: seconds. */
const IDLE_LOOK_SECONDS = 4;
/** Waits after a move that fails. Unit: milliseconds. */
const RETRY_MS = { first: 500, most: 30_000 } as const;

/** Games that are moved in at once. Geth keeps 16 waiting transactions of an account for sure (txpool.accountslots). */
const MOVES_AT_ONCE = 16;

/** A game as it was read. */
interface ReadGame<K extends GameKind> {
  readonly own: OwnGame<K>;
  readonly history: GameHistory<K>;
}

/** A class for the games. */
export class GameDesk<K extends GameKind> {
  readonly #play: GamePlay<K>;
  readonly #only: OnlyGame | undefined;
  readonly #book: GameBook<K>;
  /** Unit: unix seconds, of the chain's clock. */
  #lookedAt = 0;

  /** @param only the one game to play; then nothing is challenged, nor taken up. @default all of this account's */
  constructor(play: GamePlay<K>, only?: OnlyGame | undefined) {
    this.#play = play;
    this.#only = only;
    this.#book = new GameBook(play.kind, only);
  }

  /** Whether a game of this node is open: leaving it would be losing it. */
  get isBusy(): boolean {
    return this.#book.open.length > 0;
  }

  /** Does what is due now. @throws {TaggedError} what may pass: it is tried again at the next look */
  async attend(context: RoundContext, nowSeconds: number): Promise<void> {
    const { job, round } = context;
    const play = this.#play;
    if (!play.isIn(job)) return;
    const isChallenge = round.phase === "Challenge";
    if (!isChallenge && !this.isBusy && nowSeconds < this.#lookedAt + IDLE_LOOK_SECONDS) return;
    play.goBack(await this.#book.look(context), nowSeconds);
    this.#lookedAt = nowSeconds;
    await this.#playAll(context, nowSeconds);
    if (this.#only !== undefined) return;
    await play.attendOthers(context, this.#book, nowSeconds);
    await endAbandoned(context, { play, book: this.#book, nowSeconds });
    if (isChallenge && nowSeconds < round.deadline) await play.challenge(context, this.#book, nowSeconds);
  }

  /** In many games at once, the most urgent first: a flood of them must not outlast a clock. */
  async #playAll(context: RoundContext, nowSeconds: number): Promise<void> {
    const nowMs = performance.now();
    const due = this.#book.open.filter(({ notBeforeMs }) => nowMs >= notBeforeMs);
    const games = due.map((own): ReadGame<K> => ({ own, history: this.#book.historyOf(own.game.gameId)! }));
    games.sort((a, b) => deadlineOf(a) - deadlineOf(b));
    await atOnce(games, MOVES_AT_ONCE, (game) =>
      this.#orReport(context, game.own, async () => {
        await this.#playOne(context, game, nowSeconds);
        game.own.failures = 0;
      }),
    );
  }

  /** What fails in one game must not cost the others their time, nor the node its other duties. */
  async #orReport(context: RoundContext, own: OwnGame<K>, work: () => Promise<void>): Promise<void> {
    try {
      await work();
    } catch (error) {
      if (!isTagged(error) || context.signal.aborted) throw error;
      own.notBeforeMs = performance.now() + Math.min(RETRY_MS.most, RETRY_MS.first * 2 ** own.failures++);
      const message = `dispute ${gameName(own.game)}: ${error.message}`;
      context.emit({ event: "error", code: error.code, message });
    }
  }

  async #playOne(context: RoundContext, { own, history }: ReadGame<K>, nowSeconds: number): Promise<void> {
    const play = this.#play;
    const { game, side } = own;
    const { gameId, claim } = game;
    const last = history.steps.at(-1);
    if (history.end !== undefined) return this.#finish(context, own, history);
    if (last === undefined) return; // the chain is in between
    const { position, points } = last;
    const turn: Turn<K> = { game, side, last, nowSeconds };
    const mayMove = play.movesFor(side);
    if (mayMove) await this.#tell(context, own, history);
    if (await play.isMoot(context, game, this.#book)) {
      await this.#send(context, { name: "close", args: [gameId] });
    } else if (nowSeconds >= last.deadline) {
      await this.#endLate(context, turn);
    } else if (sideToMove(position) === side && mayMove && !(await this.#isSpare(context, turn))) {
      const move = await play.nextMove(context, { gameId, claim, position, points }, side);
      if (move !== undefined) await this.#send(context, move);
    }
  }

  async #send(context: RoundContext, call: Call<K>): Promise<void> {
    await sendMove(context, this.#play.kind, call);
  }

  /**
   * Whether it stands in for a claimant for whom somebody else did before: one of them has to win, so it spends nothing as long
   * as half of its time is left.
   */
  async #isSpare(context: RoundContext, { game, last, nowSeconds }: Turn<K>): Promise<boolean> {
    const { gameId, parentId } = game;
    const isFirst = !this.#book.going.some((other) => other.parentId === parentId && other.gameId < gameId);
    if (parentId === undefined || stageOf(last.position) !== "Answer" || isFirst) return false;
    const { clockSeconds } = await gameLimits(context.chain, this.#play.kind, context);
    return nowSeconds < last.deadline - clockSeconds / 2;
  }

  /** Where the claimant is late there is a while to stand in for it, itself too if it is back, and until those games end. */
  async #endLate(context: RoundContext, turn: Turn<K>): Promise<void> {
    const { game, side, last, nowSeconds } = turn;
    const { kind } = this.#play;
    const { gameId, parentId } = game;
    const { extensionSeconds } = await gameLimits(context.chain, kind, context);
    const lateSeconds = nowSeconds - last.deadline;
    const mover = sideToMove(last.position);
    const isClaimants = mover === "defender" && parentId === undefined;
    if (isClaimants && lateSeconds < extensionSeconds) {
      const isBack = side === "defender" && this.#only === undefined;
      return isBack ? this.#play.takeUp(context, turn, this.#book) : undefined;
    }
    if (mover === side && lateSeconds < 2 * extensionSeconds) return; // it leaves it to the other side to say so
    if (isClaimants && this.#book.isTakenUp(gameId)) return;
    await this.#send(context, { name: "timeout", args: [gameId, last.position] });
  }

  /** Tells of every move that was not told of yet. */
  async #tell(context: RoundContext, own: OwnGame<K>, { steps }: GameHistory<K>): Promise<void> {
    const { game, side } = own;
    const { gameId, claim } = game;
    const where = { task: `${claim.taskId}`, round: claim.round, game: `${gameId}`, ...accusedOf(game) };
    for (; own.told < steps.length; own.told++) {
      const { by, position, points } = steps[own.told]!;
      const place = await this.#play.standingOf(context, { gameId, claim, position, points }, side);
      context.emit({ event: "disputeMoved", ...where, side, by, move: own.told, ...place });
    }
  }

  async #finish(context: RoundContext, own: OwnGame<K>, { end, endHash, steps }: GameHistory<K>): Promise<void> {
    const { chain, signal, emit } = context;
    const { kind, gameId, claim, challenger, parentId } = own.game;
    own.toldEnd = endHash;
    const { outcome, winner, takenWei } = end!;
    const where = { task: `${claim.taskId}`, round: claim.round, game: `${gameId}`, ...accusedOf(own.game) };
    const place = parentId === undefined ? {} : { inPlaceOf: `${parentId}` };
    const sides = { challenger, side: own.side, ...place };
    const result = { outcome, winner, takenWei: `${takenWei}`, moves: steps.length };
    emit({ event: "disputeEnded", ...where, ...sides, ...result });
    this.#play.finish(context, own, end!);
    await withdrawBonds(chain, kind, { signal }); // fetched at the next game's end where it fails
  }
}

function deadlineOf<K extends GameKind>({ history }: ReadGame<K>): number {
  return history.steps.at(-1)?.deadline ?? 0;
}
