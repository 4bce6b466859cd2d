/**
 * Stands in for claimants that are away, or lose on purpose: where one lets its time run out and this node's own run gives the
 * very same, it takes the game up, with a bond of its own. So does a claimant that comes back late.
 *
 * What its own run gives is known before the time is out, for what is left then is short. What it takes up is a game like any
 * other of this node's; the desk plays it. What is claimed, and how one knows that it is true, is {@link Defence}'s.
 */
import { type Claims, type GameKind, sideToMove } from "../audit/dispute/game.ts";
import { gameName } from "../audit/dispute/gameName.ts";
import { gameLimits, type OpenedGame } from "../chain/disputes.ts";
import type { GameStep } from "../chain/gameHistory.ts";
import { sha256Hex } from "../network/contentDigest.ts";
import { isTagged } from "../protocol/errors.ts";
import { allowBond } from "./bond.ts";
import { accusedOf, sendMove } from "./disputeMove.ts";
import type { GameBook, OwnGame } from "./gameBook.ts";
import type { Job } from "./job.ts";
import type { Misbehaviour } from "./misbehaviour.ts";
import type { Role } from "./nodeEvent.ts";
import { actor, type RoundContext } from "./roundContext.ts";

/** Games of others that a node has taken up at once, a bond each, of either kind. */
export const DEFAULT_VOLUNTEER_GAMES = 4;

export interface VolunteerOptions {
  readonly roles: readonly Role[];
  readonly misbehave: Misbehaviour | undefined;
  /** Games of others that it has taken up at once, a bond each. 0: none. */
  readonly volunteerGames: number;
}

/** What one kind of game has of its own where somebody stands in for the claimant. */
export interface Defence<K extends GameKind> {
  readonly kind: K;
  /** @returns what tells claims apart: of two of one name both are true, or neither. */
  nameOf(claim: Claims[K]): string;
  /** Whether this node's own run gives what is claimed: then it knows every answer. Asked once for each claim. */
  isTrue(context: RoundContext, claim: Claims[K]): Promise<boolean>;
  /** @returns the terms that the contract wants to see. */
  termsOf(job: Job): unknown;
}

/** A game whose defender is late, or will be. */
export interface LateGame<K extends GameKind> {
  readonly game: OpenedGame<K>;
  readonly last: GameStep;
  readonly nowSeconds: number;
}

/** A game whose defender is to move. */
interface Watched {
  readonly deadline: number;
  /** When half of the time that was left at first sight is gone: whoever is there has moved by then. Unit: unix seconds. */
  readonly halfTime: number;
  /** The claim is true, and the bond allowed: nothing is left to do before the deadline. */
  isReady: boolean;
  /** That the bond is short was said; it may come back from other games meanwhile. */
  isShort: boolean;
}

/** A class for the games that it watches. */
export class Volunteer<K extends GameKind> {
  readonly #options: VolunteerOptions;
  readonly #defence: Defence<K>;
  readonly #watched = new Map<bigint, Watched>();
  /** By the claims' names. */
  readonly #truths = new Map<string, boolean>();
  /** By game, until the chain shows it. Unit: unix seconds. */
  readonly #takenAt = new Map<bigint, number>();
  #lastTurn: Promise<void> = Promise.resolve();

  constructor(options: VolunteerOptions, defence: Defence<K>) {
    this.#options = options;
    this.#defence = defence;
  }

  /** Takes up what is due, and gets ready for what will be. */
  async attend(context: RoundContext, book: GameBook<K>, nowSeconds: number): Promise<void> {
    const games = this.#candidates(context, book);
    const ids = new Set(games.map(({ gameId }) => gameId));
    for (const gameId of this.#watched.keys()) if (!ids.has(gameId)) this.#watched.delete(gameId);
    for (const game of games) {
      const seen = this.#watch(game, book, nowSeconds);
      if (seen === undefined || nowSeconds < (seen.isReady ? seen.deadline : seen.halfTime)) continue;
      try {
        const last = book.historyOf(game.gameId)!.steps.at(-1)!;
        await this.takeUp(context, { game, last, nowSeconds }, book);
      } catch (error) {
        if (!isTagged(error) || context.signal.aborted) throw error;
        const isShort = error.code === "NODE_BOND_SHORT";
        if (isShort && seen.isShort) continue;
        seen.isShort ||= isShort;
        const message = `taking up dispute ${gameName(game)}: ${error.message}`;
        context.emit({ event: "error", code: error.code, message });
      }
    }
  }

  /** @returns the claims whose runs it may need soon. */
  claimsNeeded(book: GameBook<K>, nowSeconds: number): Claims[K][] {
    return book.going.flatMap(({ gameId, claim }) => {
      const seen = this.#watched.get(gameId);
      const isDue = seen !== undefined && nowSeconds >= seen.halfTime;
      return isDue && this.#truths.get(this.#defence.nameOf(claim)) !== false ? [claim] : [];
    });
  }

  /** Others' games that it may have to take up. Its own are the desk's. */
  #candidates(context: RoundContext, book: GameBook<K>): OpenedGame<K>[] {
    const { roles, volunteerGames } = this.#options;
    const self = actor(context);
    if (!roles.includes("auditor") || volunteerGames === 0) return [];
    const others = book.going.filter(
      ({ parentId, challenger, claimant }) => parentId === undefined && challenger !== self && claimant !== self,
    );
    // In an order of this node's own: so that many nodes spread over many games.
    return others
      .map((game) => ({ game, rank: sha256Hex(Buffer.from(`${self}/${game.gameId}`)) }))
      .sort((a, b) => (a.rank < b.rank ? -1 : 1))
      .map(({ game }) => game);
  }

