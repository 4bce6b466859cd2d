/**
 * A node's part in disputes about aggregates: an auditor challenges an agreed mean that is not its own, and who proposed one
 * defends it. Standing in for a proposer that lets a right one be lost is `volunteer.ts`'s, as of an absent trainer.
 */
import { fileTail } from "../audit/dispute/fileTail.ts";
import type { GameState, MeanClaim, MeanMove, Side } from "../audit/dispute/game.ts";
import { attackMean, defendMean, extremeOf } from "../audit/dispute/mean/meanPlayer.ts";
import type { MeanRun } from "../audit/dispute/mean/meanRun.ts";
import { meanStanding } from "../audit/dispute/mean/meanStanding.ts";
import { outline, type Standing } from "../audit/dispute/outline.ts";
import type { OpenedGame } from "../chain/disputes.ts";
import { readNode } from "../chain/nodes.ts";
import type { RevealedUpdate } from "../chain/task.ts";
import { decodeVersion } from "../engine/checkpoint.ts";
import { tensorsRoot } from "../engine/stateRoot.ts";
import { computeContentRef, computeRootBlock } from "../network/contentDigest.ts";
import { isTagged } from "../protocol/errors.ts";
import { toHex } from "../protocol/hex.ts";
import { allowBond } from "./bond.ts";
import { sendMove } from "./disputeMove.ts";
import type { GameBook, TakenBack } from "./gameBook.ts";
import type { GamePlay } from "./gameDesk.ts";
import { baseParameters, type Job, versionBytes } from "./job.ts";
import { acceptedUpdates, FALSE_MEAN, fileOf, meanOf, meanOfClaim, openedUpdates } from "./meanRuns.ts";
import { liesAboutMean } from "./misbehaviour.ts";
import type { RoundContext } from "./roundContext.ts";
import { FETCH_DEADLINE_MS, problemOf } from "./updateFetch.ts";
import { type LateGame, Volunteer, type VolunteerOptions } from "./volunteer.ts";

/** A challenge is tried again, where the chain does not show it by then. Unit: seconds. */
const AGAIN_SECONDS = 24;

/** A class for the means, which it keeps while a game about them lasts. */
export class AggregatePlay implements GamePlay<"aggregate"> {
  readonly kind = "aggregate";
  readonly #options: VolunteerOptions;
  readonly #runs = new Map<string, MeanRun>();
  readonly #volunteer: Volunteer<"aggregate">;
  /** The agreed aggregate in which nothing was found, or nothing that can be disputed. */
  #inOrder = "";
  /** Unit: unix seconds, of the chain's clock. */
  #notBefore = 0;

