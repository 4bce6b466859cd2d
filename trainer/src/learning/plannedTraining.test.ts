/** Tests what a plan asks of a trainer, against the functions it is made of. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { toHex } from "../protocol/hex.ts";
import { type TrainingPlan, trainingSeed } from "../protocol/plan.ts";
import { plannedPart, plannedProgram, plannedShards } from "./plannedTraining.ts";

const SEED = toHex(Uint8Array.from({ length: 32 }, (_, i) => i));

const PLAN: TrainingPlan = {
  schema: "cairn/plan/v1",
  architecture: {
    input: [4],
    layers: [{ type: "dense", units: 3 }],
    loss: "softmaxCrossEntropy",
  },
  optimiser: { type: "sgd", learningRate: 0.05, momentum: 0.9 },
  batchSize: 8,
  localSteps: 20,
  traceStride: 5,
  data: {
    name: "numbers",
    recordsRoot: SEED,
    partition: { kind: "iid" },
    shards: 3,
    partitionSeed: SEED,
  },
  aggregation: { kind: "average" },
};

describe("plannedProgram", () => {
  it("compiles the plan's architecture for the plan's batch", () => {
    const { batchSize, inputSize, classes } = plannedProgram(PLAN);
    assert.deepEqual({ batchSize, inputSize, classes }, { batchSize: 8, inputSize: 4, classes: 3 });
  });
});

describe("plannedShards", () => {
  it("deals every record to exactly one of the plan's shards, and differently for another seed", () => {
    const labels = Uint8Array.from({ length: 31 }, (_, i) => i % 3);
    const shards = plannedShards(PLAN, labels);
    assert.equal(shards.length, 3);
    const dealt = shards.flatMap((shard) => [...shard]).sort((a, b) => a - b);
    assert.deepEqual(dealt, [...labels.keys()]);
    const other = plannedShards({ ...PLAN, data: { ...PLAN.data, partitionSeed: toHex(new Uint8Array(32)) } }, labels);
    assert.notDeepEqual(other, shards);
  });
});

describe("plannedShards of cohorts", () => {
  it("deals every record to exactly one shard of one cohort: those of all together are the cut into as many", () => {
    const labels = Uint8Array.from({ length: 100 }, (_, i) => i % 3);
    const ofCohort = (index: number) =>
      plannedShards({ data: { ...PLAN.data, cohort: { index, of: 4 } } }, labels).map((shard) => [...shard]);
    const whole = plannedShards({ data: { ...PLAN.data, shards: 12 } }, labels).map((shard) => [...shard]);
    assert.deepEqual([0, 1, 2, 3].flatMap(ofCohort), whole);
    assert.equal(ofCohort(3).length, 3);
  });
});

describe("plannedPart", () => {
  const shards = [Uint32Array.of(0, 1), Uint32Array.of(2, 3), Uint32Array.of(4, 5)];

  it("gives a slot beyond the shards the one it wraps to, and a seed of its own", () => {
    const part = { roundSeed: SEED, taskId: 7n, round: 2, slot: 4 };
    const { shard, seed, localSteps, traceStride } = plannedPart(PLAN, shards, part);
    assert.deepEqual([...shard], [2, 3]);
    assert.deepEqual(seed, trainingSeed(SEED, 7n, 2, 4));
    assert.notDeepEqual(seed, plannedPart(PLAN, shards, { ...part, slot: 1 }).seed);
    assert.deepEqual({ localSteps, traceStride }, { localSteps: 20, traceStride: 5 });
  });
});
