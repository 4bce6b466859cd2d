/**
 * Stands in for trainers that are away: where a challenged trainer lets its time run out and this node's own run gives the
 * update's very bytes, it takes the game up, with a bond of its own. So does a trainer that comes back late.
 *
 * The run is there before the time is out, for what is left then is short. What it takes up is a game like any other of this
 * node's; the desk plays it.
 */
import { type Claim, sideToMove } from "../audit/dispute/game.ts";
import { type GameStep, gameHistory, type OpenedGame } from "../chain/disputes.ts";
import { encodeParameters } from "../engine/checkpoint.ts";
import { tracedSteps } from "../learning/trace.ts";
import { computeContentRef, sha256Hex } from "../network/contentDigest.ts";
import { isTagged } from "../protocol/errors.ts";
import { leafHash, merkleRoot } from "../protocol/merkle.ts";
import { allowBond } from "./bond.ts";
import { plantSaltOf, sendMove } from "./disputeMove.ts";
import type { GameBook, OwnGame } from "./gameBook.ts";
import type { Misbehaviour } from "./misbehaviour.ts";
import type { Role } from "./nodeEvent.ts";
import { actor, type RoundContext } from "./roundContext.ts";
import { runKey, type TrainersRuns } from "./trainersRuns.ts";

/** Games of others that a node has taken up at once, a bond each. */
export const DEFAULT_VOLUNTEER_GAMES = 4;

export interface VolunteerOptions {
  readonly roles: readonly Role[];
  readonly misbehave: Misbehaviour | undefined;
  /** Games of others that it has taken up at once, a bond each. 0: none. */
  readonly volunteerGames: number;
}

/** A game whose defender is to move. */
interface Watched {
  readonly deadline: number;
  /** When half of the time that was left at first sight is gone: whoever is there has moved by then. Unit: unix seconds. */
  readonly halfTime: number;
  lookedAt: number;
  /** That the bond is short was said; it may come back from other games meanwhile. */
  isShort: boolean;
}

/** Between two looks at a game whose defender has time. Unit: seconds. */
const LOOK_SECONDS = 2;

/** A class for the games that it watches. */
export class Volunteer {
  readonly #options: VolunteerOptions;
  readonly #runs: TrainersRuns;
  readonly #watched = new Map<bigint, Watched>();
  /** Whether the own run gives what is claimed. */
  readonly #truths = new Map<string, boolean>();
  /** By game, until the chain shows it. Unit: unix seconds. */
  readonly #takenAt = new Map<bigint, number>();
  #lastTurn: Promise<void> = Promise.resolve();

  constructor(options: VolunteerOptions, runs: TrainersRuns) {
    this.#options = options;
    this.#runs = runs;
  }

  /** Takes up what is due, and gets ready for what will be. */
  async attend(context: RoundContext, book: GameBook<"update">, nowSeconds: number): Promise<void> {
    const games = this.#candidates(context, book);
    for (const gameId of this.#watched.keys()) {
      if (!games.some((game) => game.gameId === gameId)) this.#watched.delete(gameId);
    }
    for (const game of games) {
      try {
        await this.#consider(context, { game, book, nowSeconds });
      } catch (error) {
        if (!isTagged(error) || context.signal.aborted) throw error;
        const seen = this.#watched.get(game.gameId);
        const isShort = error.code === "NODE_BOND_SHORT";
        if (isShort && seen?.isShort === true) continue;
        if (seen !== undefined) seen.isShort ||= isShort;
        const message = `taking up dispute ${game.gameId}: ${error.message}`;
        context.emit({ event: "error", code: error.code, message });
      }
    }
  }

  /** @returns which runs it may need soon. */
  runsNeeded(book: GameBook<"update">, nowSeconds: number): string[] {
    return book.going.flatMap(({ gameId, claim }) => {
      const seen = this.#watched.get(gameId);
      const isDue = seen !== undefined && nowSeconds >= seen.halfTime && this.#truths.get(nameOf(claim)) !== false;
      return isDue ? [runKey(claim.round, claim.trainer)] : [];
    });
  }

