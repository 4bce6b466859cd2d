/** What a rule works with: one round's inputs, its result, and how rules plug in. Computes nothing. */
import type { Parameters } from "../../engine/tensor.ts";

/** One trainer's accepted update. */
export interface Contribution {
  /** The trainer's address, `0x` and 40 hex digits. */
  readonly address: string;
  /** Weight of the update in averages by samples. Range: 1 … 2^32 − 1. */
  readonly sampleCount: number;
  /** Local steps it took. @default those of the plan */
  readonly steps?: number | undefined;
  readonly parameters: Parameters;
}

/**
 * What a rule carries from round to round, by name; empty before the first. Stored beside the version it belongs to, so
 * that everybody can recompute the next one.
 *
 * `medianNorms [≤ 5]`, a trainer's `age.ADDRESS [1]`, and of shape `[P]`: `centre`, `velocity`, `firstMoment`, `secondMoment`, `control`, and a trainer's
 * `momentum.ADDRESS` and `control.ADDRESS`.
 */
export type AggregationState = Parameters;

/** How trainers trained, as far as rules depend on it. */
export interface LocalTerms {
  /** Steps of the plan. */
  readonly steps: number;
  readonly learningRate: number;
  /** Of the local optimiser; 0 where it has none. */
  readonly momentum: number;
}

/** What everybody knows of a round before its updates. */
export interface AggregationRound {
  /** The weights that trainers started from. */
  readonly base: Parameters;
  /** What the previous round's aggregation gave. */
  readonly state: AggregationState;
  /** 32 bytes that key the buckets; known to nobody before the updates are fixed. */
  readonly seed: Uint8Array;
  readonly local: LocalTerms;
  /** Places in the task: trainers that SCAFFOLD's mean control is over. */
  readonly population: number;
  /** Weights trained from the base on the plan's public root records. Needed by fltrust. */
  readonly root?: Parameters | undefined;
}

/** @returns a round without a past, for rules that depend on nothing but base and updates. */
export function firstRound(base: Parameters): AggregationRound {
  const local = { steps: 1, learningRate: 1, momentum: 0 };
  return { base, state: new Map(), seed: new Uint8Array(32), local, population: 1 };
}

/** What became of one update. */
export interface UpdateReport {
  readonly address: string;
  /** Euclidean norm of `w − base`; NaN or infinite where the update is not finite. */
  readonly norm: number;
  /** Why it was left out; absent when it was used. */
  readonly problem?: UpdateProblem;
}

export type UpdateProblem =
  | "LEARNING_SAMPLE_COUNT"
  | "LEARNING_UPDATE_MISMATCH"
  | "LEARNING_UPDATE_NOT_FINITE"
  | "LEARNING_UPDATE_UNBOUNDED";

export interface AggregationResult {
  /** The next version's weights, fresh tensors. */
  readonly parameters: Parameters;
  /** What the next round goes on from. */
  readonly state: AggregationState;
  /** In ascending order of address. */
  readonly report: readonly UpdateReport[];
}

/** An update that passed the screening, as a flat vector. */
export interface FlatUpdate {
  readonly address: string;
  readonly sampleCount: number;
  readonly steps: number;
  /** The trained weights; valid only during the call. */
  readonly values: Float32Array;
  /** `values − base`; the rule's to keep and to change. */
  readonly difference: Float32Array;
  /** Norm of the difference. */
  readonly norm: number;
}

export type FlatState = ReadonlyMap<string, Float32Array>;

export interface RuleInput {
  readonly base: Float32Array;
  readonly state: FlatState;
  readonly seed: Uint8Array;
  readonly local: LocalTerms;
  readonly population: number;
  /** `root − base`. */
  readonly root: Float32Array | undefined;
}

export interface RuleOutcome {
  readonly weights: Float32Array;
  readonly state: FlatState;
}

/** A rule at work on one round. Updates come in ascending order of address. */
export interface RuleRun {
  add(update: FlatUpdate): void;
  /** Called once, after at least one update. */
  finish(): RuleOutcome;
}
