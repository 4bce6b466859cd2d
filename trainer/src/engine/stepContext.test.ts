import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { Executor } from "./executor.ts";
import { initialParameters } from "./initialParameters.ts";
import { compile } from "./program.ts";
import { createReferenceExecutor } from "./reference/referenceExecutor.ts";
import { createStepContexts } from "./stepContext.ts";
import { ARCHITECTURES } from "./testing/architectures.ts";
import { perceptron, randomBatch, seedOf, smallProgram, testStream } from "./testing/programs.ts";

const { fround } = Math;
const SGD = { type: "sgd", learningRate: 0.1, momentum: 0 } as const;

describe("createStepContexts", () => {
  it("gives AdamW's corrections from running products, whatever the order of the steps", () => {
    const optimiser = { type: "adamW", learningRate: 0.1, beta1: 0.5, beta2: 0.75 } as const;
    const contexts = createStepContexts(compile(perceptron([3], 2), { batchSize: 1, optimiser }));
    for (const [step, first, second] of [
      [1, 1 / 0.75, 1 / 0.4375],
      [0, 2, 4],
      [2, 1 / 0.875, 1 / 0.578125],
      [100_000, 1, 1],
    ] as const) {
      const { firstCorrection, secondCorrection } = contexts.ofStep(step);
      assert.deepEqual([firstCorrection, secondCorrection], [fround(first), fround(second)], `step ${step}`);
    }
  });

  it("says step, rate and whether it is training, always in the same object", () => {
    const contexts = createStepContexts(smallProgram());
    const context = contexts.ofStep(5);
    const { step, rate, isTraining, firstCorrection, secondCorrection } = context;
    assert.deepEqual([step, rate, isTraining, firstCorrection, secondCorrection], [5, fround(0.1), true, 1, 1]);
    assert.equal(contexts.ofForward(), context);
    assert.equal(context.isTraining, false);
    assert.equal(contexts.ofStep(6), context);
  });
});

describe("dropout", () => {
  const dropping = compile(ARCHITECTURES.dropout!, { batchSize: 4, optimiser: SGD });
  const parameters = initialParameters(dropping, seedOf(1));

  function keyed(seed?: Uint8Array): Executor {
    const executor = createReferenceExecutor(dropping);
    executor.loadParameters(parameters, seed);
    return executor;
  }

  it("names its streams after its layers", () => {
    assert.deepEqual(dropping.streams, ["dropout/layers.2"]);
    const nested = compile(ARCHITECTURES["dropout first and in a residual"]!, { batchSize: 1, optimiser: SGD });
    assert.deepEqual(nested.streams, ["dropout/layers.0", "dropout/layers.2.layers.1"]);
    assert.deepEqual(smallProgram().streams, []);
  });

  it("depends on seed and step, and goes on from a checkpoint with the seed as if it had never stopped", () => {
    const batch = randomBatch(dropping, testStream("dropout"));
    const losses = (executor: Executor, count: number): number[] =>
      Array.from({ length: count }, () => executor.step(batch.inputs, batch.targets));
    const whole = losses(keyed(seedOf(2)), 4);
    assert.deepEqual(losses(keyed(seedOf(2)), 4), whole);
    assert.notDeepEqual(losses(keyed(seedOf(3)), 4), whole);
    const first = keyed(seedOf(2));
    losses(first, 2);
    const second = createReferenceExecutor(dropping);
    second.restore(first.checkpoint(), seedOf(2));
    assert.deepEqual(losses(second, 2), whole.slice(2));
    const astray = createReferenceExecutor(dropping);
    astray.restore({ ...first.checkpoint(), step: 0 }, seedOf(2));
    assert.notDeepEqual(losses(astray, 2), whole.slice(2), "another step, another mask");
  });

  it("is not in outputs, which need no seed; a step without one is a bug", () => {
    const { inputs, targets } = randomBatch(dropping, testStream("outputs"));
    const outputs = keyed().outputs(inputs, 4);
    assert.deepEqual(keyed(seedOf(5)).outputs(inputs, 4), outputs);
    assert.throws(() => keyed().step(inputs, targets), TypeError);
    const again = keyed(seedOf(2));
    again.loadParameters(parameters);
    assert.throws(() => again.step(inputs, targets), TypeError, "the old seed is forgotten");
    assert.throws(() => again.loadParameters(parameters, new Uint8Array(31)), RangeError);
    assert.throws(() => again.step(inputs, targets), TypeError, "a seed that is none keys nothing");
    assert.throws(() => keyed(new Uint8Array(31)), RangeError);
  });
});