  /** Others' games that it may have to take up. Its own are the desk's. */
  #candidates(context: RoundContext, book: GameBook<"update">): OpenedGame<"update">[] {
    const { roles, volunteerGames } = this.#options;
    const self = actor(context);
    if (!roles.includes("auditor") || volunteerGames === 0) return [];
    const others = book.going.filter(
      ({ parentId, challenger, claim }) => parentId === undefined && challenger !== self && claim.trainer !== self,
    );
    // In an order of this node's own: so that many nodes spread over many games.
    return others
      .map((game) => ({ game, rank: sha256Hex(Buffer.from(`${self}/${game.gameId}`)) }))
      .sort((a, b) => (a.rank < b.rank ? -1 : 1))
      .map(({ game }) => game);
  }

  async #consider(context: RoundContext, { game, book, nowSeconds }: Consideration): Promise<void> {
    const { chain, signal } = context;
    const { gameId } = game;
    const before = this.#watched.get(gameId);
    const isQuiet = before !== undefined && nowSeconds < before.deadline && nowSeconds < before.lookedAt + LOOK_SECONDS;
    if (isQuiet) return;
    const last = (await gameHistory(chain, game, { signal })).steps.at(-1);
    if (last === undefined || sideToMove(last.position) !== "defender") return void this.#watched.delete(gameId);
    const { deadline } = last;
    const halfTime = nowSeconds + (deadline - nowSeconds) / 2;
    const seen = before?.deadline === deadline ? before : { deadline, halfTime, lookedAt: 0, isShort: false };
    seen.lookedAt = nowSeconds;
    this.#watched.set(gameId, seen);
    if (nowSeconds >= seen.halfTime) await this.takeUp(context, book, { game, last, nowSeconds });
  }

  /** Takes a game up whose defender is late, if it can be won and was not yet taken up by this node; gets ready before. */
  takeUp(context: RoundContext, book: GameBook<"update">, late: LateGame): Promise<void> {
    const turn = this.#lastTurn.then(() => this.#takeUp(context, book, late)); // each spends one bond's allowance
    this.#lastTurn = turn.catch(() => {});
    return turn;
  }

  async #takeUp(context: RoundContext, book: GameBook<"update">, { game, last, nowSeconds }: LateGame): Promise<void> {
    const { chain, job, signal, emit } = context;
    const { gameId, claim, challenger } = game;
    const isTaken = book.own.some(
      ({ game: { parentId, defender } }) => parentId === gameId && defender === actor(context),
    );
    const isOnItsWay = nowSeconds < (this.#takenAt.get(gameId) ?? 0) + SHOWN_SECONDS;
    if (this.#options.misbehave !== undefined || isTaken || isOnItsWay) return;
    if (claim.trainer !== actor(context) && this.#isLaden(context, book, nowSeconds)) return;
    const { extensionSeconds } = await chain.read("disputeGame", "limits", [], { signal });
    if (nowSeconds >= last.deadline + extensionSeconds || !(await this.#isTrue(context, claim))) return;
    await allowBond(chain, "update", { signal });
    if (nowSeconds < last.deadline) return; // ready
    const call = { name: "takeUp", args: [gameId, claim, job.dispute!.terms, last.position] } as const;
    if (!(await sendMove(context, "update", call))) return;
    this.#takenAt.set(gameId, nowSeconds);
    const where = { task: `${claim.taskId}`, round: claim.round, game: `${gameId}` };
    emit({ event: "disputeTakenUp", ...where, about: "update", trainer: claim.trainer, challenger });
  }

  /** Whether as many bonds are out for others as may be. For its own update a node has no limit but what it holds. */
  #isLaden(context: RoundContext, book: GameBook<"update">, nowSeconds: number): boolean {
    const self = actor(context);
    const isOut = ({ game }: OwnGame<"update">): boolean =>
      game.parentId !== undefined && game.defender === self && game.claim.trainer !== self;
    const shown = new Set(book.own.map(({ game }) => game.parentId));
    const unseen = [...this.#takenAt].filter(([id, at]) => !shown.has(id) && nowSeconds < at + SHOWN_SECONDS);
    return book.open.filter(isOut).length + unseen.length >= this.#options.volunteerGames;
  }

  /** Whether this node's run ends in the update's very bytes, over the very trace: then it knows every answer. */
  async #isTrue(context: RoundContext, claim: Claim): Promise<boolean> {
    const name = nameOf(claim);
    const known = this.#truths.get(name);
    if (known !== undefined) return known;
    const { localSteps, traceStride } = context.job.plan;
    const run = await this.#runs.of(context, claim);
    const { digest } = await computeContentRef(encodeParameters(run.state(localSteps).parameters));
    const leaves = tracedSteps(localSteps, traceStride).map((step) => leafHash(run.stateRoot(step)));
    const isTraced = merkleRoot(leaves) === claim.traceRoot || (await plantSaltOf(context, { claim })) !== undefined;
    const isTrue = digest === claim.updateDigest && isTraced;
    this.#truths.set(name, isTrue);
    return isTrue;
  }
}

/** A game whose defender is late, or will be. */
export interface LateGame {
  readonly game: OpenedGame<"update">;
  readonly last: GameStep;
  readonly nowSeconds: number;
}

interface Consideration {
  readonly game: OpenedGame<"update">;
  readonly book: GameBook<"update">;
  readonly nowSeconds: number;
}

/** An RPC may show a game that was taken up so much later. Unit: seconds. */
const SHOWN_SECONDS = 60;

function nameOf({ round, trainer, updateDigest, traceRoot }: Claim): string {
  return `${runKey(round, trainer)}/${updateDigest}/${traceRoot}`;
}
