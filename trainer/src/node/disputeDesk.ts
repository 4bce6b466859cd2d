/**
 * A node's disputes in one task: it challenges accepted updates that its own run proves false, defends its own update, and
 * plays each game to its end.
 *
 * It remembers nothing that matters: games and their positions are on chain, runs are computed again. So it goes on after a
 * restart, and after a reorganisation, with whatever the chain shows then.
 *
 * Longer than usual: one class for the games, the runs and the suspects, which end together.
 */
import type { DisputeRun } from "../audit/dispute/disputeRun.ts";
import { type GameState, type Move, type Side, sideToMove } from "../audit/dispute/game.ts";
import { attack, defend } from "../audit/dispute/player.ts";
import { standing } from "../audit/dispute/standing.ts";
import { refusalOf } from "../chain/chainError.ts";
import { type GameHistory, gameHistory, type OpenedGame, openedGames } from "../chain/disputes.ts";
import { type RevealedUpdate, readRound } from "../chain/task.ts";
import { computeRootBlock } from "../network/contentDigest.ts";
import { isTagged } from "../protocol/errors.ts";
import { withdrawBonds } from "./bond.ts";
import { challengeUpdate } from "./challenge.ts";
import { plantSaltOf, sendMove } from "./disputeMove.ts";
import { recordPathOf } from "./disputeRun.ts";
import type { Misbehaviour } from "./misbehaviour.ts";
import type { Role } from "./nodeEvent.ts";
import { actor, type RoundContext } from "./roundContext.ts";
import { suspectUpdates } from "./suspects.ts";
import { runOfTrainer } from "./trainersRun.ts";

export interface DeskOptions {
  readonly roles: readonly Role[];
  readonly misbehave: Misbehaviour | undefined;
  /** The one game to play, and for whom: its player, who named this account its second. @default all of this account's */
  readonly only?: { readonly gameId: bigint; readonly player: string } | undefined;
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

/** A game of this node's. */
interface OwnGame {
  readonly game: OpenedGame;
  readonly side: Side;
  /** Moves that were told of. */
  told: number;
  /** In a row, and until when nothing is tried after them. */
  failures: number;
  notBeforeMs: number;
}

interface Suspect {
  readonly update: RevealedUpdate;
  readonly tries: number;
}

/** A game about a round that went on without it is still found after so many more. Unit: rounds. */
const PAST_ROUNDS = 3;
/** Between two looks where nothing is going on: clocks are of minutes at least. Unit: seconds. */
const IDLE_LOOK_SECONDS = 4;
/** Of disputing one update that fails for a reason that may pass. */
const MOST_TRIES = 4;
/** Waits after a move that fails. Unit: milliseconds. */
const RETRY_MS = { first: 500, most: 30_000 } as const;

/** A class for the runs that it keeps open while their games last. */
class Desk {
  readonly #options: DeskOptions;
  /** By game; absent before the first look. */
  readonly #open = new Map<bigint, OwnGame>();
  readonly #over = new Set<bigint>();
  readonly #runs = new Map<string, Promise<DisputeRun>>();
  /** Round and attempt whose accepted updates are looked at, and which are still to be. */
  #committee = "";
  #suspects: Suspect[] = [];
  /** Unit: unix seconds, of the chain's clock. */
  #lookedAt = 0;
  #mustLeave = false;

  constructor(options: DeskOptions) {
    this.#options = options;
  }

  get isBusy(): boolean {
    return this.#open.size > 0;
  }

