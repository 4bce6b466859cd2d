/**
 * A node's disputes about aggregates in one task: an auditor challenges an agreed mean that is not its own, and stands in for a
 * proposer that lets a right one be lost; a proposer defends what it proposed, and each plays its games to their end.
 *
 * It remembers nothing that matters: games and their positions are on chain, means are computed again.
 * Longer than usual: one class for the games on both sides and in others' places, over the same means.
 */
import { fileTail } from "../audit/dispute/fileTail.ts";
import { type Side, sideToMove, stageOf } from "../audit/dispute/game.ts";
import { attackMean, defendMean, extremeOf, type MeanGame, type MeanMove } from "../audit/dispute/mean/meanPlayer.ts";
import type { MeanRun } from "../audit/dispute/mean/meanRun.ts";
import { type MeanStep, meanHistory, type OpenedMeanGame, openedMeanGames } from "../chain/aggregateGames.ts";
import { refusalOf } from "../chain/chainError.ts";
import { readNode } from "../chain/nodes.ts";
import { decodeVersion } from "../engine/checkpoint.ts";
import { tensorsRoot } from "../engine/stateRoot.ts";
import { computeContentRef, computeRootBlock } from "../network/contentDigest.ts";
import { toHex } from "../protocol/hex.ts";
import { abandonedAfter } from "./abandonedGames.ts";
import { allowBond, withdrawBonds } from "./bond.ts";
import { baseParameters, versionBytes } from "./job.ts";
import { acceptedUpdates, FALSE_MEAN, fileOf, meanOf, meanOfClaim } from "./meanRuns.ts";
import type { Misbehaviour } from "./misbehaviour.ts";
import type { Role } from "./nodeEvent.ts";
import { actor, type RoundContext } from "./roundContext.ts";
import { FETCH_DEADLINE_MS, problemOf } from "./updateFetch.ts";
import { DEFAULT_VOLUNTEER_GAMES } from "./volunteer.ts";

export interface MeanDeskOptions {
  readonly roles: readonly Role[];
  readonly misbehave: Misbehaviour | undefined;
  /** Games of others that an auditor has taken up at once, a bond each. @default {@link DEFAULT_VOLUNTEER_GAMES} */
  readonly volunteerGames?: number | undefined;
}

/** Between two looks where nothing is going on. Unit: seconds. */
const IDLE_LOOK_SECONDS = 4;
/** A challenge that fails for a reason that may pass is tried again after so long. Unit: seconds. */
const AGAIN_SECONDS = 8;

interface OwnMeanGame extends OpenedMeanGame {
  readonly side: Side;
}

/** A game whose side to move is late. */
interface LateMeanGame {
  readonly game: OpenedMeanGame;
  readonly last: MeanStep;
  readonly lateSeconds: number;
  readonly extensionSeconds: number;
}

/** A class for the means, which it keeps while a game about them lasts. */
export class MeanDesk {
  readonly #options: MeanDeskOptions;
  readonly #runs = new Map<string, MeanRun>();
  readonly #over = new Set<bigint>();
  readonly #told = new Map<bigint, number>();
  /** The committee, and which of its aggregates, that was looked at. */
  #committee = "";
  #notBefore = 0;
  #lookedAt = 0;
  #open = 0;

  constructor(options: MeanDeskOptions) {
    this.#options = options;
  }

  /** Whether a game of this node is open: leaving it would be losing it. */
  get isBusy(): boolean {
    return this.#open > 0;
  }

  /** Does what is due now. @throws {TaggedError} what may pass: it is tried again at the next look */
  async attend(context: RoundContext, nowSeconds: number): Promise<void> {
    const { job, round } = context;
    if (job.mean === undefined) return;
    const isChallenge = round.phase === "Challenge";
    if (!isChallenge && !this.isBusy && nowSeconds < this.#lookedAt + IDLE_LOOK_SECONDS) return;
    const going = await this.#going(context);
    const games = this.#ownOf(context, going);
    this.#lookedAt = nowSeconds;
    this.#open = games.length;
    for (const game of games) await this.#play(context, game, nowSeconds);
    for (const game of going) {
      const own = games.find(({ gameId }) => gameId === game.gameId);
      const isLost = own?.side === "defender" && own.parentId === undefined; // late, but back
      if (own === undefined || isLost) await this.#watch(context, game, going, nowSeconds);
    }
    const isFree = !games.some(({ side }) => side === "challenger");
    if (isChallenge && isFree && nowSeconds < round.deadline) await this.#challenge(context, nowSeconds);
  }

  /** Of the round, which no other follows while a game is open: those whose end was not seen. */
  async #going({ chain, job, round, signal }: RoundContext): Promise<OpenedMeanGame[]> {
    const fromBlock = BigInt(round.openedAtBlock);
    const opened = await openedMeanGames(chain, { taskId: job.taskId, fromBlock }, { signal });
    return opened.filter(({ gameId }) => !this.#over.has(gameId));
  }

  #ownOf(context: RoundContext, games: readonly OpenedMeanGame[]): OwnMeanGame[] {
    const self = actor(context);
    return games.flatMap((game): OwnMeanGame[] => {
      if (game.challenger === self) return [{ ...game, side: "challenger" }];
      return game.defender === self ? [{ ...game, side: "defender" }] : [];
    });
  }

