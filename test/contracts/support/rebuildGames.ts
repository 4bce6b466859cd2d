/** What each event of a dispute game says of its state, about updates and about aggregates alike. Must not read logs. */
import { AbiCoder, type Interface, keccak256, type ParamType, ZeroAddress, ZeroHash } from "ethers";
import { LEVELS, OUTCOMES, type Side, STAGES, sideToMove } from "../../../trainer/src/audit/dispute/game.ts";
import type { Untyped } from "./cairn.ts";

/** What the deployment fixes for all games. */
export interface GameLimits {
  readonly clockSeconds: bigint;
  readonly extensionSeconds: bigint;
  readonly bondWei: bigint;
}

export interface RebuiltGame {
  /** As `gameOf` says, but for the clocks, and for the deadline before the first {GameMoved}. */
  readonly view: Record<string, Untyped>;
  /** What each side had left when the turn began. Unit: seconds. */
  readonly clocks: Record<Side, bigint>;
  /** Undefined before the first position. */
  turn: Side | undefined;
  /** What is proven false where the defender loses: `task/round/trainer`, or `task/round/aggregation`. */
  readonly claimed: string;
}

export interface RebuiltGames {
  readonly limits: GameLimits;
  readonly games: Map<bigint, RebuiltGame>;
  /** Task → hash. */
  readonly terms: Map<bigint, string>;
  readonly withdrawable: Map<string, bigint>;
  /** `player/second`. */
  readonly seconds: Set<string>;
  /** What was proven false, as `claimed`. */
  readonly proven: Set<string>;
}

export interface GameLog {
  readonly name: string;
  readonly args: Untyped;
  readonly abi: Interface;
}

export function noGames(limits: GameLimits): RebuiltGames {
  const lists = { games: new Map(), terms: new Map(), withdrawable: new Map() };
  return { limits, ...lists, seconds: new Set(), proven: new Set() };
}

type Rule = (state: RebuiltGames, args: Untyped, log: GameLog) => void;

const termsFixed: Rule = ({ terms }, { taskId, terms: hash }) => void terms.set(taskId, hash);

const opened: Rule = (state, { gameId, challenger, claim }, log) => {
  const { clockSeconds } = state.limits;
  const { taskId, round } = claim;
  const isUpdate = log.name === "GameOpened";
  const [defender, slot] = isUpdate ? [claim.trainer, claim.slot] : [claim.proposer, claim.aggregation];
  const hashes = { claimHash: hashOf(log, "claim", claim), positionHash: ZeroHash };
  state.games.set(gameId, {
    view: {
      ...{ challenger, defender, taskId, round, slot, deadline: 0n, isOver: false },
      ...{ ...hashes, parentId: 0n, openSisters: 0n },
    },
    clocks: { challenger: clockSeconds, defender: clockSeconds },
    turn: undefined,
    claimed: `${taskId}/${round}/${isUpdate ? defender : slot}`,
  });
};

const RULES: Readonly<Record<string, Rule>> = {
  TermsFixed: termsFixed,
  AggregateTermsFixed: termsFixed,
  GameOpened: opened,
  AggregateGameOpened: opened,
  GameTakenUp: ({ games }, { gameId, parentId, defender }) => {
    Object.assign(gameOf(games, gameId).view, { parentId, defender });
    gameOf(games, parentId).view.openSisters += 1n;
  },
  GameMoved: (state, { gameId, deadline, position }, log) => {
    const game = gameOf(state.games, gameId);
    const { view, clocks, turn: before } = game;
    const [stage, level] = [Number(position.stage), Number(position.level)];
    const next = sideToMove({ stage });
    const isVacated = STAGES[stage] === "Answer" && LEVELS[level] === "Machine";
    const movedAt = deadline - (isVacated ? 0n : allowedOf(state, clocks[next]));
    if (before !== undefined) {
      const used = allowedOf(state, clocks[before]) - (view.deadline - movedAt);
      clocks[before] = clocks[before] > used ? clocks[before] - used : 0n;
    }
    game.turn = next;
    Object.assign(view, { deadline, positionHash: hashOf(log, "position", position) });
  },
  GameEnded: (state, { gameId, outcome: number, winner }) => {
    const { view, claimed } = gameOf(state.games, gameId);
    const outcome = OUTCOMES[Number(number)];
    const isSister = view.parentId > 0n;
    const isDisproven = outcome === "Disproven" || outcome === "DefenderLate";
    const isLost = outcome !== "Moot" && isSister === isDisproven; // the bond: a sister's defender's, else the challenger's
    const { bondWei } = state.limits;
    view.isOver = true;
    add(state.withdrawable, winner, isLost ? bondWei - bondWei / 2n : bondWei);
    if (isLost) add(state.withdrawable, ZeroAddress, bondWei / 2n);
    if (isSister) gameOf(state.games, view.parentId).view.openSisters -= 1n;
    else if (isDisproven) state.proven.add(claimed);
  },
  SampleCountDisproven: ({ proven }, { taskId, round, trainer }) => void proven.add(`${taskId}/${round}/${trainer}`),
  SecondNamed: ({ seconds }, { player, second, allowed }) =>
    void (allowed ? seconds.add(`${player}/${second}`) : seconds.delete(`${player}/${second}`)),
  BondsWithdrawn: ({ withdrawable }, { account, amountWei }) => add(withdrawable, account, 0n - amountWei),
};

/** @throws {Error} for an event without a rule, so that a new one can't be forgotten */
export function foldGame(state: RebuiltGames, log: GameLog): void {
  const rule = RULES[log.name];
  if (rule === undefined) throw new Error(`The rebuild knows no event ${log.name}: teach it to rebuildGames.ts`);
  rule(state, log.args, log);
}

function allowedOf({ limits }: RebuiltGames, leftSeconds: bigint): bigint {
  return leftSeconds > limits.extensionSeconds ? leftSeconds : limits.extensionSeconds;
}

/** As the contract hashes what it keeps: abi.encode of the event's own type. */
function hashOf({ abi, name }: GameLog, field: string, value: Untyped): string {
  const type = abi.getEvent(name)?.inputs.find((input) => input.name === field) as ParamType;
  return keccak256(AbiCoder.defaultAbiCoder().encode([type], [value]));
}

function gameOf(games: RebuiltGames["games"], gameId: bigint): RebuiltGame {
  const game = games.get(gameId);
  if (game === undefined) throw new Error(`no opening of game ${gameId}`);
  return game;
}

function add(sums: Map<string, bigint>, key: string, amount: bigint): void {
  sums.set(key, (sums.get(key) ?? 0n) + amount);
}
