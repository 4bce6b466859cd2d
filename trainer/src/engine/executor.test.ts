import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { createExecutor, type Executor } from "./executor.ts";
import { initialParameters } from "./initialParameters.ts";
import { compile } from "./program.ts";
import { createReferenceExecutor } from "./reference/referenceExecutor.ts";
import { ARCHITECTURES } from "./testing/architectures.ts";
import {
  assertSameBits,
  assertSameState,
  hasCode,
  randomBatch,
  seedOf,
  smallProgram,
  testStream,
} from "./testing/programs.ts";

const SGD = { type: "sgd", learningRate: 0.1, momentum: 0 } as const;
const program = smallProgram();

function loaded(): Executor {
  const executor = createReferenceExecutor(program);
  executor.loadParameters(initialParameters(program, seedOf(1)));
  return executor;
}

describe("createExecutor", () => {
  it("goes on from a checkpoint exactly as if it had never stopped", () => {
    const stream = testStream("resume");
    const batches = Array.from({ length: 6 }, () => randomBatch(program, stream));
    const whole = loaded();
    const first = loaded();
    for (const { inputs, targets } of batches) whole.step(inputs, targets);
    for (const { inputs, targets } of batches.slice(0, 3)) first.step(inputs, targets);
    const second = createReferenceExecutor(program);
    second.restore(first.checkpoint());
    for (const { inputs, targets } of batches.slice(3)) second.step(inputs, targets);
    assertSameState(second.checkpoint(), whole.checkpoint(), "resumed");
    assert.equal(second.checkpoint().step, 6);
  });

  it("forgets velocity and step number when parameters are loaded", () => {
    const { inputs, targets } = randomBatch(program, testStream("forget"));
    const executor = loaded();
    executor.step(inputs, targets);
    executor.loadParameters(initialParameters(program, seedOf(1)));
    assertSameState(executor.checkpoint(), loaded().checkpoint(), "loaded again");
  });

  it("gives copies: later steps do not change what was given", () => {
    const executor = loaded();
    const before = executor.parameters();
    const kept = initialParameters(program, seedOf(1));
    const { inputs, targets } = randomBatch(program, testStream("copies"));
    executor.step(inputs, targets);
    assertSameBits(before, kept, "before the step");
    assert.notDeepEqual(executor.parameters(), before);
  });

  it("computes the logits of a part of a batch as those rows of the whole", () => {
    const executor = loaded();
    const { inputs } = randomBatch(program, testStream("logits"));
    const whole = executor.outputs(inputs, program.batchSize);
    assert.equal(whole.length, program.batchSize * program.classes);
    assert.deepEqual(
      executor.outputs(inputs.subarray(0, 2 * program.inputSize), 2),
      whole.slice(0, 2 * program.classes),
    );
    assertSameState(executor.checkpoint(), loaded().checkpoint(), "after logits");
  });

  it("refuses batches that do not fit, and targets that are no class", () => {
    const executor = loaded();
    const { inputs, targets } = randomBatch(program, testStream("refusals"));
    assert.throws(() => executor.step(inputs.subarray(1), targets), hasCode("ENGINE_BATCH_MISMATCH"));
    assert.throws(() => executor.step(inputs, targets.subarray(1)), hasCode("ENGINE_BATCH_MISMATCH"));
    for (const count of [0, -1, 1.5, program.batchSize + 1, Number.NaN]) {
      assert.throws(() => executor.outputs(inputs, count), hasCode("ENGINE_BATCH_MISMATCH"), `count ${count}`);
    }
    assert.throws(() => executor.outputs(inputs.subarray(0, 5), 1), hasCode("ENGINE_BATCH_MISMATCH"));
    for (const label of [-1, program.classes]) {
      assert.throws(
        () =>
          executor.step(
            inputs,
            targets.map(() => label),
          ),
        hasCode("ENGINE_LABEL_OUT_OF_RANGE"),
      );
    }
  });

  it("refuses targets that are no whole number", () => {
    const executor = loaded();
    const { inputs, targets } = randomBatch(program, testStream("fractions"));
    for (const target of [0.5, Number.NaN, Infinity, 1e-45]) {
      const wrong = targets.with(3, target);
      assert.throws(() => executor.step(inputs, wrong), hasCode("ENGINE_LABEL_OUT_OF_RANGE"), `target ${target}`);
    }
    executor.step(inputs, targets.with(3, -0)); // class 0
  });

  it("refuses tokens that are not in the vocabulary, in steps and in outputs", () => {
    const text = compile(ARCHITECTURES.transformer!, { batchSize: 2, optimiser: SGD });
    const executor = createReferenceExecutor(text);
    executor.loadParameters(initialParameters(text, seedOf(1)));
    const { inputs, targets } = randomBatch(text, testStream("tokens"));
    for (const token of [-1, 7, 0.5, Number.NaN]) {
      const wrong = inputs.with(5, token);
      assert.throws(() => executor.step(wrong, targets), hasCode("ENGINE_TOKEN_OUT_OF_RANGE"), `token ${token}`);
      assert.throws(() => executor.outputs(wrong, 2), hasCode("ENGINE_TOKEN_OUT_OF_RANGE"), `token ${token}`);
      executor.outputs(wrong, 1); // the wrong one is not among them
    }
    assert.deepEqual(executor.outputs(inputs, 2).length, 2 * 4 * 7);
  });

  it("refuses a step number that kernels cannot count", () => {
    const executor = loaded();
    const checkpoint = executor.checkpoint();
    for (const step of [-1, 0.5, 2 ** 31, Number.NaN]) {
      assert.throws(() => executor.restore({ ...checkpoint, step }), hasCode("ENGINE_CHECKPOINT_MALFORMED"));
    }
    const { inputs, targets } = randomBatch(program, testStream("last step"));
    executor.restore({ ...checkpoint, step: 2 ** 31 - 1 });
    assert.throws(() => executor.step(inputs, targets), hasCode("ENGINE_CHECKPOINT_MALFORMED"));
  });

  it("refuses parameters of another program, naming the tensor", () => {
    const executor = createReferenceExecutor(program);
    const sound = initialParameters(program, seedOf(1));
    const without = new Map([...sound].slice(1));
    const extra = new Map([...sound, ["surprise", { shape: [1], data: new Float32Array(1) }]]);
    const bent = new Map([...sound, ["layers.1.bias", { shape: [7, 1], data: new Float32Array(7) }]]);
    for (const wrong of [without, extra, bent]) {
      assert.throws(() => executor.loadParameters(wrong), hasCode("ENGINE_PARAMETERS_MISMATCH"));
    }
  });

  it("gives out nothing of a step that broke off in the middle, until a model is loaded again", () => {
    const arena = new Float32Array(program.arenaLength);
    let isBroken = true;
    const executor = createExecutor(program, {
      arena,
      run() {
        if (isBroken) throw new Error("a thread was lost");
        return -1;
      },
    });
    executor.loadParameters(initialParameters(program, seedOf(1)));
    const { inputs, targets } = randomBatch(program, testStream("broken"));
    assert.throws(() => executor.step(inputs, targets), /a thread was lost/);
    assert.throws(() => executor.checkpoint(), TypeError);
    isBroken = false;
    executor.loadParameters(initialParameters(program, seedOf(1)));
    executor.step(inputs, targets);
    assert.equal(executor.checkpoint().step, 1);
  });

  it("treats use before loading or after disposal as a bug", () => {
    const { inputs, targets } = randomBatch(program, testStream("bug"));
    assert.throws(() => createReferenceExecutor(program).step(inputs, targets), TypeError);
    const executor = loaded();
    executor.dispose();
    executor.dispose();
    assert.throws(() => executor.parameters(), TypeError);
  });
});

describe("outputs", () => {
  it("gives canonical NaNs", () => {
    const executor = loaded();
    const weights = initialParameters(program, seedOf(1));
    const { shape, data } = weights.get("layers.3.bias")!;
    executor.loadParameters(new Map([...weights, ["layers.3.bias", { shape, data: data.with(2, -Infinity) }]]));
    const infinite = new Float32Array(program.inputSize).fill(Infinity);
    const words = new Uint32Array(executor.outputs(infinite, 1).buffer);
    assert.ok(
      words.includes(0x7fc00000) && !words.includes(0xffc00000),
      `${[...words].map((word) => word.toString(16))}`,
    );
  });
});
