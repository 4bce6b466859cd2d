import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { Architecture, Layer } from "../architecture.ts";
import { stateHash } from "../checkpoint.ts";
import type { Executor } from "../executor.ts";
import { initialParameters } from "../initialParameters.ts";
import type { RandomStream } from "../philox.ts";
import { compile, type TrainingProgram } from "../program.ts";
import { createReferenceExecutor } from "../reference/referenceExecutor.ts";
import type { Parameters } from "../tensor.ts";
import {
  assertSameNumbers,
  assertSameState,
  hasCode,
  perceptron,
  randomBatch,
  seedOf,
  smallProgram,
  testStream,
} from "../testing/programs.ts";
import { instantiateKernels } from "./kernels.ts";
import { createWasmExecutor } from "./wasmExecutor.ts";

/** Both executors with the same parameters loaded: reference first. */
async function pair(program: TrainingProgram, parameters: Parameters): Promise<[Executor, Executor]> {
  const executors: [Executor, Executor] = [createReferenceExecutor(program), await createWasmExecutor(program)];
  for (const executor of executors) executor.loadParameters(parameters);
  return executors;
}

/** An architecture with odd sizes: up to three dense layers, relu where a coin says so, sometimes two in a row. */
function randomArchitecture(stream: RandomStream): Architecture {
  const input = Array.from({ length: 1 + stream.nextBelow(3) }, () => 1 + stream.nextBelow(7));
  const hidden = Array.from({ length: stream.nextBelow(3) }, (): Layer[] => [
    { type: "dense", units: 1 + stream.nextBelow(37) },
    ...Array.from({ length: stream.nextBelow(3) }, (): Layer => ({ type: "relu" })),
  ]).flat();
  const start: Layer[] = stream.nextBelow(2) === 0 ? [{ type: "flatten" }] : [{ type: "relu" }, { type: "flatten" }];
  const layers: Layer[] = [...start, ...hidden, { type: "dense", units: 2 + stream.nextBelow(19) }];
  return { input, layers, loss: "softmaxCrossEntropy" };
}

function randomProgram(stream: RandomStream): TrainingProgram {
  const momentum = stream.nextBelow(2) === 0 ? 0 : 0.9;
  return compile(randomArchitecture(stream), {
    batchSize: 1 + stream.nextBelow(41),
    optimiser: { type: "sgd", learningRate: 0.05, momentum },
  });
}

describe("createWasmExecutor", () => {
  it("gives the reference's bits on random shapes, batches and tails", async () => {
    const stream = testStream("shapes");
    for (let trial = 0; trial < 60; trial++) {
      const program = randomProgram(stream);
      const [reference, wasm] = await pair(program, initialParameters(program, seedOf(trial)));
      for (let step = 0; step < 3; step++) {
        const { inputs, labels } = randomBatch(program, stream);
        assert.equal(wasm.step(inputs, labels), reference.step(inputs, labels), `trial ${trial}: loss`);
      }
      assertSameState(wasm.checkpoint(), reference.checkpoint(), `trial ${trial}`);
      const { inputs } = randomBatch(program, stream);
      const count = 1 + stream.nextBelow(program.batchSize);
      assertSameNumbers(wasm.logits(inputs, count), reference.logits(inputs, count), `trial ${trial}: logits`);
    }
  });

  it("gives the reference's bits where every block of the matrix product is cut", async () => {
    const optimiser = { type: "sgd", learningRate: 0.01, momentum: 0.9 } as const;
    const program = compile(perceptron([517], 101, 483, 3), { batchSize: 97, optimiser });
    const [reference, wasm] = await pair(program, initialParameters(program, seedOf(1)));
    const { inputs, labels } = randomBatch(program, testStream("blocks"));
    assert.equal(wasm.step(inputs, labels), reference.step(inputs, labels));
    assertSameState(wasm.checkpoint(), reference.checkpoint(), "blocks");
  });

  it("has the same state hash as the reference after 100 steps", async () => {
    const program = smallProgram();
    const [reference, wasm] = await pair(program, initialParameters(program, seedOf(3)));
    const stream = testStream("hundred steps");
    for (let step = 0; step < 100; step++) {
      const { inputs, labels } = randomBatch(program, stream);
      reference.step(inputs, labels);
      wasm.step(inputs, labels);
    }
    assert.equal(await stateHash(wasm.checkpoint()), await stateHash(reference.checkpoint()));
  });

  it("gives the reference's bits on subnormals, signed zeros and numbers at the edge of overflow", async () => {
    const program = smallProgram(5);
    const small = [0, -0, 1e-45, -1e-45, 1.1754942e-38, -3e-39, 1e-20, -1e-20, 1, -1, 0.5, -30];
    const huge = [1e18, -1e18, 1e20, -1e20, 3e37, -3e37, 3.4e38];
    const stream = testStream("special");
    const pick = (): number => {
      const from = stream.nextBelow(150) === 0 ? huge : small;
      return from[stream.nextBelow(from.length)]!;
    };
    let finished = 0;
    for (let trial = 0; trial < 300; trial++) {
      const parameters = new Map(
        program.parameters.map(({ name, shape, value }) => [
          name,
          { shape, data: Float32Array.from({ length: value.length }, pick) },
        ]),
      );
      const inputs = Float32Array.from({ length: program.input.length }, pick);
      const labels = Int32Array.from({ length: 5 }, () => stream.nextBelow(5));
      const [reference, wasm] = await pair(program, parameters);
      assertSameNumbers(wasm.logits(inputs, 5), reference.logits(inputs, 5), `trial ${trial}: logits`);
      const outcomes = [reference, wasm].map((executor) => outcomeOf(() => executor.step(inputs, labels)));
      assert.deepEqual(outcomes[1], outcomes[0], `trial ${trial}`);
      if (typeof outcomes[0] !== "number") continue;
      finished++;
      assertSameState(wasm.checkpoint(), reference.checkpoint(), `trial ${trial}`);
    }
    assert.ok(finished > 50 && finished < 250, `${finished} of 300 stayed finite; both kinds must occur`);
  });

  it("stops with the step's number when loss or weights are no longer finite", async () => {
    const optimiser = { type: "sgd", learningRate: 3e38, momentum: 0 } as const;
    const program = compile(perceptron([3], 2), { batchSize: 2, optimiser });
    const wasm = await createWasmExecutor(program);
    wasm.loadParameters(initialParameters(program, seedOf(1)));
    const batch = { inputs: Float32Array.of(1e8, 1, 1, 2, 2, 2), labels: Int32Array.of(0, 1) };
    assert.throws(() => wasm.step(batch.inputs, batch.labels), hasCode("ENGINE_NOT_FINITE"));
    assert.throws(() => wasm.step(batch.inputs, batch.labels), TypeError, "nothing is loaded any more");
  });

  it("takes little more memory than the plan's arena", async () => {
    const program = smallProgram();
    const { memory } = await instantiateKernels(program);
    assert.ok(memory.byteLength <= 4 * program.arenaLength + 3 * 65_536, `${memory.byteLength} bytes`);
  });
});

function outcomeOf(step: () => number): number | string {
  try {
    return step();
  } catch (error) {
    return (error as { readonly code: string }).code;
  }
}
