/**
 * A node's part in disputes about updates: it challenges accepted ones that its own run proves false, defends its own and those
 * of trainers that are away, and leaves a task in which it was proven false.
 *
 * Longer than usual: one class for the suspects and the runs, which the games share.
 */
import type { Claim, GameState, Move, Side } from "../audit/dispute/game.ts";
import type { Standing } from "../audit/dispute/outline.ts";
import { attack, defend } from "../audit/dispute/player.ts";
import { standing } from "../audit/dispute/standing.ts";
import { refusalOf } from "../chain/chainError.ts";
import type { OpenedGame } from "../chain/disputes.ts";
import type { GameEnd } from "../chain/gameHistory.ts";
import type { RevealedUpdate } from "../chain/task.ts";
import { computeRootBlock } from "../network/contentDigest.ts";
import { isTagged } from "../protocol/errors.ts";
import { challengeUpdate } from "./challenge.ts";
import { plantSaltOf } from "./disputeMove.ts";
import { recordPathOf } from "./disputeRun.ts";
import type { GameBook, OwnGame, TakenBack } from "./gameBook.ts";
import type { GamePlay } from "./gameDesk.ts";
import type { Job } from "./job.ts";
import { actor, type RoundContext } from "./roundContext.ts";
import { suspectUpdates } from "./suspects.ts";
import { runKey, TrainersRuns } from "./trainersRuns.ts";
import { updateDefence } from "./updateDefence.ts";
import { type LateGame, Volunteer, type VolunteerOptions } from "./volunteer.ts";

interface Suspect {
  readonly update: RevealedUpdate;
  readonly tries: number;
}

/** What this node has opened a game about. */
interface Challenged {
  readonly update: RevealedUpdate;
  /** Unit: unix seconds. */
  readonly at: number;
}

/** A transaction that a reorganisation took back is mostly in again after so long. Unit: seconds. */
const AGAIN_SECONDS = 24;
/** Of disputing one update that fails for a reason that may pass. */
const MOST_TRIES = 4;

/** A class for the suspects, and the runs that it keeps open while games last. */
export class UpdatePlay implements GamePlay<"update"> {
  readonly kind = "update";
  readonly #options: VolunteerOptions;
  readonly #runs: TrainersRuns;
  readonly #volunteer: Volunteer<"update">;
  /** Round and attempt whose accepted updates are looked at, and which are still to be. */
  #committee = "";
  #suspects: Suspect[] = [];
  /** What this node has challenged of that committee's. */
  readonly #challenged = new Map<string, Challenged>();
  /** The game that proved this node's update false: it has to leave the task. */
  #lostBy: bigint | undefined;

  constructor(options: VolunteerOptions) {
    this.#options = options;
    this.#runs = new TrainersRuns(options.misbehave);
    this.#volunteer = new Volunteer(options, updateDefence(this.#runs));
  }

  dispose(): void {
    this.#runs.dispose();
  }

  isIn({ dispute }: Job): boolean {
    return dispute !== undefined;
  }

  /** Nothing defends what was made up. */
  movesFor(side: Side): boolean {
    return side === "challenger" || this.#options.misbehave !== "forge";
  }

  async nextMove(context: RoundContext, game: GameState<"update">, side: Side): Promise<Move> {
    const { job } = context;
    const run = await this.#runs.of(context, game.claim);
    if (side === "challenger") return attack(run, game, recordPathOf(job.dataset));
    const plantSalt = await plantSaltOf(context, game);
    return defend(run, game, { traceStride: job.plan.traceStride, plantSalt, rootBlockOf: computeRootBlock });
  }