  dispose(): void {
    for (const key of this.#runs.keys()) this.#forget(key);
  }

  async attend(context: RoundContext, nowSeconds: number): Promise<boolean> {
    const { job, round } = context;
    if (job.dispute === undefined) return false;
    if (this.#mustLeave && (await this.#leave(context))) return true;
    const isChallenge = round.phase === "Challenge";
    const isIdle = !isChallenge && !this.isBusy && nowSeconds < this.#lookedAt + IDLE_LOOK_SECONDS;
    if (isIdle) return false;
    await this.#look(context);
    this.#lookedAt = nowSeconds;
    for (const own of this.#open.values()) await this.#playOrReport(context, own, nowSeconds);
    if (isChallenge && nowSeconds < round.deadline) await this.#challenge(context);
    return false;
  }

  /** A round that was struck goes on, and the next ones open, while games about it are still played. */
  async #look(context: RoundContext): Promise<void> {
    const { chain, job, round, signal } = context;
    const { only } = this.#options;
    const self = only?.player ?? actor(context);
    const first = Math.max(1, round.round - PAST_ROUNDS);
    const fromBlock = BigInt((await readRound(chain, job.taskId, first, { signal })).openedAtBlock);
    const games = await openedGames(chain, { taskId: job.taskId, fromBlock }, { signal });
    const found = new Set(games.map(({ gameId }) => gameId));
    for (const [gameId, { game }] of this.#open) {
      if (game.blockNumber >= fromBlock && !found.has(gameId)) this.#open.delete(gameId); // the chain took it back
    }
    for (const game of games) {
      const side = sideOf(game, self);
      const isMeant = only === undefined || only.gameId === game.gameId;
      if (!isMeant || side === undefined || this.#over.has(game.gameId)) continue;
      const known = this.#open.get(game.gameId);
      if (known?.game.blockNumber !== game.blockNumber) {
        this.#open.set(game.gameId, { game, side, told: 0, failures: 0, notBeforeMs: 0 });
      }
    }
  }

  /** One update at a time, so that games get their moves in between. */
  async #challenge(context: RoundContext): Promise<void> {
    const { roles, misbehave } = this.#options;
    if (!roles.includes("auditor") || misbehave !== undefined) return;
    const { chain, job, round, signal, emit } = context;
    const committee = `${round.round}/${round.attempt}`;
    if (this.#committee !== committee) {
      const terms = await chain.read("disputeGame", "termsOf", [job.taskId], { signal });
      this.#suspects =
        BigInt(terms) === 0n ? [] : (await suspectUpdates(context)).map((update) => ({ update, tries: 0 }));
      this.#committee = committee;
    }
    const suspect = this.#suspects.shift();
    if (suspect === undefined) return;
    const { update, tries } = suspect;
    const { trainer } = update;
    const own = [...this.#open.values()].filter(({ side }) => side === "challenger");
    if (own.some(({ game }) => game.claim.round === round.round && game.claim.trainer === trainer)) return;
    try {
      const challenge = await challengeUpdate(context, update);
      if (challenge.kind === "opened") this.#runs.set(runKey(round.round, trainer), Promise.resolve(challenge.run));
    } catch (error) {
      if (!isTagged(error) || signal.aborted) throw error;
      emit({ event: "error", code: error.code, message: `disputing the update of ${trainer}: ${error.message}` });
      if (tries < MOST_TRIES) this.#suspects.push({ update, tries: tries + 1 });
    }
  }

  /** What fails in one game must not cost the others their time, nor the node its other duties. */
  async #playOrReport(context: RoundContext, own: OwnGame, nowSeconds: number): Promise<void> {
    if (performance.now() < own.notBeforeMs) return;
    try {
      await this.#play(context, own, nowSeconds);
      own.failures = 0;
    } catch (error) {
      if (!isTagged(error) || context.signal.aborted) throw error;
      own.notBeforeMs = performance.now() + Math.min(RETRY_MS.most, RETRY_MS.first * 2 ** own.failures++);
      context.emit({ event: "error", code: error.code, message: `dispute ${own.game.gameId}: ${error.message}` });
    }
  }

  async #play(context: RoundContext, own: OwnGame, nowSeconds: number): Promise<void> {
    const { chain, signal } = context;
    const { game, side } = own;
    const { gameId, claim } = game;
    const history = await gameHistory(chain, game, { signal });
    const last = history.steps.at(-1);
    if (history.end !== undefined) return this.#finish(context, own, history);
    if (last === undefined) return; // the chain is in between
    const state: GameState = { gameId, claim, position: last.position, points: last.points };
    const mayMove = side === "challenger" || this.#options.misbehave !== "forge"; // nothing defends what was made up
    if (mayMove) await this.#tell(context, own, history);
    if (nowSeconds >= last.deadline) return sendMove(context, { name: "timeout", args: [gameId, last.position] });
    const isStruck = await chain.read("disputeGame", "isStruck", [claim.taskId, claim.round, claim.trainer], {
      signal,
    });
    if (isStruck) return sendMove(context, { name: "close", args: [gameId] });
    if (sideToMove(last.position) !== side || !mayMove) return;
    await sendMove(context, await this.#nextMove(context, state, side));
  }

  async #nextMove(context: RoundContext, state: GameState, side: Side): Promise<Move> {
    const { job } = context;
    const run = await this.#runOf(context, state.claim);
    if (side === "challenger") return attack(run, state, recordPathOf(job.dataset));
    const plantSalt = await plantSaltOf(context, state);
    return defend(run, state, { traceStride: job.plan.traceStride, plantSalt, rootBlockOf: computeRootBlock });
  }

  /** Tells of every move that was not told of yet. */
  async #tell(context: RoundContext, own: OwnGame, { steps }: GameHistory): Promise<void> {
    const { gameId, claim } = own.game;
    const run = await this.#runOf(context, claim);
    for (; own.told < steps.length; own.told++) {
      const { by, position, points } = steps[own.told]!;
      const place = standing(run, { gameId, claim, position, points });
      const where = { task: `${claim.taskId}`, round: claim.round, game: `${gameId}` };
      const { trainer } = claim;
      context.emit({ event: "disputeMoved", ...where, trainer, side: own.side, by, move: own.told, ...place });
    }
  }

