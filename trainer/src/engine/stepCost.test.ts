import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { Layer } from "./architecture.ts";
import { compile } from "./program.ts";
import { multiplicationsOf } from "./stepCost.ts";
import { perceptron } from "./testing/programs.ts";

const SGD = { type: "sgd", learningRate: 0.1, momentum: 0 } as const;

function costOf(input: readonly number[], layers: readonly Layer[], batchSize = 1): number {
  return multiplicationsOf(
    compile({ input, layers, loss: "meanSquaredError" }, { batchSize, optimiser: SGD }).operations,
  );
}

describe("multiplicationsOf", () => {
  it("counts a perceptron's products: each layer's twice, and that to the hidden layer's gradient", () => {
    const program = compile(perceptron([5], 4, 3), { batchSize: 2, optimiser: SGD });
    assert.equal(multiplicationsOf(program.operations), 2 * (2 * 20 + 3 * 12));
  });

  it("counts what windows see, and in the gradient of the image the zeros between strides too", () => {
    const first: Layer = { type: "conv2d", filters: 1, kernel: 1 };
    const strided: Layer = { type: "conv2d", filters: 3, kernel: 2, stride: 2 };
    assert.equal(costOf([6, 6, 1], [first, strided], 2), 2 * (2 * 36 + 2 * 9 * 4 * 3 + 36 * 4 * 3));
    const pool: Layer = { type: "averagePool", size: 5, stride: 1 };
    assert.equal(costOf([6, 6, 1], [first, pool]), 2 * 36 + 2 * 4 * 25);
  });

  it("counts attention by the square of the positions", () => {
    const layers: readonly Layer[] = [{ type: "causalSelfAttention", heads: 2 }];
    assert.equal(costOf([10, 4], layers), 7 * 100 * 4 + 2 * 10 * 4 * 12 + 3 * 10 * 4 * 4);
  });
});