  async standingOf(context: RoundContext, game: GameState<"update">): Promise<Standing> {
    return standing(await this.#runs.of(context, game.claim), game);
  }

  async isMoot(
    { chain, signal }: RoundContext,
    { claim, parentId }: OpenedGame<"update">,
    book: GameBook<"update">,
  ): Promise<boolean> {
    const { taskId, round, trainer } = claim;
    const isStruck = await chain.read("disputeGame", "isStruck", [taskId, round, trainer], { signal });
    return isStruck || (parentId !== undefined && book.isOver(parentId));
  }

  takeUp(context: RoundContext, late: LateGame<"update">, book: GameBook<"update">): Promise<void> {
    return this.#volunteer.takeUp(context, late, book);
  }

  async attendOthers(context: RoundContext, book: GameBook<"update">, nowSeconds: number): Promise<void> {
    await this.#volunteer.attend(context, book, nowSeconds);
    const claims = [...book.open.map(({ game }) => game.claim), ...this.#volunteer.claimsNeeded(book, nowSeconds)];
    this.#runs.keepOnly(new Set(claims.map(({ round, trainer }) => runKey(round, trainer))));
  }

  /** One update at a time, so that games get their moves in between. */
  async challenge(context: RoundContext, book: GameBook<"update">, nowSeconds: number): Promise<void> {
    const { roles, misbehave } = this.#options;
    if (!roles.includes("auditor") || misbehave !== undefined) return;
    const { round, signal, emit } = context;
    if (round.reruns > 0) return; // what its committee accepted could be disputed before
    await this.#lookAtCommittee(context);
    this.#suspectAgain(book, nowSeconds);
    const suspect = this.#suspects.shift();
    if (suspect === undefined) return;
    const { update, tries } = suspect;
    const { trainer } = update;
    const own = book.open.filter(({ side }) => side === "challenger");
    if (own.some(({ game }) => game.claim.round === round.round && game.claim.trainer === trainer)) return;
    try {
      const challenge = await challengeUpdate(context, update);
      if (challenge.kind !== "opened") return;
      const key = runKey(round.round, trainer);
      this.#challenged.set(key, { update, at: nowSeconds });
      this.#runs.keep(key, challenge.run);
    } catch (error) {
      if (!isTagged(error) || signal.aborted) throw error;
      emit({ event: "error", code: error.code, message: `disputing the update of ${trainer}: ${error.message}` });
      if (tries < MOST_TRIES) this.#suspects.push({ update, tries: tries + 1 });
    }
  }

  async #lookAtCommittee(context: RoundContext): Promise<void> {
    const { chain, job, round, signal } = context;
    const committee = `${round.round}/${round.attempt}`;
    if (this.#committee === committee) return;
    const terms = await chain.read("disputeGame", "termsOf", [job.taskId], { signal });
    const updates = BigInt(terms) === 0n ? [] : await suspectUpdates(context);
    this.#suspects = updates.map((update) => ({ update, tries: 0 }));
    this.#committee = committee;
    this.#challenged.clear();
  }

  /** What it has challenged, and the chain does not show: a reorganisation took it back. */
  #suspectAgain(book: GameBook<"update">, nowSeconds: number): void {
    const own = book.own.filter(({ side }) => side === "challenger");
    const shown = new Set(own.map(({ game: { claim } }) => runKey(claim.round, claim.trainer)));
    for (const [key, { update, at }] of this.#challenged) {
      if (shown.has(key) || nowSeconds < at + AGAIN_SECONDS) continue;
      this.#challenged.delete(key);
      this.#suspects.push({ update, tries: 0 });
    }
  }

  /** A reorganisation may take back a loss, which goes on then, and a challenge, which is mostly in again soon. */
  goBack({ openings, ends }: TakenBack<"update">, nowSeconds: number): void {
    if ([...openings, ...ends].some(({ game }) => game.gameId === this.#lostBy)) this.#lostBy = undefined;
    for (const { game, side } of openings) {
      const key = runKey(game.claim.round, game.claim.trainer);
      const challenged = this.#challenged.get(key);
      if (side === "challenger" && challenged !== undefined)
        this.#challenged.set(key, { ...challenged, at: nowSeconds });
    }
  }

  finish(context: RoundContext, { game, side }: OwnGame<"update">, { takenWei }: GameEnd): void {
    const { taskId, round, trainer }: Claim = game.claim;
    if (side !== "defender" || takenWei === 0n || trainer !== actor(context)) return;
    const message = `round ${round} of task ${taskId}: this node's update was proven false; it leaves the task`;
    context.emit({ event: "warning", code: "NODE_DISPUTE_LOST", message });
    this.#lostBy = game.gameId;
  }

  /**
   * Who lost a dispute computes something else than the others do: every further round would cost it as much again. So it
   * commits to nothing more, and goes as soon as it may.
   *
   * @returns whether it must not do what the phase asks of it.
   */
  async leave({ chain, job, round, signal }: RoundContext): Promise<boolean> {
    if (this.#lostBy === undefined) return false;
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