  async #finish(context: RoundContext, own: OwnGame, { end, steps }: GameHistory): Promise<void> {
    const { chain, signal, emit } = context;
    const { gameId, claim, challenger } = own.game;
    this.#open.delete(gameId);
    this.#over.add(gameId);
    const { taskId, round, trainer } = claim;
    const { outcome, winner, takenWei } = end!;
    const where = { task: `${taskId}`, round, game: `${gameId}`, trainer, challenger, side: own.side };
    emit({ event: "disputeEnded", ...where, outcome, winner, takenWei: `${takenWei}`, moves: steps.length });
    const isNeeded = [...this.#open.values()].some(
      ({ game }) => runKey(game.claim.round, game.claim.trainer) === runKey(round, trainer),
    );
    if (!isNeeded) this.#forget(runKey(round, trainer));
    if (own.side === "defender" && takenWei > 0n && trainer === actor(context)) {
      const message = `round ${round} of task ${taskId}: this node's update was proven false; it leaves the task`;
      emit({ event: "warning", code: "NODE_DISPUTE_LOST", message });
      this.#mustLeave = true;
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
      this.#mustLeave = false;
      return true;
    } catch (error) {
      const refusal = refusalOf(error);
      if (refusal === undefined) throw error;
      if (refusal.errorName === "FLContractNotEnrolled") this.#mustLeave = false; // somebody else saw to it
      return isWaitedFor && this.#mustLeave;
    }
  }

  /** The trainer's run as this node has it: honest, or the lie that this node told. */
  #runOf(context: RoundContext, { round, trainer, slot }: GameState["claim"]): Promise<DisputeRun> {
    const key = runKey(round, trainer);
    const known = this.#runs.get(key);
    if (known !== undefined) return known;
    const { chain, job, signal } = context;
    const lies = this.#options.misbehave === "late-bit-flip" && trainer === actor(context);
    const opening = (async () => {
      const view = { ...(await readRound(chain, job.taskId, round, { signal })), round };
      return runOfTrainer({ ...context, round: view }, { slot, lies });
    })();
    this.#runs.set(key, opening);
    opening.catch(() => this.#runs.delete(key)); // tried again at the next look
    return opening;
  }

  #forget(key: string): void {
    const run = this.#runs.get(key);
    this.#runs.delete(key);
    run?.then(
      (open) => open.dispose(),
      () => {},
    );
  }
}

function runKey(round: number, trainer: string): string {
  return `${round}/${trainer.toLowerCase()}`;
}

function sideOf({ challenger, claim }: OpenedGame, self: string): Side | undefined {
  if (challenger === self) return "challenger";
  return claim.trainer === self ? "defender" : undefined;
}
