/**
 * From a data set and a few choices to everything a task fixes: plan, first weights, documents, parameters. Pure.
 *
 * Asks no chain and stores nothing, so a dry run is exactly the beginning of the real one.
 */
import type { Dataset } from "../data/dataset.ts";
import { encodeManifest } from "../data/manifest.ts";
import { type Architecture, parseArchitecture } from "../engine/architecture.ts";
import { encodeParameters } from "../engine/checkpoint.ts";
import { initialParameters } from "../engine/initialParameters.ts";
import { type Optimiser, parseOptimiser } from "../engine/optimiser.ts";
import { compile, type TrainingProgram } from "../engine/program.ts";
import { type AggregationRule, DEFAULT_RULE, parseAggregationRule } from "../learning/aggregation/rule.ts";
import { type Compression, compressionChoice } from "../learning/compression/compression.ts";
import { updateByteLength } from "../learning/compression/updateFile.ts";
import { requireFit } from "../learning/dataFit.ts";
import { requireSuitableOptimiser } from "../learning/localCorrection.ts";
import { type PartitionRule, parsePartitionRule } from "../learning/partition.ts";
import { plannedShards } from "../learning/plannedTraining.ts";
import { encodeCanonicalJson, type Json } from "../protocol/canonicalJson.ts";
import { toHex } from "../protocol/hex.ts";
import { encodePlan, type TrainingPlan } from "../protocol/plan.ts";

/** What an owner may choose of the training. Everything else follows. */
export interface TrainingChoices {
  readonly modelName: string;
  readonly architecture: Architecture;
  readonly optimiser: Optimiser;
  readonly batchSize: number;
  /** Passes over a shard that one round makes, rounded up to whole batches. */
  readonly localEpochs: number;
  /** Steps of a round, in place of passes. */
  readonly localSteps?: number | undefined;
  readonly partition: PartitionRule;
  /** @default `DEFAULT_RULE` */
  readonly aggregation?: AggregationRule | undefined;
  /** @default updates are whole weights */
  readonly compression?: Compression | undefined;
  /** Shards, which is also the number of places. */
  readonly trainers: number;
  /** Which cohort of a group's the task is. @default none: the task is alone */
  readonly cohort?: { readonly index: number; readonly of: number } | undefined;
  /** 32 bytes that key the first weights and the partition. */
  readonly seed: Uint8Array;
}

/** A task, ready to be stored and opened. */
export interface PreparedTraining {
  readonly plan: TrainingPlan;
  /** The plan's program, and what each shard trains on. */
  readonly program: TrainingProgram;
  readonly shards: readonly Uint32Array[];
  readonly planBytes: Uint8Array;
  readonly weightsBytes: Uint8Array;
  readonly manifestBytes: Uint8Array;
  readonly modelBytes: Uint8Array;
  readonly parameterCount: number;
  /** Of what a trainer hands in. */
  readonly updateBytes: number;
}

/**
 * Steps from one leaf of an update's trace to the next. A dispute computes the states between again, so few leaves do; hashing
 * one takes about as long as a few steps of a small network.
 */
const TRACE_STRIDE = 1_000;

/**
 * @throws {EngineError} when architecture or optimiser make no program
 * @throws {LearningError} `LEARNING_DATA_MISMATCH` when the architecture does not fit the data | `LEARNING_TOO_FEW_RECORDS` |
 *   `LEARNING_RULE_OPTIMISER` when the rule needs another optimiser
 */
export function prepareTraining(dataset: Dataset, choices: TrainingChoices): PreparedTraining {
  const { modelName, batchSize, trainers, cohort, seed, localEpochs, compression } = choices;
  const architecture = parseArchitecture(choices.architecture);
  const optimiser = parseOptimiser(choices.optimiser);
  const rule = parsePartitionRule(choices.partition);
  const program = compile(architecture, { batchSize, optimiser });
  requireFit(program, dataset.train, Uint32Array.of(0));
  const aggregation = parseAggregationRule(choices.aggregation ?? DEFAULT_RULE);
  requireSuitableOptimiser(aggregation, program.optimiser);
  const places = trainers * (cohort?.of ?? 1); // of all cohorts: so many shards
  const epochSteps = Math.max(1, Math.ceil((localEpochs * dataset.train.count) / places / batchSize));
  const localSteps = choices.localSteps ?? epochSteps;
  const plan: TrainingPlan = {
    schema: "cairn/plan/v1",
    architecture: architecture as unknown as Json,
    optimiser: optimiser as unknown as Json,
    batchSize,
    localSteps,
    traceStride: Math.min(localSteps, TRACE_STRIDE),
    data: {
      name: dataset.manifest.name,
      recordsRoot: dataset.manifest.recordsRoot,
      partition: rule as unknown as Json,
      shards: trainers,
      partitionSeed: toHex(seed),
      ...(cohort === undefined ? {} : { cohort }),
    },
    aggregation: aggregation as unknown as Json,
    ...(compression === undefined ? {} : { compression: compressionChoice(compression) as unknown as Json }),
  };
  const shards = plannedShards(plan, dataset.labels("train")); // refused now rather than in the first round
  const model = { schema: "cairn/model/v1", name: modelName, architecture: architecture as unknown as Json };
  return {
    ...{ plan, program, shards },
    planBytes: encodePlan(plan),
    weightsBytes: encodeParameters(initialParameters(program, seed)),
    manifestBytes: encodeManifest(dataset.manifest),
    modelBytes: encodeCanonicalJson(model),
    parameterCount: program.parameters.reduce((sum, { value }) => sum + value.length, 0),
    updateBytes: updateByteLength(program, compression),
  };
}
