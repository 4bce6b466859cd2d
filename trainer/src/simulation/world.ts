/** What stays the same through a simulation: its scenario, its means, and what follows from both. */
import type { Executor } from "../engine/executor.ts";
import { type AggregationRule, parseAggregationRule } from "../learning/aggregation/rule.ts";
import { type Compression, plannedCompression } from "../learning/compression/compression.ts";
import { updateByteLength } from "../learning/compression/updateFile.ts";
import { requireFit } from "../learning/dataFit.ts";
import { rootShard } from "../learning/federatedTerms.ts";
import { requireSuitableOptimiser } from "../learning/localCorrection.ts";
import type { ClassLabels } from "../learning/partition.ts";
import { plannedShards } from "../learning/plannedTraining.ts";
import type { Records } from "../learning/records.ts";
import { fromHex } from "../protocol/hex.ts";
import type { Scenario } from "./scenario.ts";
import { SimulationError } from "./simulationError.ts";
import type { TrainingPool } from "./trainingPool.ts";

export interface SimulationData {
  readonly train: Records;
  readonly test: Records;
  /** Class of every training record. */
  readonly labels: ClassLabels;
}

export interface SimulationMeans {
  readonly pool: TrainingPool;
  /** Evaluates; its program is the plan's. */
  readonly executor: Executor;
  readonly data: SimulationData;
  readonly signal?: AbortSignal | undefined;
  /** Told of every update that arrives, the bad ones as they are sent. Read `values` during the call. */
  readonly onUpdate?: ((update: SentUpdate) => void) | undefined;
}

export interface SentUpdate {
  readonly round: number;
  /** The trainer's. */
  readonly number: number;
  readonly isBad: boolean;
  readonly sampleCount: number;
  readonly values: Float32Array;
}

export interface World {
  readonly scenario: Scenario;
  readonly means: SimulationMeans;
  readonly rule: AggregationRule;
  readonly shards: readonly Uint32Array[];
  readonly root: Uint32Array | undefined;
  /** Trainers from this number on are bad. */
  readonly firstBad: number;
  /** The parameters alone: four bytes each. */
  readonly versionBytes: number;
  /** Absent where updates are as long as versions. */
  readonly compression: Compression | undefined;
  readonly updateBytes: number;
}

/**
 * @throws {SimulationError} `SIMULATION_SCENARIO_IMPOSSIBLE` naming the field
 * @throws {LearningError} `LEARNING_RULE_MALFORMED` | `LEARNING_RULE_OPTIMISER` | `LEARNING_TOO_FEW_RECORDS` |
 *   `LEARNING_DATA_MISMATCH`
 */
export function openWorld(scenario: Scenario, means: SimulationMeans): World {
  const { plan, trainers, attack } = scenario;
  const { executor, data } = means;
  const { program } = executor;
  requirePossible(scenario, program.classes);
  const rule = parseAggregationRule(plan.aggregation);
  requireSuitableOptimiser(rule, program.optimiser);
  const compression = plannedCompression(plan);
  const shards = plannedShards(plan, data.labels);
  requireFit(program, data.train, shards[0]!);
  const versionBytes = program.parameters.reduce((sum, { value }) => sum + 4 * value.length, 0);
  return {
    scenario,
    means,
    rule,
    shards,
    root: rootShard(rule, data.train.count, fromHex(plan.data.partitionSeed, 32)),
    firstBad: trainers - (attack?.count ?? 0),
    versionBytes,
    compression,
    updateBytes: compression === undefined ? versionBytes : updateByteLength(program, compression),
  };
}

function requirePossible(scenario: Scenario, classes: number): void {
  const { trainers, perRound, rounds, dropout = 0, evaluateEvery, attack, addresses } = scenario;
  const whole = (value: number, least: number, most: number): boolean =>
    Number.isSafeInteger(value) && value >= least && value <= most;
  if (!whole(trainers, 1, 2 ** 31)) throw impossible("trainers", `${trainers} trainers`);
  if (!whole(perRound, 1, trainers)) throw impossible("perRound", `${perRound} of ${trainers} trainers a round`);
  if (!whole(rounds, 1, 1_000_000)) throw impossible("rounds", `${rounds} rounds`);
  if (!whole(evaluateEvery, 1, 1_000_000))
    throw impossible("evaluateEvery", `an evaluation every ${evaluateEvery} rounds`);
  if (!(dropout >= 0 && dropout < 1)) throw impossible("dropout", `a dropout of ${dropout}`);
  if (attack === undefined) return;
  if (!whole(attack.count, 0, trainers)) throw impossible("attack", `${attack.count} bad of ${trainers} trainers`);
  if (addresses !== undefined) throw impossible("addresses", "an attack on given addresses");
  const needsClasses = attack.kind === "labelFlip" || attack.kind === "backdoor";
  if (needsClasses && classes < 2) throw impossible("attack", `${attack.kind} on a model without classes`);
  if (attack.kind === "backdoor" && attack.target >= classes) {
    throw impossible("attack", `a backdoor to class ${attack.target} of ${classes}`);
  }
}

function impossible(field: string, what: string): SimulationError {
  return new SimulationError({ code: "SIMULATION_SCENARIO_IMPOSSIBLE", field }, `there cannot be ${what}`);
}
