import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { Matmul } from "./operations/dense.ts";
import { compile, type TrainingProgram } from "./program.ts";
import { ARCHITECTURES } from "./testing/architectures.ts";
import { hasCode, perceptron, smallProgram } from "./testing/programs.ts";

const SGD = { type: "sgd", learningRate: 0.1, momentum: 0 } as const;

function titles({ operations }: TrainingProgram): string[] {
  return operations.map((operation) => ("role" in operation ? operation.role : operation.kind));
}

describe("compile", () => {
  it("lists forward, loss, backward and update of a perceptron in order: bias, relu and its backward pass inside products", () => {
    const program = smallProgram(6, 0);
    assert.deepEqual(titles(program), [
      ...["denseForward", "denseForward", "softmaxCrossEntropy"],
      ...["denseBackwardWeight", "columnSums", "denseBackwardInput"],
      ...["denseBackwardWeight", "columnSums", "sgd", "sgd", "sgd", "sgd"],
    ]);
    assert.equal(program.forwardCount, 2);
    const [first, second] = program.operations as [Matmul, Matmul];
    assert.deepEqual([first.bias?.name, first.relu], ["layers.1.bias", true]);
    assert.deepEqual([second.bias?.name, second.relu], ["layers.3.bias", false]);
    const toHidden = program.operations[5] as Matmul;
    assert.equal(toHidden.mask, first.out, "the gate is the hidden layer's output");
  });

  it("says of every operation which layer, loss or parameter it belongs to", () => {
    assert.deepEqual(smallProgram(6, 0).owners, [
      ...["layers.1", "layers.3", "loss", "layers.3", "layers.3", "layers.3", "layers.1", "layers.1"],
      ...["layers.1.weight", "layers.1.bias", "layers.3.weight", "layers.3.bias"],
    ]);
  });

  it("names parameters after their layers and gives each its shape", () => {
    const { parameters, inputSize, classes } = smallProgram();
    assert.deepEqual(
      parameters.map(({ name, shape }) => [name, shape]),
      [
        ["layers.1.weight", [7, 13]],
        ["layers.1.bias", [7]],
        ["layers.3.weight", [5, 7]],
        ["layers.3.bias", [5]],
      ],
    );
    assert.deepEqual([inputSize, classes], [13, 5]);
  });

  it("names parameters inside residuals and attention after the layers around them", () => {
    const { parameters } = compile(ARCHITECTURES.transformer!, { batchSize: 1, optimiser: SGD });
    const shapes = new Map(parameters.map(({ name, shape }) => [name, shape]));
    assert.deepEqual(shapes.get("layers.2.layers.1.qkv.weight"), [12, 4]);
    assert.deepEqual(shapes.get("layers.2.layers.1.qkv.bias"), [12]);
    assert.deepEqual(shapes.get("layers.2.layers.1.output.weight"), [4, 4]);
    assert.deepEqual(shapes.get("layers.3.layers.0.weight"), [4]);
    assert.deepEqual(shapes.get("layers.0.weight"), [7, 4]);
    assert.deepEqual(shapes.get("layers.1.weight"), [4, 4]);
    assert.equal(new Set(parameters.map(({ name }) => name)).size, parameters.length, "no name twice");
    const convolution = compile(ARCHITECTURES.convolution!, { batchSize: 1, optimiser: SGD }).parameters[0]!;
    assert.deepEqual([convolution.name, convolution.shape], ["layers.0.weight", [3, 3, 3, 2]]);
  });

  it("says what an example's input, target and output are", () => {
    const facts = (name: string) => {
      const program = compile(ARCHITECTURES[name]!, { batchSize: 2, optimiser: SGD });
      const { inputSize, targetSize, classes, vocabulary, outputShape, targets } = program;
      assert.equal(targets.length, 2 * targetSize);
      return { inputSize, targetSize, classes, vocabulary, outputShape };
    };
    const text = { inputSize: 4, targetSize: 4, classes: 7, vocabulary: 7, outputShape: [4, 7] };
    const values = { inputSize: 24, targetSize: 12, classes: 0, vocabulary: 0, outputShape: [3, 2, 2] };
    const classes = { inputSize: 40, targetSize: 1, classes: 3, vocabulary: 0, outputShape: [3] };
    assert.deepEqual(facts("transformer"), text);
    assert.deepEqual(facts("mean squared error of an image"), values);
    assert.deepEqual(facts("convolution"), classes);
  });

  it("clips between backward pass and updates: squares, factor, then every gradient scaled", () => {
    const { operations, owners } = compile(perceptron([3], 2), { batchSize: 1, optimiser: { ...SGD, clipNorm: 1 } });
    assert.deepEqual(
      operations.slice(4).map(({ kind }) => kind),
      ["squareSum", "squareSum", "clipFactor", "scale", "scale", "sgd", "sgd"],
    );
    const firsts = operations.flatMap((operation) => (operation.kind === "squareSum" ? operation.isFirst : []));
    assert.deepEqual(firsts, [true, false]);
    assert.equal(owners.filter((owner) => owner === "clipNorm").length, 5);
  });

  it("gives every operation an owner", () => {
    for (const [name, architecture] of Object.entries(ARCHITECTURES)) {
      const { operations, owners } = compile(architecture, { batchSize: 1, optimiser: SGD });
      assert.equal(owners.length, operations.length, name);
      assert.ok(
        owners.every((owner) => typeof owner === "string"),
        name,
      );
    }
  });

  it("keeps a velocity a parameter with momentum, and none without", () => {
    assert.deepEqual(smallProgram(6, 0).optimiserState, []);
    const names = smallProgram(6, 0.9).optimiserState.map(({ name }) => name);
    assert.deepEqual(names[0], "velocity.layers.1.weight");
    assert.equal(names.length, 4);
  });

  it("computes no gradient that nobody uses: none of the input", () => {
    assert.ok(!titles(compile(perceptron([3], 2), { batchSize: 1, optimiser: SGD })).includes("denseBackwardInput"));
  });

  it("gives the same program for the same arguments", () => {
    assert.deepEqual(smallProgram(), smallProgram());
  });

  it("refuses a batch size out of range, and an arena that memory cannot hold", () => {
    for (const batchSize of [0, 1.5, 4_097, Number.NaN]) {
      assert.throws(() => compile(perceptron([3], 2), { batchSize, optimiser: SGD }), hasCode("ENGINE_BATCH_MISMATCH"));
    }
    const wide = perceptron([65_536, 16], 2);
    assert.throws(() => compile(wide, { batchSize: 4_096, optimiser: SGD }), hasCode("ENGINE_ARCHITECTURE_TOO_LARGE"));
  });
});