  /** Others' games: takes one up whose proposer lets a right mean be lost, and ends those that nobody else ends. */
  async #watch(
    context: RoundContext,
    game: OpenedMeanGame,
    going: readonly OpenedMeanGame[],
    nowSeconds: number,
  ): Promise<void> {
    const { chain, signal } = context;
    const { gameId, parentId } = game;
    const { steps, end } = await meanHistory(chain, game, { signal });
    if (end !== undefined) return void this.#over.add(gameId);
    const last = steps.at(-1);
    if (last === undefined) return; // the chain is in between
    const { extensionSeconds } = await chain.read("aggregateGame", "limits", [], { signal });
    const late = { game, last, lateSeconds: nowSeconds - last.deadline, extensionSeconds };
    const isVacant = parentId === undefined && sideToMove(last.position) === "defender" && late.lateSeconds >= 0;
    if (isVacant && late.lateSeconds < extensionSeconds) return this.#takeUp(context, late, going);
    if (parentId === undefined && (await this.#isMoot(context, game))) {
      return send(context, { name: "close", args: [gameId] });
    }
    if (late.lateSeconds < abandonedAfter(context, gameId, extensionSeconds)) return; // its sides come first
    if (!isVacant || !going.some((other) => other.parentId === gameId)) {
      await send(context, { name: "timeout", args: [gameId, last.position] });
    }
  }

  /** One volunteer is enough, if it is a true one: so the others wait for half of the time, and no longer. */
  async #takeUp(
    context: RoundContext,
    { game, last, lateSeconds, extensionSeconds }: LateMeanGame,
    going: readonly OpenedMeanGame[],
  ): Promise<void> {
    const { chain, emit, signal } = context;
    const { roles, misbehave, volunteerGames = DEFAULT_VOLUNTEER_GAMES } = this.#options;
    if (!roles.includes("auditor") || misbehave !== undefined) return;
    const { gameId, claim, challenger } = game;
    const [self, sisters] = [actor(context), going.filter(({ parentId }) => parentId === gameId)];
    const out = going.filter(({ defender, parentId }) => parentId !== undefined && defender === self);
    if (out.length >= volunteerGames || out.some(({ parentId }) => parentId === gameId)) return;
    if (sisters.length > 0 && lateSeconds < extensionSeconds / 2) return;
    const run = await this.#runOf(context, { claim }, "defender");
    if (run === undefined || (await computeContentRef(fileOf(run))).digest !== claim.digest) return;
    await allowBond(chain, { signal }, "aggregateGame");
    await send(context, { name: "takeUp", args: [gameId, claim, run.program.terms, last.position] });
    const where = { task: `${claim.taskId}`, round: claim.round, game: `${gameId}` };
    emit({ event: "aggregateDisputeTakenUp", ...where, proposer: claim.proposer, challenger });
  }

  async #isMoot({ chain, signal }: RoundContext, { claim, parentId }: OpenedMeanGame): Promise<boolean> {
    const { taskId, round, aggregation } = claim;
    if (await chain.read("aggregateGame", "isRefuted", [taskId, round, aggregation], { signal })) return true;
    if (parentId === undefined) return false;
    return (await chain.read("aggregateGame", "gameOf", [parentId], { signal })).isOver;
  }

  async #play(context: RoundContext, game: OwnMeanGame, nowSeconds: number): Promise<void> {
    const { chain, emit, signal } = context;
    const { gameId, claim, challenger, side } = game;
    const { steps, end } = await meanHistory(chain, game, { signal });
    const where = { task: `${claim.taskId}`, round: claim.round, game: `${gameId}`, proposer: claim.proposer, side };
    for (let at = this.#told.get(gameId) ?? 0; at < steps.length; at++) {
      const { by, position } = steps[at]!;
      const { low, high } = position;
      emit({ event: "aggregateDisputeMoved", ...where, by, move: at, stage: stageOf(position), low, high });
    }
    this.#told.set(gameId, steps.length);
    if (end !== undefined) {
      this.#over.add(gameId);
      this.#open--;
      const { outcome, winner, takenWei } = end;
      emit({
        event: "aggregateDisputeEnded",
        ...where,
        challenger,
        outcome,
        winner,
        takenWei: `${takenWei}`,
        moves: steps.length,
      });
      await withdrawBonds(chain, { signal }, "aggregateGame");
      return;
    }
    const last = steps.at(-1);
    if (last === undefined) return; // the chain is in between
    const { position, points } = last;
    const isItsTurn = sideToMove(position) === side;
    if (await this.#isMoot(context, game)) return send(context, { name: "close", args: [gameId] });
    if (nowSeconds < last.deadline && isItsTurn) {
      const move = await this.#nextMove(context, { gameId, claim, position, points }, side);
      if (move !== undefined) await send(context, move);
    } else if (nowSeconds >= last.deadline && !isItsTurn) {
      await send(context, { name: "timeout", args: [gameId, position] });
    }
  }

  async #nextMove(context: RoundContext, game: MeanGame, side: Side): Promise<MeanMove | undefined> {
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

  async #runOf(context: RoundContext, { claim }: Pick<MeanGame, "claim">, side: Side): Promise<MeanRun | undefined> {
    const key = `${claim.updatesRoot}/${side}`;
    const known = this.#runs.get(key);
    if (known !== undefined) return known;
    const right = await meanOfClaim(context, claim.updatesRoot);
    const isLie = side === "defender" && this.#options.misbehave === "false-aggregate";
    const run = isLie ? right?.lyingAt(FALSE_MEAN) : right;
    if (run !== undefined) this.#runs.set(key, run);
    return run;
  }

  /** Once a committee: an agreed mean does not change any more. */
  async #challenge(context: RoundContext, nowSeconds: number): Promise<void> {
    const { chain, job, round, signal } = context;
    const { roles, misbehave } = this.#options;
    const committee = `${round.round}/${round.attempt}/${round.reruns}`;
    if (this.#committee === committee || nowSeconds < this.#notBefore) return;
    if (!roles.includes("auditor") || misbehave !== undefined) return;
    this.#notBefore = nowSeconds + AGAIN_SECONDS;
    const terms = await chain.read("aggregateGame", "termsOf", [job.taskId], { signal });
    const updates = await acceptedUpdates(context, round.acceptedBitmap);
    const run = BigInt(terms) === 0n ? undefined : await this.#contradicting(context, updates);
    if (run !== undefined) {
      await allowBond(chain, { signal }, "aggregateGame");
      const accepted = updates.map(({ trainer, updateDigest, byteLength, traceRoot, sampleCount, salt }) => {
        return { trainer, opened: { updateDigest, byteLength, traceRoot, sampleCount, salt } };
      });
      await send(context, { name: "open", args: [job.taskId, accepted, run.program.terms] });
    }
    this.#committee = committee;
  }

  /** @returns the right mean where the agreed one is here, in order, and another; and where a game is sure to show that. */
  async #contradicting(
    context: RoundContext,
    updates: Awaited<ReturnType<typeof acceptedUpdates>>,
  ): Promise<MeanRun | undefined> {
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
}

