/**
 * A node's disputes in one task: it challenges accepted updates that its own run proves false, defends its own update and
 * those of trainers that are away, and plays each game to its end.
 *
 * It remembers nothing that matters: games and their positions are on chain, runs are computed again. So it goes on after a
 * restart, and after a reorganisation, with whatever the chain shows then.
 *
 * Longer than usual: one class for the games and the suspects, which end together.
 */
import { type GameState, type Move, type Side, sideToMove, stageOf } from "../audit/dispute/game.ts";
import { attack, defend } from "../audit/dispute/player.ts";
import { standing } from "../audit/dispute/standing.ts";
import { refusalOf } from "../chain/chainError.ts";
import { type GameHistory, type GameStep, gameHistory } from "../chain/disputes.ts";
import type { RevealedUpdate } from "../chain/task.ts";
import { computeRootBlock } from "../network/contentDigest.ts";
import { isTagged } from "../protocol/errors.ts";
import { endAbandoned } from "./abandonedGames.ts";
import { atOnce } from "./atOnce.ts";
import { withdrawBonds } from "./bond.ts";
import { challengeUpdate } from "./challenge.ts";
import { plantSaltOf, sendMove } from "./disputeMove.ts";
import { recordPathOf } from "./disputeRun.ts";
import { GameBook, type OnlyGame, type OwnGame, type TakenBack } from "./gameBook.ts";
import type { Misbehaviour } from "./misbehaviour.ts";
import type { Role } from "./nodeEvent.ts";
import { actor, type RoundContext } from "./roundContext.ts";
import { suspectUpdates } from "./suspects.ts";
import { runKey, TrainersRuns } from "./trainersRuns.ts";
import { DEFAULT_VOLUNTEER_GAMES, Volunteer } from "./volunteer.ts";

export interface DeskOptions {
  readonly roles: readonly Role[];
  readonly misbehave: Misbehaviour | undefined;
  /** @default all of this account's */
  readonly only?: OnlyGame | undefined;
  /** Games of absent trainers that an auditor takes up at once, a bond each. @default {@link DEFAULT_VOLUNTEER_GAMES} */
  readonly volunteerGames?: number | undefined;
}

export interface DisputeDesk {
  /**
   * Does what is due now.
   *
   * @returns whether the node has left its place, so that what was seen of it before is no longer so.
   * @throws {TaggedError} what may pass: it is tried again at the next look
   */
  attend(context: RoundContext, nowSeconds: number): Promise<boolean>;
  /** Whether a game of this node is open: leaving it would be losing it. */
  isBusy(): boolean;
  dispose(): void;
}

export function createDisputeDesk(options: DeskOptions): DisputeDesk {
  const desk = new Desk(options);
  return {
    attend: (context, nowSeconds) => desk.attend(context, nowSeconds),
    isBusy: () => desk.isBusy,
    dispose: () => desk.dispose(),
  };
}

interface Suspect {
  readonly update: RevealedUpdate;
  readonly tries: number;
  /** Unit: unix seconds. */
  readonly notBefore: number;
}

/** Between two looks where nothing is going on: clocks are of minutes at least. Unit: seconds. */
const IDLE_LOOK_SECONDS = 4;
/** A transaction that a reorganisation took back is mostly in again after so long. Unit: seconds. */
const AGAIN_SECONDS = 24;
/** Of disputing one update that fails for a reason that may pass. */
const MOST_TRIES = 4;
/** Waits after a move that fails. Unit: milliseconds. */
const RETRY_MS = { first: 500, most: 30_000 } as const;

/** Of games: that are read, and that are moved in. Geth keeps 16 waiting transactions of an account for sure (txpool.accountslots). */
const AT_ONCE = { reads: 8, moves: 16 } as const;

/** A game as it was read. */
interface ReadGame {
  readonly own: OwnGame;
  readonly history: GameHistory;
}

