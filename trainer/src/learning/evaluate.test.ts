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

/** Tokens 0 … 3; record i is the text `i, i + 1, i + 2` (mod 4), its targets the tokens after. */
const texts: Records = {
  count: 4,
  inputSize: 3,
  targetSize: 3,
  classes: 4,
  read(indices, inputs, targets) {
    for (let row = 0; row < indices.length; row++) {
      for (let t = 0; t < 3; t++) {
        inputs[row * 3 + t] = (indices[row]! + t) % 4;
        targets[row * 3 + t] = (indices[row]! + t + 1) % 4;
      }
    }
  },
};

describe("evaluate of sequences", () => {
  /** A table of logits a token: 2 for the next token, 0 else; but token 3 says 3 again. */
  function bigrams(batchSize: number) {
    const optimiser = { type: "sgd", learningRate: 1, momentum: 0 } as const;
    const layers = [{ type: "embedding", vocabulary: 4, units: 4 }] as const;
    const program = compile({ input: [3], layers, loss: "softmaxCrossEntropy" }, { batchSize, optimiser });
    const executor = createReferenceExecutor(program);
    const data = Float32Array.of(0, 2, 0, 0, 0, 0, 2, 0, 0, 0, 0, 2, 0, 0, 0, 2);
    executor.loadParameters(new Map([["layers.0.weight", { shape: [4, 4], data }]]));
    return executor;
  }

  it("counts every position: 9 of 12 are right, whatever the batch size", () => {
    const partition = Math.exp(2) + 3;
    const expected = (9 * Math.log(partition / Math.exp(2)) + 3 * Math.log(partition)) / 12;
    for (const batchSize of [1, 3, 8]) {
      const { accuracy, loss, confusion } = evaluate(bigrams(batchSize), texts);
      assert.equal(accuracy, 9 / 12);
      assert.ok(Math.abs(loss - expected) < 1e-6, `${loss}, not ${expected}`);
      assert.deepEqual(confusion, [
        [0, 0, 0, 3],
        [0, 3, 0, 0],
        [0, 0, 3, 0],
        [0, 0, 0, 3],
      ]);
    }
  });

  it("makes no table of a large vocabulary", () => {
    const layers = [{ type: "embedding", vocabulary: 4, units: 257 }] as const;
    const optimiser = { type: "sgd", learningRate: 1, momentum: 0 } as const;
    const program = compile({ input: [3], layers, loss: "softmaxCrossEntropy" }, { batchSize: 2, optimiser });
    const executor = createReferenceExecutor(program);
    executor.loadParameters(new Map([["layers.0.weight", { shape: [4, 257], data: new Float32Array(1_028) }]]));
    const { accuracy, confusion } = evaluate(executor, texts);
    assert.deepEqual([accuracy, confusion], [1 / 4, undefined]);
  });
});

describe("evaluate of values", () => {
  it("gives the mean squared error over all values, and no accuracy", () => {
    const optimiser = { type: "sgd", learningRate: 1, momentum: 0 } as const;
    const layers = [{ type: "dense", units: 2 }] as const;
    const program = compile({ input: [1], layers, loss: "meanSquaredError" }, { batchSize: 2, optimiser });
    const executor = createReferenceExecutor(program);
    executor.loadParameters(
      new Map([
        ["layers.0.weight", { shape: [2, 1], data: Float32Array.of(1, 2) }],
        ["layers.0.bias", { shape: [2], data: new Float32Array(2) }],
      ]),
    );
    const values: Records = {
      ...{ count: 3, inputSize: 1, targetSize: 2, classes: 0 },
      read(indices, inputs, targets) {
        for (let row = 0; row < indices.length; row++) {
          inputs[row] = indices[row]!;
          targets.set([indices[row]! + 1, 0], 2 * row);
        }
      },
    };
    // outputs (0 0), (1 2), (2 4); targets (1 0), (2 0), (3 0); squares 1 + 0, 1 + 4, 1 + 16
    assert.deepEqual(evaluate(executor, values), { accuracy: undefined, loss: 23 / 6, confusion: undefined });
    assert.throws(() => evaluate(executor, records), hasCode("LEARNING_DATA_MISMATCH"));
  });
});