  constructor(options: VolunteerOptions) {
    this.#options = options;
    this.#volunteer = new Volunteer(options, {
      kind: "aggregate",
      nameOf: ({ updatesRoot, digest }) => `${updatesRoot}/${digest}`,
      isTrue: (context, claim) => this.#isTrue(context, claim),
      termsOf: ({ mean }) => mean!.terms,
    });
  }

  isIn({ mean }: Job): boolean {
    return mean !== undefined;
  }

  movesFor(): boolean {
    return true;
  }

  async nextMove(context: RoundContext, game: GameState<"aggregate">, side: Side): Promise<MeanMove | undefined> {
    const run = await this.#runOf(context, game, side);
    if (run === undefined) return undefined;
    if (side === "challenger") return attackMean(run, game);
    const { store, job, signal } = context;
    const { digest, byteLength, baseVersion } = game.claim;
    const own = fileOf(run);
    const isOwn = (await computeContentRef(own)).digest === digest; // where it stands in for another, always
    const file = isOwn ? own : await store.get({ digest, byteLength }, { signal });
    const base = await versionBytes(context, job, baseVersion, { signal });
    return defendMean(run, game, {
      aggregate: fileTail(file, await computeRootBlock(file)),
      base: {
        parameters: decodeVersion(base, job.executor.program).parameters,
        tail: fileTail(base, await computeRootBlock(base)),
      },
    });
  }

  async standingOf(context: RoundContext, game: GameState<"aggregate">, side: Side): Promise<Standing> {
    const run = await this.#runOf(context, game, side);
    return run === undefined ? outline("aggregate", game.position) : meanStanding(run, game);
  }

  async isMoot(
    { chain, signal }: RoundContext,
    { claim, parentId }: OpenedGame<"aggregate">,
    book: GameBook<"aggregate">,
  ): Promise<boolean> {
    const { taskId, round, aggregation } = claim;
    if (parentId !== undefined && book.isOver(parentId)) return true;
    return chain.read("aggregateGame", "isRefuted", [taskId, round, aggregation], { signal });
  }

  takeUp(context: RoundContext, late: LateGame<"aggregate">, book: GameBook<"aggregate">): Promise<void> {
    return this.#volunteer.takeUp(context, late, book);
  }

  async attendOthers(context: RoundContext, book: GameBook<"aggregate">, nowSeconds: number): Promise<void> {
    await this.#volunteer.attend(context, book, nowSeconds);
    const needed = new Set([
      ...book.open.map(({ game, side }) => keyOf(game.claim.updatesRoot, side)),
      ...this.#volunteer.claimsNeeded(book, nowSeconds).map(({ updatesRoot }) => keyOf(updatesRoot, "defender")),
    ]);
    for (const key of this.#runs.keys()) if (!needed.has(key)) this.#runs.delete(key);
  }

  /** Once an agreed aggregate, and again where a reorganisation took back the game or the aggregate. */
  async challenge(context: RoundContext, book: GameBook<"aggregate">, nowSeconds: number): Promise<void> {
    const { round, signal, emit } = context;
    const { roles, misbehave } = this.#options;
    if (!roles.includes("auditor") || misbehave !== undefined || nowSeconds < this.#notBefore) return;
    const agreed = `${round.round}/${round.attempt + round.reruns}/${round.aggregateDigest}`;
    if (this.#inOrder === agreed) return;
    const isChallenged = book.own.some(({ game, side }) => {
      const { claim } = game;
      return side === "challenger" && `${claim.round}/${claim.aggregation}/${claim.digest}` === agreed;
    });
    if (isChallenged) return;
    this.#notBefore = nowSeconds + AGAIN_SECONDS;
    try {
      if (!(await this.#open(context))) this.#inOrder = agreed;
    } catch (error) {
      if (!isTagged(error) || signal.aborted) throw error;
      const message = `disputing the aggregate of round ${round.round}: ${error.message}`;
      emit({ event: "error", code: error.code, message });
    }
  }

  /** @returns whether there is something to dispute: then a game was opened, or the chain has gone on. */
  async #open(context: RoundContext): Promise<boolean> {
    const { chain, job, round, signal } = context;
    const terms = await chain.read("aggregateGame", "termsOf", [job.taskId], { signal });
    if (BigInt(terms) === 0n) return false;
    const updates = await acceptedUpdates(context, round.acceptedBitmap);
    const run = await contradicting(context, updates);
    if (run === undefined) return false;
    await allowBond(chain, "aggregate", { signal });
    const call = [job.taskId, openedUpdates(updates), run.program.terms] as const;
    await sendMove(context, "aggregate", { name: "open", args: call });
    this.#runs.set(keyOf(toHex(run.updateTree.root), "challenger"), run);
    return true;
  }

  /** A challenge that a reorganisation took back is mostly in again soon, and else made again. */
  goBack({ openings }: TakenBack<"aggregate">, nowSeconds: number): void {
    if (openings.some(({ side }) => side === "challenger")) this.#notBefore = nowSeconds + AGAIN_SECONDS;
  }

  finish(): void {}

  async #isTrue(context: RoundContext, claim: MeanClaim): Promise<boolean> {
    const run = await this.#runOf(context, { claim }, "defender");
    return run !== undefined && (await computeContentRef(fileOf(run))).digest === claim.digest;
  }

  /** The right mean; of the one that this node proposed falsely, its own. */
  async #runOf(
    context: RoundContext,
    { claim }: Pick<GameState<"aggregate">, "claim">,
    side: Side,
  ): Promise<MeanRun | undefined> {
    const key = keyOf(claim.updatesRoot, side);
    const known = this.#runs.get(key);
    if (known !== undefined) return known;
    const right = await meanOfClaim(context, claim);
    const isLie =
      side === "defender" && liesAboutMean(this.#options.misbehave, { round: claim.round, attempt: claim.aggregation });
    const run = isLie ? right?.lyingAt(FALSE_MEAN) : right;
    if (run !== undefined) this.#runs.set(key, run);
    return run;
  }
}

function keyOf(updatesRoot: string, side: Side): string {
  return `${updatesRoot}/${side}`;
}

/** @returns the right mean where the agreed one is here, in order, and another; and where a game is sure to show that. */
async function contradicting(context: RoundContext, updates: readonly RevealedUpdate[]): Promise<MeanRun | undefined> {
  const { chain, store, job, round, signal, emit } = context;
  const { aggregateDigest: digest, aggregateByteLength: byteLength, aggregateProposer: proposer } = round;
  let run: MeanRun | undefined;
  let claimed = "";
  const problem = await problemOf(async () => {
    run = await meanOf(context, updates);
    if ((await computeContentRef(fileOf(run))).digest === digest) return;
    const peer = (await store.has({ digest, byteLength })) ? undefined : await readNode(chain, proposer, { signal });
    if (peer !== undefined) await store.connect([peer], { signal });
    const providers = peer === undefined ? [] : [peer.peerId];
    const bytes = await store.get({ digest, byteLength }, { signal, deadlineMs: FETCH_DEADLINE_MS, providers });
    claimed = toHex(tensorsRoot(decodeVersion(bytes, job.executor.program).parameters));
  });
  if (problem !== undefined) {
    const message = `the aggregate of round ${round.round} of task ${job.taskId} cannot be checked: ${problem}`;
    emit({ event: "warning", code: "NODE_AGGREGATE_UNREADABLE", message });
    return undefined;
  }
  if (run === undefined || claimed === "" || claimed === toHex(run.rootTree.root)) return undefined;
  const base = await baseParameters(context, job, round.baseVersion, { signal });
  return extremeOf(run, base) === undefined ? run : undefined;
}
