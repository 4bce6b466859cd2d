/**
 * What a plan asks of a trainer: its program, the shards its data are cut into, and one trainer's part of one round.
 *
 * Pure, and the only place that says so: a node and a browser tab that train the same slot of the same round start from
 * the same program, shard and seed, so their updates have the same bytes.
 */
import { parseArchitecture } from "../engine/architecture.ts";
import { parseOptimiser } from "../engine/optimiser.ts";
import { compile, type TrainingProgram } from "../engine/program.ts";
import { fromHex, type Hex } from "../protocol/hex.ts";
import { type TrainingPlan, trainingSeed } from "../protocol/plan.ts";
import { type Compression, plannedCompression } from "./compression/compression.ts";
import { type ClassLabels, parsePartitionRule, partition } from "./partition.ts";

/** Which part of which round. */
export interface RoundPart {
  /** As the contract fixed it when the round opened. */
  readonly roundSeed: Hex;
  readonly taskId: bigint;
  readonly round: number;
  /** The trainer's place in the task, and so its shard. */
  readonly slot: number;
}

/** The inputs of `trainLocally` that plan and round decide. */
export interface PlannedPart {
  /** Record numbers to train on. */
  readonly shard: Uint32Array;
  /** 32 bytes. */
  readonly seed: Uint8Array;
  readonly localSteps: number;
  readonly traceStride: number;
  /** Absent where updates are whole weights. */
  readonly compression?: Compression;
}

/** @throws {EngineError} what parsing the plan's architecture or optimiser finds, or `compile` */
export function plannedProgram({ architecture, batchSize, optimiser }: TrainingPlan): TrainingProgram {
  return compile(parseArchitecture(architecture), { batchSize, optimiser: parseOptimiser(optimiser) });
}

/**
 * @param labels of the training split.
 * @returns record numbers of the training split by shard; of a cohort's task its own part of all shards.
 * @throws {LearningError} `LEARNING_RULE_MALFORMED` | `LEARNING_TOO_FEW_RECORDS`
 */
export function plannedShards({ data }: Pick<TrainingPlan, "data">, labels: ClassLabels): readonly Uint32Array[] {
  const { index, of } = data.cohort ?? { index: 0, of: 1 };
  const rule = parsePartitionRule(data.partition);
  const shards = partition(rule, labels, of * data.shards, fromHex(data.partitionSeed, 32));
  return shards.slice(index * data.shards, (index + 1) * data.shards);
}

export function plannedPart(
  plan: TrainingPlan,
  shards: readonly Uint32Array[],
  { roundSeed, taskId, round, slot }: RoundPart,
): PlannedPart {
  const { localSteps, traceStride } = plan;
  const compression = plannedCompression(plan);
  return {
    shard: shards[slot % shards.length]!,
    seed: trainingSeed(roundSeed, taskId, round, slot),
    localSteps,
    traceStride,
    ...(compression === undefined ? {} : { compression }),
  };
}
