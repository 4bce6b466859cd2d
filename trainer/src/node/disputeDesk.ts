/**
 * A node's disputes in one task: it challenges accepted updates that its own run proves false, defends its own update, and
 * plays each game to its end.
 *
 * It remembers nothing that matters: games and their positions are on chain, runs are computed again. So it goes on after a
 * restart, and after a reorganisation, with whatever the chain shows then.
 */
import type { DisputeRun } from "../audit/dispute/disputeRun.ts";
import { type GameState, type Move, type Side, sideToMove } from "../audit/dispute/game.ts";
import { attack, defend } from "../audit/dispute/player.ts";
import { standing } from "../audit/dispute/standing.ts";
import { ChainError } from "../chain/chainError.ts";
import { type GameHistory, gameHistory, type OpenedGame, openedGames } from "../chain/disputes.ts";
import { readRound } from "../chain/task.ts";
import { computeRootBlock } from "../network/contentDigest.ts";
import { withdrawBonds } from "./bond.ts";
import { challengeFalseUpdates, type OpenedChallenge } from "./challenge.ts";
import { plantSaltOf, sendMove } from "./disputeMove.ts";
import { recordPathOf } from "./disputeRun.ts";
import { isOver } from "./look.ts";
import type { Misbehaviour } from "./misbehaviour.ts";
import type { Role } from "./nodeEvent.ts";
import { actor, type RoundContext } from "./roundContext.ts";
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
}

/** A class for the runs that it keeps open while their games last. */
class Desk {
  readonly #options: DeskOptions;
  /** By game; absent before the first look. */
  readonly #open = new Map<bigint, OwnGame>();
  readonly #over = new Set<bigint>();
  readonly #runs = new Map<string, Promise<DisputeRun>>();
  /** Committees whose accepted updates were looked at. */
  readonly #checked = new Set<string>();
  #hasLooked = false;
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
    if (!isChallenge && this.#hasLooked && !this.isBusy) return false;
    await this.#look(context);
    for (const own of this.#open.values()) await this.#play(context, own, nowSeconds);
    if (isChallenge && nowSeconds < round.deadline) await this.#challenge(context);
    return false;
  }

  /** Games are opened in `Challenge` only, so no open one is older than its round. */
  async #look(context: RoundContext): Promise<void> {
    const { chain, job, round, signal } = context;
    const { only } = this.#options;
    const self = only?.player ?? actor(context);
    const query = { taskId: job.taskId, fromBlock: BigInt(round.openedAtBlock) };
    const games = await openedGames(chain, query, { signal });
    const found = new Set(games.map(({ gameId }) => gameId));
    for (const gameId of this.#open.keys()) if (!found.has(gameId)) this.#open.delete(gameId); // the chain took it back
    for (const game of games) {
      const side = sideOf(game, self);
      const isMeant = only === undefined || only.gameId === game.gameId;
      if (!isMeant || side === undefined || this.#over.has(game.gameId)) continue;
      const known = this.#open.get(game.gameId);
      if (known?.game.blockNumber !== game.blockNumber) this.#open.set(game.gameId, { game, side, told: 0 });
    }
    this.#hasLooked = true;
  }

  async #challenge(context: RoundContext): Promise<void> {
    const { roles, misbehave } = this.#options;
    if (!roles.includes("auditor") || misbehave !== undefined) return;
    const { round } = context;
    const committee = `${round.round}/${round.attempt}`;
    if (this.#checked.has(committee)) return;
    const isDisputed = (trainer: string): boolean =>
      [...this.#open.values()].some(({ game, side }) => side === "challenger" && game.claim.trainer === trainer);
    await challengeFalseUpdates(context, isDisputed, ({ trainer, run }: OpenedChallenge) => {
      this.#runs.set(runKey(round.round, trainer), Promise.resolve(run));
    });
    this.#checked.add(committee);
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
      const { position, points } = steps[own.told]!;
      const place = standing(run, { gameId, claim, position, points });
      const where = { task: `${claim.taskId}`, round: claim.round, game: `${gameId}` };
      const { trainer } = claim;
      const before = steps[own.told - 1]?.position;
      const by = before === undefined ? "challenger" : sideToMove(before);
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
    await withdrawBonds(chain, { signal });
    if (own.side !== "defender" || takenWei === 0n || trainer !== actor(context)) return;
    const message = `round ${round} of task ${taskId}: this node's update was proven false; it leaves the task`;
    emit({ event: "warning", code: "NODE_DISPUTE_LOST", message });
    this.#mustLeave = true;
  }

  /**
   * Who lost a dispute computes something else than the others do: every further round would cost it as much again. It may go
   * when its round is over; while the next waits for it, as anybody whose stake no longer covers its place.
   */
  async #leave({ chain, job, round, signal }: RoundContext): Promise<boolean> {
    const isWaitedFor = round.phase === "Commit";
    if (!isWaitedFor && !isOver(round)) return false;
    const { taskId } = job;
    this.#mustLeave = false;
    try {
      if (isWaitedFor) await chain.send("flContract", "evict", [taskId, actor({ chain })], { signal });
      else await chain.send("flContract", "leave", [taskId], { signal });
    } catch (error) {
      const { detail } = error instanceof ChainError ? error : {};
      if (detail?.code !== "CHAIN_REVERTED") throw error;
      if (detail.errorName === "FLContractUpdatePending") this.#mustLeave = true; // the next round opened meanwhile
    }
    return true;
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
