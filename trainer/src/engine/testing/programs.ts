/** Programs, batches and bit comparisons that the engine's tests share. Not for use outside tests. */
import assert from "node:assert/strict";
import type { Architecture, Layer } from "../architecture.ts";
import type { Checkpoint } from "../executor.ts";
import { createRandomStream, type RandomStream } from "../philox.ts";
import { compile, type TrainingProgram } from "../program.ts";
import type { Parameters } from "../tensor.ts";

/** 32 equal bytes. */
export function seedOf(byte: number): Uint8Array {
  return new Uint8Array(32).fill(byte);
}

/** A multilayer perceptron: dense layers of these widths with relu between them. */
export function perceptron(input: readonly number[], ...widths: readonly number[]): Architecture {
  const dense = widths.map((units): Layer => ({ type: "dense", units }));
  const layers = dense.flatMap((layer, at): Layer[] => (at === 0 ? [layer] : [{ type: "relu" }, layer]));
  return { input, layers: [{ type: "flatten" }, ...layers], loss: "softmaxCrossEntropy" };
}

/** The smaller of the two programs whose bits the golden vectors fix: 13 inputs, 7 hidden units, 5 classes. */
export function smallProgram(batchSize = 6, momentum = 0.9): TrainingProgram {
  const optimiser = { type: "sgd", learningRate: 0.1, momentum } as const;
  return compile(perceptron([13], 7, 5), { batchSize, optimiser });
}

export interface Batch {
  readonly inputs: Float32Array;
  readonly targets: Float32Array;
}

/** A batch that fits `program`: numbers in [−1, 1), or tokens and classes of every kind. */
export function randomBatch({ input, targets, vocabulary, classes }: TrainingProgram, stream: RandomStream): Batch {
  const draw = (kinds: number): number => (kinds === 0 ? 2 * stream.nextFloat() - 1 : stream.nextBelow(kinds));
  return {
    inputs: Float32Array.from({ length: input.length }, () => draw(vocabulary)),
    targets: Float32Array.from({ length: targets.length }, () => draw(classes)),
  };
}

/** A stream of its own for each test. */
export function testStream(name: string): RandomStream {
  return createRandomStream(seedOf(7), name);
}

/** Words of binary32, so that −0 differs from +0 and NaNs compare. */
function bitsOf(values: Float32Array): Uint32Array {
  return new Uint32Array(values.slice().buffer);
}

/** Fails at the first number whose bits differ; a difference of whole arrays would take minutes and gigabytes to print. */
export function assertSameNumbers(actual: Float32Array, expected: Float32Array, label: string): void {
  assert.equal(actual.length, expected.length, `${label}: length`);
  const actualBits = bitsOf(actual);
  const at = bitsOf(expected).findIndex((bits, i) => bits !== actualBits[i]);
  if (at >= 0) assert.fail(`${label}: number ${at} is ${actual[at]}, not ${expected[at]}`);
}

/** Fails unless both hold the same names and the same bits. */
export function assertSameBits(actual: Parameters, expected: Parameters, label: string): void {
  assert.deepEqual([...actual.keys()].sort(), [...expected.keys()].sort(), `${label}: names`);
  for (const [name, tensor] of expected) assertSameNumbers(actual.get(name)!.data, tensor.data, `${label}: ${name}`);
}

/** Fails unless two training states are the same bit for bit. */
export function assertSameState(actual: Checkpoint, expected: Checkpoint, label: string): void {
  assert.equal(actual.step, expected.step, `${label}: step`);
  assertSameBits(actual.parameters, expected.parameters, `${label}: parameters`);
  assertSameBits(actual.optimiserState, expected.optimiserState, `${label}: optimiser state`);
}

/** A check for `assert.throws` and `assert.rejects`: the error carries this code. */
export function hasCode(code: string): (error: unknown) => boolean {
  return (error) => {
    assert.equal((error as { readonly code?: unknown }).code, code, String(error));
    return true;
  };
}
