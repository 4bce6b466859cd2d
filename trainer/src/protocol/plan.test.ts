import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { describe, it } from "node:test";
import { encodeCanonicalJson, type Json } from "./canonicalJson.ts";
import { decodePlan, encodePlan, MAX_PLAN_BYTES, PlanError, type TrainingPlan, trainingSeed } from "./plan.ts";

const PLAN: TrainingPlan = {
  schema: "cairn/plan/v1",
  architecture: { input: [4], layers: [], loss: "softmaxCrossEntropy" },
  optimiser: { type: "sgd", learningRate: 0.1, momentum: 0.9 },
  batchSize: 32,
  localSteps: 60,
  traceStride: 15,
  data: {
    name: "glyphs",
    recordsRoot: `0x${"ab".repeat(32)}`,
    partition: { kind: "iid" },
    shards: 4,
    partitionSeed: `0x${"01".repeat(32)}`,
  },
  aggregation: { rule: "fedavg" },
};

describe("decodePlan", () => {
  it("gives back what was encoded, byte for byte", () => {
    assert.deepEqual(decodePlan(encodePlan(PLAN)), PLAN);
    assert.deepEqual(encodePlan(decodePlan(encodePlan(PLAN))), encodePlan(PLAN));
  });

  it("knows a cohort by its number among how many", () => {
    for (const cohort of [
      { index: 0, of: 2 },
      { index: 255, of: 256 },
    ]) {
      const plan = { ...PLAN, data: { ...PLAN.data, cohort } };
      assert.deepEqual(decodePlan(encodePlan(plan)), plan);
    }
  });

  const faults: readonly (readonly [path: string, change: (plan: Record<string, Json>) => void])[] = [
    ["$.schema", (plan) => Object.assign(plan, { schema: "cairn/plan/v2" })],
    ["$.batchSize", (plan) => Object.assign(plan, { batchSize: 0 })],
    ["$.batchSize", (plan) => Object.assign(plan, { batchSize: 4_097 })],
    ["$.localSteps", (plan) => Object.assign(plan, { localSteps: 1.5 })],
    ["$.traceStride", (plan) => Object.assign(plan, { traceStride: 61 })],
    ["$.seed", (plan) => Object.assign(plan, { seed: 1 })],
    ["$.aggregation", (plan) => delete plan.aggregation],
    ["$.data", (plan) => Object.assign(plan, { data: [] })],
    ["$.data.cohort", (plan) => Object.assign(plan.data as object, { cohort: 1 })],
    ["$.data.cohort.of", (plan) => Object.assign(plan.data as object, { cohort: { index: 0, of: 1 } })],
    ["$.data.cohort.of", (plan) => Object.assign(plan.data as object, { cohort: { index: 0, of: 257 } })],
    ["$.data.cohort.index", (plan) => Object.assign(plan.data as object, { cohort: { index: 2, of: 2 } })],
    ["$.data.cohort.index", (plan) => Object.assign(plan.data as object, { cohort: { index: -1, of: 2 } })],
    ["$.data.cohort.seed", (plan) => Object.assign(plan.data as object, { cohort: { index: 0, of: 2, seed: 1 } })],
    ["$.data.shards", (plan) => Object.assign(plan.data as object, { shards: 257 })],
    ["$.data.recordsRoot", (plan) => Object.assign(plan.data as object, { recordsRoot: `0x${"AB".repeat(32)}` })],
    ["$.data.name", (plan) => Object.assign(plan.data as object, { name: 7 })],
  ];
  for (const [path, change] of faults) {
    it(`refuses a plan whose ${path} is wrong (${change.toString().slice(10, 60)}) and names it`, () => {
      const plan = structuredClone(PLAN) as unknown as Record<string, Json>;
      change(plan);
      assert.throws(
        () => decodePlan(encodeCanonicalJson(plan)),
        (error: unknown) => error instanceof PlanError && error.detail.path === path,
      );
    });
  }
  it("refuses a plan longer than the bound before it is parsed", () => {
    assert.throws(() => decodePlan(new Uint8Array(MAX_PLAN_BYTES + 1)), PlanError);
  });
});

describe("trainingSeed", () => {
  const seed = `0x${"5a".repeat(32)}` as const;
  it("is the SHA-256 of the named bytes, worked with another SHA-256", () => {
    const numbers = Buffer.alloc(38);
    numbers.writeBigUInt64BE(258n, 24);
    numbers.writeUInt32BE(3, 32);
    numbers.writeUInt16BE(2, 36);
    const expected = createHash("sha256")
      .update("cairn.seed.v1")
      .update(Buffer.alloc(32, 0x5a))
      .update(numbers)
      .digest();
    assert.deepEqual(Buffer.from(trainingSeed(seed, 258n, 3, 2)), expected);
  });
  it("differs by task, round and slot", () => {
    const all = [
      trainingSeed(seed, 1n, 1, 0),
      trainingSeed(seed, 2n, 1, 0),
      trainingSeed(seed, 1n, 2, 0),
      trainingSeed(seed, 1n, 1, 1),
    ];
    assert.equal(new Set(all.map((bytes) => Buffer.from(bytes).toString("hex"))).size, all.length);
  });
});