type Call =
  | MeanMove
  | { readonly name: "open"; readonly args: readonly unknown[] }
  | { readonly name: "close"; readonly args: readonly [bigint] }
  | { readonly name: "takeUp"; readonly args: readonly unknown[] }
  | { readonly name: "timeout"; readonly args: readonly [bigint, MeanGame["position"]] };

/** Where the chain has gone on meanwhile a move is refused, and the next look shows why. */
async function send({ chain, signal }: RoundContext, { name, args }: Call): Promise<void> {
  try {
    await chain.send("aggregateGame", name, args as never, { signal });
  } catch (error) {
    if (!GONE_ON.includes(refusalOf(error)?.errorName ?? "")) throw error;
  }
}

/** Refusals that say that somebody was faster: the other side, a second, or whoever ended the game. */
const GONE_ON: readonly string[] = [
  "AggregateGameRefuted",
  "DisputeGameNotOpen",
  "DisputeGameWrongPosition",
  "DisputeGameNotYourTurn",
  "DisputeGameTooLate",
  "DisputeGameNotLate",
  "DisputeGameNotMoot",
  "DisputeGameNotVacant",
  "DisputeGameTakenUp",
  "FLContractNotTheAccepted", // an update was struck since: the round goes back anyway
  "RoundMachineWrongPhase",
];