  /** @returns nothing where it is not the defender's turn. */
  #watch({ gameId }: OpenedGame<K>, book: GameBook<K>, nowSeconds: number): Watched | undefined {
    const last = book.historyOf(gameId)?.steps.at(-1);
    if (last === undefined || sideToMove(last.position) !== "defender") {
      this.#watched.delete(gameId);
      return undefined;
    }
    const before = this.#watched.get(gameId);
    const { deadline } = last;
    if (before?.deadline === deadline) return before;
    const halfTime = nowSeconds + (deadline - nowSeconds) / 2;
    const seen = { deadline, halfTime, isReady: false, isShort: false };
    this.#watched.set(gameId, seen);
    return seen;
  }

  /** Takes a game up whose defender is late, if it can be won and was not yet taken up by this node; gets ready before. */
  takeUp(context: RoundContext, late: LateGame<K>, book: GameBook<K>): Promise<void> {
    const turn = this.#lastTurn.then(() => this.#takeUp(context, late, book)); // each spends one bond's allowance
    this.#lastTurn = turn.catch(() => {});
    return turn;
  }

  async #takeUp(context: RoundContext, { game, last, nowSeconds }: LateGame<K>, book: GameBook<K>): Promise<void> {
    const { chain, job, signal, emit } = context;
    const { kind } = this.#defence;
    const { gameId, claim, claimant, challenger } = game;
    const self = actor(context);
    const isTaken = book.own.some(({ game: { parentId, defender } }) => parentId === gameId && defender === self);
    const isOnItsWay = nowSeconds < (this.#takenAt.get(gameId) ?? Number.NEGATIVE_INFINITY) + SHOWN_SECONDS;
    if (this.#options.misbehave !== undefined || isTaken || isOnItsWay) return;
    if (claimant !== self && this.#isLaden(self, book, nowSeconds)) return;
    const { extensionSeconds } = await gameLimits(chain, kind, { signal });
    if (nowSeconds >= last.deadline + extensionSeconds || !(await this.#isTrue(context, claim))) return;
    await allowBond(chain, kind, { signal });
    if (nowSeconds < last.deadline) {
      const seen = this.#watched.get(gameId);
      if (seen !== undefined) seen.isReady = true;
      return;
    }
    const args = [gameId, claim, this.#defence.termsOf(job), last.position] as const;
    if (!(await sendMove(context, kind, { name: "takeUp", args }))) return;
    this.#takenAt.set(gameId, nowSeconds);
    const where = { task: `${claim.taskId}`, round: claim.round, game: `${gameId}` };
    emit({ event: "disputeTakenUp", ...where, ...accusedOf(game), challenger });
  }

  /** Whether as many bonds are out for others as may be. For its own claim a node has no limit but what it holds. */
  #isLaden(self: string, book: GameBook<K>, nowSeconds: number): boolean {
    const isOut = ({ game }: OwnGame<K>): boolean =>
      game.parentId !== undefined && game.defender === self && game.claimant !== self;
    const shown = new Set(book.own.map(({ game }) => game.parentId));
    const unseen = [...this.#takenAt].filter(([id, at]) => !shown.has(id) && nowSeconds < at + SHOWN_SECONDS);
    return book.open.filter(isOut).length + unseen.length >= this.#options.volunteerGames;
  }

  async #isTrue(context: RoundContext, claim: Claims[K]): Promise<boolean> {
    const name = this.#defence.nameOf(claim);
    const isTrue = this.#truths.get(name) ?? (await this.#defence.isTrue(context, claim));
    this.#truths.set(name, isTrue);
    return isTrue;
  }
}

/** An RPC may show a game that was taken up so much later. Unit: seconds. */
const SHOWN_SECONDS = 60;
