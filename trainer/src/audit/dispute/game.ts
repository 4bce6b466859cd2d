/** A dispute game as players see it: the contract's structs by their ABI, and how points cut an interval. @see docs/disputes.md, section 8 */
import type { ContractFunctionArgs } from "viem";
import type { aggregateGameAbi, disputeGameAbi } from "../../protocol/generated/abi.ts";
import type { Hex } from "../../protocol/hex.ts";

/** Order of `enum Stage` in the contract. */
export const STAGES = [
  "None",
  "Answer",
  "Pick",
  "Cut",
  "OpenStep",
  "OpenWrite",
  "OpenNode",
  "PickNode",
  "OpenLeaf",
  "PickElement",
  "OpenElement",
  "Settle",
  "Over",
] as const;

export type Stage = (typeof STAGES)[number];

/** Order of `enum Level`. */
export const LEVELS = ["None", "Steps", "Writes", "Slot", "Machine", "Parameters"] as const;

export type Level = (typeof LEVELS)[number];

/** Order of `enum Outcome`. */
export const OUTCOMES = ["None", "Disproven", "Upheld", "DefenderLate", "ChallengerLate", "Moot", "Defended"] as const;

export type Outcome = (typeof OUTCOMES)[number];

/** Words of 32 bits in a leaf of a slot's tree. Source: docs/disputes.md, section 2. */
export const WORDS_PER_LEAF = 32;

type Arguments<F extends MoveName> = ContractFunctionArgs<typeof disputeGameAbi, "nonpayable", F>;

/** Functions of both contracts by which a side moves. */
type CommonMoveName =
  | "answer"
  | "pick"
  | "cut"
  | "openNode"
  | "pickNode"
  | "openLeaf"
  | "pickElement"
  | "openElement"
  | "settle";

/** The functions of DisputeGame by which a side moves. */
export type MoveName = CommonMoveName | "answerPlant" | "openStep" | "openWrite";

/** A call of the contract: its name and what it is given. */
export type Move = { readonly [F in MoveName]: { readonly name: F; readonly args: Arguments<F> } }[MoveName];

export type Claim = Arguments<"answer">[1];
export type Position = Arguments<"cut">[1];
export type ElementView = Arguments<"openElement">[2];
export type LastStep = Arguments<"settle">[4];
export type Reading = LastStep["reading"];

type MeanArguments<F extends MeanMoveName> = ContractFunctionArgs<typeof aggregateGameAbi, "nonpayable", F>;

/** The functions of AggregateGame by which a side moves. */
export type MeanMoveName = CommonMoveName | "excuse" | "openSlot";

export type MeanMove = {
  readonly [F in MeanMoveName]: { readonly name: F; readonly args: MeanArguments<F> };
}[MeanMoveName];

export type MeanClaim = MeanArguments<"answer">[1];
export type MeanTensorView = MeanArguments<"openSlot">[4];
export type MeanReading = MeanArguments<"settle">[5];

/** What a game is about: a trainer's update, or the mean that a committee agreed on. */
export type GameKind = "update" | "aggregate";

/** Where each kind is played. Each contract counts its games from 1. */
export const GAME_CONTRACTS = { update: "disputeGame", aggregate: "aggregateGame" } as const satisfies Record<
  GameKind,
  string
>;

export interface Claims {
  readonly update: Claim;
  readonly aggregate: MeanClaim;
}

export interface Moves {
  readonly update: Move;
  readonly aggregate: MeanMove;
}

/** Where a game is, as its last events showed it. */
export interface GameState<K extends GameKind = GameKind> {
  readonly gameId: bigint;
  readonly claim: Claims[K];
  readonly position: Position;
  /** Points, nodes or words of the last event. */
  readonly points: readonly Hex[];
}

export type Side = "challenger" | "defender";

const CHALLENGERS: ReadonlySet<Stage> = new Set(["Pick", "PickNode", "PickElement", "Settle"]);

export function stageOf({ stage }: Pick<Position, "stage">): Stage {
  return STAGES[stage] ?? "None";
}

export function levelOf({ level }: Pick<Position, "level">): Level {
  return LEVELS[level] ?? "None";
}

/** @returns whose turn it is. */
export function sideToMove(position: Pick<Position, "stage">): Side {
  return CHALLENGERS.has(stageOf(position)) ? "challenger" : "defender";
}

/** An interval of a level: both sides agree on what is at `low`, and differ on what is at `high`. */
export interface Interval {
  readonly low: number;
  readonly high: number;
}

/** @returns how many parts the interval is cut into. Source: DisputeBisection.partsOf. */
export function partsOf({ low, high }: Interval): number {
  const length = high - low;
  if (length <= MOST_AT_ONCE) return length;
  const height = 32 - Math.clz32(length - 1);
  return 2 ** Math.min(MOST_LEVELS, Math.ceil(height / 2));
}

const MOST_AT_ONCE = 64;
const MOST_LEVELS = 7;

/** @returns the places of the points that cut the interval, one fewer than its parts. */
export function cutsOf(interval: Interval): number[] {
  const { low, high } = interval;
  const parts = partsOf(interval);
  return Array.from({ length: parts - 1 }, (_, i) => low + Math.floor(((high - low) * (i + 1)) / parts));
}
