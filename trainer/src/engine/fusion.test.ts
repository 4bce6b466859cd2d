import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { createExecutor } from "./executor.ts";
import { fuse } from "./fusion.ts";
import { initialParameters } from "./initialParameters.ts";
import type { Slot } from "./operations/slot.ts";
import type { Operation } from "./operations.ts";
import { compile, type TrainingProgram } from "./program.ts";
import { createReferenceExecutor } from "./reference/referenceExecutor.ts";
import { runReference } from "./reference/referenceOperations.ts";
import { ARCHITECTURES } from "./testing/architectures.ts";
import { assertSameState, randomBatch, seedOf, testStream } from "./testing/programs.ts";
import { randomArchitecture } from "./testing/randomArchitecture.ts";

const SLOT: Slot = { name: "x", offset: 0, length: 4 };
const OTHER: Slot = { name: "y", offset: 16, length: 4 };

/** The operation's passes over memory, one by one. */
function unfused(operation: Operation): Operation[] {
  switch (operation.kind) {
    case "matmul": {
      const { rows, columns, bias, relu, mask, out } = operation;
      return [
        { ...operation, bias: undefined, relu: false, mask: undefined },
        ...(bias === undefined ? [] : [{ kind: "addBias", rows, columns, bias, data: out, relu: false } as const]),
        ...rectified(relu, out),
        ...gated(mask, out),
      ];
    }
    case "conv2d":
      return [{ ...operation, relu: false }, ...rectified(operation.relu, operation.out)];
    case "addBias":
      return [{ ...operation, relu: false }, ...rectified(operation.relu, operation.data)];
    case "conv2dBackwardInput":
    case "maxPoolBackward":
      return [{ ...operation, mask: undefined }, ...gated(operation.mask, operation.inputGradient)];
    default:
      return [operation];
  }
}

function rectified(relu: boolean, slot: Slot): Operation[] {
  return relu ? [{ kind: "relu", input: slot, output: slot }] : [];
}

function gated(mask: Slot | undefined, gradient: Slot): Operation[] {
  return mask === undefined ? [] : [{ kind: "reluBackward", output: mask, gradient }];
}

/** Runs each operation's passes apart, over the same plan. */
function createUnfusedExecutor(program: TrainingProgram) {
  const arena = new Float32Array(program.arenaLength);
  return createExecutor(program, {
    arena,
    run(first, last, context) {
      for (let at = first; at < last; at++) {
        for (const pass of unfused(program.operations[at]!)) if (!runReference(pass, arena, context)) return at;
      }
      return -1;
    },
  });
}

function assertSameRun(program: TrainingProgram, name: string): void {
  const executors = [createReferenceExecutor(program), createUnfusedExecutor(program)] as const;
  const { inputs, targets } = randomBatch(program, testStream(`fusion ${name}`));
  for (const executor of executors) {
    executor.loadParameters(initialParameters(program, seedOf(5)), seedOf(6));
    executor.step(inputs, targets);
  }
  assertSameState(executors[0].checkpoint(), executors[1].checkpoint(), name);
}

describe("fuse", () => {
  const optimiser = { type: "sgd", learningRate: 0.1, momentum: 0.9 } as const;

  it("changes no bit: every architecture gives what its passes give one by one", () => {
    for (const [name, architecture] of Object.entries(ARCHITECTURES)) {
      assertSameRun(compile(architecture, { batchSize: 3, optimiser }), name);
    }
    const stream = testStream("fused architectures");
    for (let trial = 0; trial < 40; trial++) {
      assertSameRun(compile(randomArchitecture(stream), { batchSize: 2, optimiser }), `trial ${trial}`);
    }
  });

  it("joins relus and their backward passes with what is beside them, in convolutions and pools too", () => {
    const { operations } = compile(ARCHITECTURES["max pool"]!, { batchSize: 1, optimiser });
    const kinds = operations.map(({ kind }) => kind);
    assert.ok(!kinds.includes("relu") && !kinds.includes("reluBackward") && !kinds.includes("addBias"), `${kinds}`);
    const convolution = operations.find((operation) => operation.kind === "conv2d")!;
    const pool = operations.find((operation) => operation.kind === "maxPoolBackward")!;
    assert.equal(convolution.relu, true);
    assert.equal(pool.mask, convolution.out);
  });

  it("leaves alone what works on another slot or is not beside", () => {
    const bias: Operation = { kind: "addBias", rows: 1, columns: 4, bias: OTHER, data: SLOT, relu: false };
    const elsewhere: Operation = { kind: "relu", input: OTHER, output: OTHER };
    const away: Operation = { kind: "relu", input: SLOT, output: OTHER };
    const copy: Operation = { kind: "copy", input: SLOT, output: OTHER };
    const relu: Operation = { kind: "relu", input: SLOT, output: SLOT };
    for (const operations of [
      [bias, elsewhere],
      [bias, away],
      [bias, copy, relu],
    ]) {
      assert.deepEqual(
        fuse(operations, () => assert.fail("nothing to join")),
        operations,
      );
    }
  });
});
