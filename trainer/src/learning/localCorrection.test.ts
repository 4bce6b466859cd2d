import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { initialParameters } from "../engine/initialParameters.ts";
import { parseOptimiser } from "../engine/optimiser.ts";
import { createReferenceExecutor } from "../engine/reference/referenceExecutor.ts";
import type { Parameters } from "../engine/tensor.ts";
import { assertSameBits, assertSameNumbers, hasCode, seedOf } from "../engine/testing/programs.ts";
import { flatten, layoutOf } from "./aggregation/layout.ts";
import { parseAggregationRule } from "./aggregation/rule.ts";
import { type LocalCorrection, localCorrection, requireSuitableOptimiser } from "./localCorrection.ts";
import { takeSteps } from "./localSteps.ts";
import { createBlobs } from "./testing/blobs.ts";
import { allOf, programFor } from "./testing/jobs.ts";

const RECORDS = createBlobs();
const PROGRAM = programFor(RECORDS); // rate 0.1
const BASE = initialParameters(PROGRAM, seedOf(1));
const RATE = Math.fround(0.1);
const { fround } = Math;

function train(localSteps: number, correction?: LocalCorrection): Parameters {
  const executor = createReferenceExecutor(PROGRAM);
  const job = {
    executor,
    base: BASE,
    records: RECORDS,
    shard: allOf(RECORDS),
    seed: seedOf(2),
    localSteps,
    correction,
  };
  for (const _ of takeSteps(job));
  return executor.parameters();
}

const flat = (parameters: Parameters): Float32Array => flatten(layoutOf(BASE), parameters);

describe("localCorrection", () => {
  it("pulls nothing in the first step of fedprox, which starts at the base, and less far away in the end", () => {
    const proximal = { kind: "proximal", strength: 2 } as const;
    assertSameBits(train(1, proximal), train(1), "first step");
    const distance = (parameters: Parameters): number =>
      flat(parameters).reduce((sum, value, i) => sum + (value - flat(BASE)[i]!) ** 2, 0);
    assert.ok(distance(train(20, proximal)) < 0.8 * distance(train(20)));
  });

  it("adds rate · (c − cₖ) after a step, to the last bit", () => {
    const drift = flat(BASE).map((_, i) => Math.sin(i));
    const plain = flat(train(1));
    const expected = plain.map((value, i) => fround(value - fround(RATE * drift[i]!)));
    assertSameNumbers(flat(train(1, { kind: "control", drift })), expected, "one step");
  });

  it("is the difference of the state's controls for scaffold, and nothing before there are any", () => {
    const rule = parseAggregationRule({ kind: "scaffold" });
    const vector = (...values: number[]) => ({ shape: [values.length], data: Float32Array.from(values) });
    const state = new Map([
      ["control", vector(3, 5)],
      ["control.0xab", vector(1, 7)],
    ]);
    assert.equal(localCorrection(rule, new Map(), "0xAB"), undefined);
    assert.deepEqual(localCorrection(rule, state, "0xAB"), { kind: "control", drift: Float32Array.of(2, -2) });
    assert.deepEqual(localCorrection(rule, state, "0xcd"), { kind: "control", drift: Float32Array.of(3, 5) });
    assert.equal(localCorrection(parseAggregationRule({ kind: "median" }), state, "0xab"), undefined);
  });
});

describe("requireSuitableOptimiser", () => {
  const plain = { type: "sgd", learningRate: 0.1, momentum: 0 };
  const check = (kind: string, optimiser: object): void =>
    requireSuitableOptimiser(parseAggregationRule({ kind }), parseOptimiser(optimiser));

  it("lets scaffold have plain SGD alone, fednova any SGD, and others anything", () => {
    check("scaffold", plain);
    check("fednova", { ...plain, momentum: 0.9 });
    check("fedavg", { type: "adamW", learningRate: 0.1 });
    for (const change of [
      { momentum: 0.9 },
      { weightDecay: 0.1 },
      { clipNorm: 1 },
      { schedule: { type: "step", every: 2, factor: 0.5 } },
    ]) {
      assert.throws(() => check("scaffold", { ...plain, ...change }), hasCode("LEARNING_RULE_OPTIMISER"));
    }
    assert.throws(() => check("fednova", { type: "adamW", learningRate: 0.1 }), hasCode("LEARNING_RULE_OPTIMISER"));
  });
});