/** A class for the games, and the runs that it keeps open while they last. */
class Desk {
  readonly #options: DeskOptions;
  readonly #book: GameBook;
  readonly #runs: TrainersRuns;
  readonly #volunteer: Volunteer;
  /** Round and attempt whose accepted updates are looked at, and which are still to be. */
  #committee = "";
  #suspects: Suspect[] = [];
  /** What this node has challenged of that committee's. */
  readonly #challenged = new Map<string, RevealedUpdate>();
  /** Unit: unix seconds, of the chain's clock. */
  #lookedAt = 0;
  /** The game that proved this node's update false: it has to leave the task. */
  #lostBy: bigint | undefined;

  constructor(options: DeskOptions) {
    const { roles, misbehave, only, volunteerGames = DEFAULT_VOLUNTEER_GAMES } = options;
    this.#options = options;
    this.#book = new GameBook(only);
    this.#runs = new TrainersRuns(misbehave);
    this.#volunteer = new Volunteer({ roles, misbehave, volunteerGames }, this.#runs);
  }

  get isBusy(): boolean {
    return this.#book.open.length > 0;
  }

  dispose(): void {
    this.#runs.dispose();
  }

  async attend(context: RoundContext, nowSeconds: number): Promise<boolean> {
    const { job, round } = context;
    if (job.dispute === undefined) return false;
    if (this.#lostBy !== undefined && (await this.#leave(context))) return true;
    const isChallenge = round.phase === "Challenge";
    const isIdle = !isChallenge && !this.isBusy && nowSeconds < this.#lookedAt + IDLE_LOOK_SECONDS;
    if (isIdle) return false;
    this.#goBack(await this.#book.look(context), nowSeconds);
    this.#lookedAt = nowSeconds;
    await this.#playAll(context, nowSeconds);
    if (this.#options.only === undefined) {
      await this.#volunteer.attend(context, this.#book, nowSeconds);
      const own = new Set(this.#book.own.map(({ game }) => game.gameId));
      await endAbandoned(
        context,
        this.#book.going.filter(({ gameId }) => !own.has(gameId)),
        nowSeconds,
      );
    }
    const played = this.#book.open.map(({ game: { claim } }) => runKey(claim.round, claim.trainer));
    this.#runs.keepOnly(new Set([...played, ...this.#volunteer.runsNeeded(this.#book, nowSeconds)]));
    if (isChallenge && nowSeconds < round.deadline) await this.#challenge(context, nowSeconds);
    return false;
  }

  /** A reorganisation may take back a loss, which goes on then, and a challenge, which is made again. */
  #goBack({ openings, ends }: TakenBack, nowSeconds: number): void {
    if ([...openings, ...ends].some(({ game }) => game.gameId === this.#lostBy)) this.#lostBy = undefined;
    for (const { game, side } of openings) {
      const update = this.#challenged.get(runKey(game.claim.round, game.claim.trainer));
      const notBefore = nowSeconds + AGAIN_SECONDS;
      if (side === "challenger" && update !== undefined) this.#suspects.push({ update, tries: 0, notBefore });
    }
  }

  /** In many games at once, the most urgent first: a flood of them must not outlast a clock. */
  async #playAll(context: RoundContext, nowSeconds: number): Promise<void> {
    const nowMs = performance.now();
    const games: ReadGame[] = [];
    const due = this.#book.open.filter(({ notBeforeMs }) => nowMs >= notBeforeMs);
    await atOnce(due, AT_ONCE.reads, (own) =>
      this.#orReport(context, own, async () => {
        games.push({ own, history: await gameHistory(context.chain, own.game, context) });
      }),
    );
    games.sort((a, b) => deadlineOf(a) - deadlineOf(b));
    await atOnce(games, AT_ONCE.moves, (game) =>
      this.#orReport(context, game.own, async () => {
        await this.#play(context, game, nowSeconds);
        game.own.failures = 0;
      }),
    );
  }

  /** One update at a time, so that games get their moves in between. */
  async #challenge(context: RoundContext, nowSeconds: number): Promise<void> {
    const { roles, misbehave } = this.#options;
    if (!roles.includes("auditor") || misbehave !== undefined) return;
    const { chain, job, round, signal, emit } = context;
    if (round.reruns > 0) return; // what its committee accepted could be disputed before
    const committee = `${round.round}/${round.attempt}`;
    if (this.#committee !== committee) {
      const terms = await chain.read("disputeGame", "termsOf", [job.taskId], { signal });
      this.#suspects =
        BigInt(terms) === 0n
          ? []
          : (await suspectUpdates(context)).map((update) => ({ update, tries: 0, notBefore: 0 }));
      this.#committee = committee;
      this.#challenged.clear();
    }
    const suspect = this.#suspects.find(({ notBefore }) => nowSeconds >= notBefore);
    if (suspect === undefined) return;
    this.#suspects.splice(this.#suspects.indexOf(suspect), 1);
    const { update, tries } = suspect;
    const { trainer } = update;
    const own = this.#book.open.filter(({ side }) => side === "challenger");
    if (own.some(({ game }) => game.claim.round === round.round && game.claim.trainer === trainer)) return;
    try {
      const challenge = await challengeUpdate(context, update);
      if (challenge.kind !== "opened") return;
      const key = runKey(round.round, trainer);
      this.#challenged.set(key, update);
      this.#runs.keep(key, challenge.run);
    } catch (error) {
      if (!isTagged(error) || signal.aborted) throw error;
      emit({ event: "error", code: error.code, message: `disputing the update of ${trainer}: ${error.message}` });
      if (tries < MOST_TRIES) this.#suspects.push({ update, tries: tries + 1, notBefore: 0 });
    }
  }

  /** What fails in one game must not cost the others their time, nor the node its other duties. */
  async #orReport(context: RoundContext, own: OwnGame, work: () => Promise<void>): Promise<void> {
    try {
      await work();
    } catch (error) {
      if (!isTagged(error) || context.signal.aborted) throw error;
      own.notBeforeMs = performance.now() + Math.min(RETRY_MS.most, RETRY_MS.first * 2 ** own.failures++);
      context.emit({ event: "error", code: error.code, message: `dispute ${own.game.gameId}: ${error.message}` });
    }
  }

  async #play(context: RoundContext, { own, history }: ReadGame, nowSeconds: number): Promise<void> {
    const { chain, signal } = context;
    const { game, side } = own;
    const { gameId, claim, parentId } = game;
    const last = history.steps.at(-1);
    if (history.end !== undefined) return this.#finish(context, own, history);
    if (last === undefined) return; // the chain is in between
    const state: GameState = { gameId, claim, position: last.position, points: last.points };
    const mayMove = side === "challenger" || this.#options.misbehave !== "forge"; // nothing defends what was made up
    if (mayMove) await this.#tell(context, own, history);
    const isStruck = await chain.read("disputeGame", "isStruck", [claim.taskId, claim.round, claim.trainer], {
      signal,
    });
    const isMoot = isStruck || (parentId !== undefined && this.#book.isOver(parentId));
    if (isMoot) await sendMove(context, { name: "close", args: [gameId] });
    else if (nowSeconds >= last.deadline) await this.#endLate(context, { game, last, side }, nowSeconds);
    else if (sideToMove(last.position) === side && mayMove && !(await this.#isSpare(context, own, last, nowSeconds))) {
      await sendMove(context, await this.#nextMove(context, state, side));
    }
  }

  /**
   * Whether it stands in for a trainer for whom somebody else did before: one of them has to win, so it spends nothing as long
   * as half of its time is left.
   */
  async #isSpare({ chain, signal }: RoundContext, { game }: OwnGame, last: GameStep, nowSeconds: number) {
    const { gameId, parentId } = game;
    const isFirst = !this.#book.going.some((other) => other.parentId === parentId && other.gameId < gameId);
    if (parentId === undefined || stageOf(last.position) !== "Answer" || isFirst) return false;
    const { clockSeconds } = await chain.read("disputeGame", "limits", [], { signal });
    return nowSeconds < last.deadline - clockSeconds / 2;
  }

  /** Where the trainer is late there is a while to stand in for it, itself too if it is back, and until those games end. */
  async #endLate(context: RoundContext, late: LateGame, nowSeconds: number): Promise<void> {
    const { chain, signal } = context;
    const { game, last, side } = late;
    const { gameId, parentId } = game;
    const { extensionSeconds } = await chain.read("disputeGame", "limits", [], { signal });
    const lateSeconds = nowSeconds - last.deadline;
    const turn = sideToMove(last.position);
    const isTrainers = turn === "defender" && parentId === undefined;
    if (isTrainers && lateSeconds < extensionSeconds) {
      const isOwn = side === "defender" && this.#options.only === undefined;
      return isOwn ? this.#volunteer.takeUp(context, this.#book, { game, last, nowSeconds }) : undefined;
    }
    if (turn === side && lateSeconds < 2 * extensionSeconds) return; // it leaves it to the other side to say so
    if (isTrainers && (await chain.read("disputeGame", "gameOf", [gameId], { signal })).openSisters > 0n) return;
    await sendMove(context, { name: "timeout", args: [gameId, last.position] });
  }

  async #nextMove(context: RoundContext, state: GameState, side: Side): Promise<Move> {
    const { job } = context;
    const run = await this.#runs.of(context, state.claim);
    if (side === "challenger") return attack(run, state, recordPathOf(job.dataset));
    const plantSalt = await plantSaltOf(context, state);
    return defend(run, state, { traceStride: job.plan.traceStride, plantSalt, rootBlockOf: computeRootBlock });
  }

  /** Tells of every move that was not told of yet. */
  async #tell(context: RoundContext, own: OwnGame, { steps }: GameHistory): Promise<void> {
    const { gameId, claim } = own.game;
    const run = await this.#runs.of(context, claim);
    for (; own.told < steps.length; own.told++) {
      const { by, position, points } = steps[own.told]!;
      const place = standing(run, { gameId, claim, position, points });
      const where = { task: `${claim.taskId}`, round: claim.round, game: `${gameId}` };
      const { trainer } = claim;
      context.emit({ event: "disputeMoved", ...where, trainer, side: own.side, by, move: own.told, ...place });
    }
  }

  async #finish(context: RoundContext, own: OwnGame, { end, endHash, steps }: GameHistory): Promise<void> {
    const { chain, signal, emit } = context;
    const { gameId, claim, challenger, parentId } = own.game;
    own.toldEnd = endHash;
    const { taskId, round, trainer } = claim;
    const { outcome, winner, takenWei } = end!;
    const where = { task: `${taskId}`, round, game: `${gameId}`, trainer, challenger, side: own.side };
    const place = parentId === undefined ? {} : { inPlaceOf: `${parentId}` };
    emit({ event: "disputeEnded", ...where, ...place, outcome, winner, takenWei: `${takenWei}`, moves: steps.length });
    if (own.side === "defender" && takenWei > 0n && trainer === actor(context)) {
      const message = `round ${round} of task ${taskId}: this node's update was proven false; it leaves the task`;
      emit({ event: "warning", code: "NODE_DISPUTE_LOST", message });
      this.#lostBy = gameId;
    }
    await withdrawBonds(chain, { signal }); // fetched at the next game's end where it fails
  }

  /**
   * Who lost a dispute computes something else than the others do: every further round would cost it as much again. So it
   * commits to nothing more, and goes as soon as it may.
   *
   * @returns whether it must not do what the phase asks of it.
   */
  async #leave({ chain, job, round, signal }: RoundContext): Promise<boolean> {
    const isWaitedFor = round.phase === "Commit";
    const { taskId } = job;
    try {
      // While a round waits for it, it may only go as anybody whose stake no longer covers its place.
      if (isWaitedFor) await chain.send("flContract", "evict", [taskId, actor({ chain })], { signal });
      else await chain.send("flContract", "leave", [taskId], { signal });
      this.#lostBy = undefined;
      return true;
    } catch (error) {
      const refusal = refusalOf(error);
      if (refusal === undefined) throw error;
      if (refusal.errorName === "FLContractNotEnrolled") this.#lostBy = undefined; // somebody else saw to it
      return isWaitedFor && this.#lostBy !== undefined;
    }
  }
}

interface LateGame extends Pick<OwnGame, "game" | "side"> {
  readonly last: GameStep;
}

function deadlineOf({ history }: ReadGame): number {
  return history.steps.at(-1)?.deadline ?? 0;
}
