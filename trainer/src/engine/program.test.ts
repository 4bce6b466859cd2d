import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { Operation, Slot } from "./operations.ts";
import { compile, type TrainingProgram } from "./program.ts";
import { hasCode, perceptron, smallProgram } from "./testing/programs.ts";

const SGD = { type: "sgd", learningRate: 0.1, momentum: 0 } as const;

function titles({ operations }: TrainingProgram): string[] {
  return operations.map((operation) => ("role" in operation ? operation.role : operation.kind));
}

/** Every slot that an operation names. */
function slotsOf(operation: Operation): Slot[] {
  return Object.values(operation as unknown as Record<string, unknown>).flatMap((field) => {
    const value = field as Partial<Slot & { slot: Slot }>;
    return value.slot ?? (value.offset === undefined ? [] : (value as Slot));
  });
}

describe("compile", () => {
  it("lists forward, loss, backward and update of a perceptron in order, bias and relu as one", () => {
    const program = smallProgram(6, 0);
    assert.deepEqual(titles(program), [
      ...["denseForward", "addBias", "denseForward", "addBias", "softmaxCrossEntropy"],
      ...["denseBackwardWeight", "denseBackwardBias", "denseBackwardInput", "reluBackward"],
      ...["denseBackwardWeight", "denseBackwardBias", "sgd", "sgd", "sgd", "sgd"],
    ]);
    assert.equal(program.forwardCount, 4);
    const fused = program.operations.map((operation) => operation.kind === "addBias" && operation.relu);
    assert.deepEqual(fused.slice(0, 4), [false, true, false, false]);
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

  it("keeps a velocity a parameter with momentum, and none without", () => {
    assert.deepEqual(smallProgram(6, 0).optimiserState, []);
    const names = smallProgram(6, 0.9).optimiserState.map(({ name }) => name);
    assert.deepEqual(names[0], "velocity.layers.1.weight");
    assert.equal(names.length, 4);
  });

  it("plans slots that lie in the arena and never overlap", () => {
    const program = smallProgram();
    const slots = new Map(program.operations.flatMap(slotsOf).map((slot) => [slot.offset, slot]));
    let end = 0;
    for (const slot of [...slots.values()].sort((left, right) => left.offset - right.offset)) {
      assert.ok(slot.offset >= end, `${slot.name} overlaps the slot before`);
      end = slot.offset + slot.length;
    }
    assert.ok(end <= program.arenaLength);
    assert.equal(slots.size, 18); // input, 4 × (value, gradient, velocity), 2 × (output, its gradient), loss
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
