import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { compile } from "../engine/program.ts";
import { createReferenceExecutor } from "../engine/reference/referenceExecutor.ts";
import { hasCode, perceptron } from "../engine/testing/programs.ts";
import { evaluate } from "./evaluate.ts";
import type { Records } from "./records.ts";

/** One input, two classes; record `i` has input `INPUTS[i]` and label `LABELS[i]`. */
const INPUTS = [2, -2, 0, 2, -2];
const LABELS = [0, 1, 1, 1, 0];
const records: Records = {
  count: 5,
  inputSize: 1,
  targetSize: 1,
  classes: 2,
  read(indices, inputs, targets) {
    for (let row = 0; row < indices.length; row++) {
      inputs[row] = INPUTS[indices[row]!]!;
      targets[row] = LABELS[indices[row]!]!;
    }
  },
};

/** A model whose logits for input x are `slope · x` and 0. */
function modelOf(slope: number, batchSize: number) {
  const optimiser = { type: "sgd", learningRate: 1, momentum: 0 } as const;
  const executor = createReferenceExecutor(compile(perceptron([1], 2), { batchSize, optimiser }));
  const weight = { shape: [2, 1], data: Float32Array.of(slope, 0) };
  executor.loadParameters(
    new Map([
      ["layers.1.weight", weight],
      ["layers.1.bias", { shape: [2], data: new Float32Array(2) }],
    ]),
  );
  return executor;
}

describe("evaluate", () => {
  it("counts right answers, the first of equal logits winning, whatever the batch size", () => {
    for (const batchSize of [1, 2, 5, 8]) {
      const { accuracy, confusion } = evaluate(modelOf(1, batchSize), records);
      assert.equal(accuracy, 2 / 5, "records 0 and 1; record 2 is a tie, taken as class 0");
      assert.deepEqual(confusion, [
        [1, 1],
        [2, 1],
      ]);
    }
  });

  it("gives the mean cross-entropy: log 2 for a model that knows nothing", () => {
    assert.ok(Math.abs(evaluate(modelOf(0, 4), records).loss - Math.LN2) < 1e-7);
    const sure = Math.log(1 + Math.exp(-2));
    const wrong = Math.log(1 + Math.exp(2));
    const expected = (2 * sure + Math.LN2 + 2 * wrong) / 5;
    assert.ok(Math.abs(evaluate(modelOf(1, 4), records).loss - expected) < 1e-6);
  });

  it("looks at the given records only", () => {
    assert.equal(evaluate(modelOf(1, 4), records, Uint32Array.of(0, 1)).accuracy, 1);
    assert.throws(() => evaluate(modelOf(1, 4), records, Uint32Array.of(5)), hasCode("LEARNING_RECORD_OUT_OF_RANGE"));
    assert.throws(() => evaluate(modelOf(1, 4), records, new Uint32Array(0)), hasCode("LEARNING_SHARD_EMPTY"));
  });

  it("refuses a model whose logits overflow instead of calling it good or bad", () => {
    assert.throws(() => evaluate(modelOf(3e38, 4), records), hasCode("ENGINE_NOT_FINITE"));
  });
});
