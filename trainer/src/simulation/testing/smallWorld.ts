/** A plan, data and means small enough for the reference executor. For tests only. */
import { createReferenceExecutor } from "../../engine/reference/referenceExecutor.ts";
import { perceptron, seedOf } from "../../engine/testing/programs.ts";
import { plannedProgram } from "../../learning/plannedTraining.ts";
import { createBlobs } from "../../learning/testing/blobs.ts";
import type { Json } from "../../protocol/canonicalJson.ts";
import { toHex } from "../../protocol/hex.ts";
import type { TrainingPlan } from "../../protocol/plan.ts";
import type { Scenario } from "../scenario.ts";
import { firstState, type SimulatedRound, type SimulationState, simulate } from "../simulate.ts";
import { createInlinePool, type TrainingPool } from "../trainingPool.ts";
import type { SimulationMeans } from "../world.ts";

export const TRAIN = createBlobs({ count: 240, noise: 0.9 });
export const TEST = createBlobs({ count: 120, noise: 0.9, seed: 2 });

export interface PlanChoices {
  readonly aggregation?: object;
  readonly partition?: object;
  readonly shards?: number;
  readonly momentum?: number;
  readonly compression?: object;
  readonly input?: readonly number[];
  readonly classes?: number;
}

export function smallPlan(choices: PlanChoices = {}): TrainingPlan {
  const { aggregation = { kind: "fedavg" }, partition = { kind: "iid" }, shards = 6, momentum = 0 } = choices;
  const { input = [TRAIN.inputSize], classes = TRAIN.classes, compression } = choices;
  return {
    schema: "cairn/plan/v1",
    architecture: perceptron(input, 6, classes) as unknown as Json,
    optimiser: { type: "sgd", learningRate: 0.2, momentum },
    batchSize: 8,
    localSteps: 5,
    traceStride: 5,
    data: {
      name: "blobs",
      recordsRoot: toHex(seedOf(0)),
      partition: partition as Json,
      shards,
      partitionSeed: toHex(seedOf(3)),
    },
    aggregation: aggregation as Json,
    ...(compression === undefined ? {} : { compression: compression as Json }),
  };
}

export function smallScenario(choices: PlanChoices = {}, changes: Partial<Scenario> = {}): Scenario {
  const plan = smallPlan(choices);
  const { shards } = plan.data;
  return { plan, rounds: 3, trainers: shards, perRound: shards, seed: seedOf(4), evaluateEvery: 1, ...changes };
}

export function smallMeans({ plan }: Scenario, changes: Partial<SimulationMeans> = {}): SimulationMeans {
  const pool: TrainingPool = createInlinePool(createReferenceExecutor(plannedProgram(plan)), TRAIN);
  const executor = createReferenceExecutor(plannedProgram(plan));
  return { pool, executor, data: { train: TRAIN, test: TEST, labels: TRAIN.labels }, ...changes };
}

/** Plays the scenario to its end. */
export async function playAll(
  scenario: Scenario,
  changes: Partial<SimulationMeans> = {},
  from?: SimulationState,
): Promise<readonly SimulatedRound[]> {
  const means = smallMeans(scenario, changes);
  const rounds: SimulatedRound[] = [];
  for await (const round of simulate(scenario, means, from ?? firstState(means.executor, seedOf(5))))
    rounds.push(round);
  return rounds;
}
