import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { initialParameters } from "./initialParameters.ts";
import { slotsOf, writtenSlots } from "./operationSlots.ts";
import type { Slot } from "./operations/slot.ts";
import type { Operation } from "./operations.ts";
import { compile, type TrainingProgram } from "./program.ts";
import { runReference } from "./reference/referenceOperations.ts";
import { createStepContexts } from "./stepContext.ts";
import { ARCHITECTURES } from "./testing/architectures.ts";
import { randomBatch, seedOf, testStream } from "./testing/programs.ts";

const PROGRAMS: readonly (readonly [string, TrainingProgram])[] = Object.entries(ARCHITECTURES).map(
  ([name, architecture]) => [
    name,
    compile(architecture, { batchSize: 2, optimiser: { type: "adamW", learningRate: 0.01, clipNorm: 0.1 } }),
  ],
);

/** Index of the first number whose bits changed outside `written`; −1 when there is none. */
function strayChanges(before: Float32Array, after: Float32Array, written: readonly Slot[]): number {
  const [old, now] = [before, after].map((arena) => new Uint32Array(arena.slice().buffer));
  for (const { offset, length } of written) old!.set(now!.subarray(offset, offset + length), offset);
  return old!.findIndex((bits, at) => bits !== now![at]);
}

describe("writtenSlots", () => {
  it("names everything that an operation changes", () => {
    const kinds = new Set<Operation["kind"]>();
    for (const [name, program] of PROGRAMS) {
      const arena = new Float32Array(program.arenaLength);
      const { inputs, targets } = randomBatch(program, testStream("written"));
      arena.set(inputs, program.input.offset);
      arena.set(targets, program.targets.offset);
      const parameters = initialParameters(program, seedOf(1));
      for (const parameter of program.parameters) {
        arena.set(parameters.get(parameter.name)!.data, parameter.value.offset);
      }
      const contexts = createStepContexts(program);
      contexts.key(seedOf(2));
      for (const operation of program.operations) {
        const before = arena.slice();
        runReference(operation, arena, contexts.ofStep(0));
        const stray = strayChanges(before, arena, writtenSlots(operation));
        assert.equal(stray, -1, `${name}: ${operation.kind} wrote number ${stray}, which it does not name`);
        kinds.add(operation.kind);
      }
    }
    assert.equal(kinds.size, 35, "every kind but sgd and sgdMomentum was met");
  });

  it("names nothing that is read before: every slot of a program is written before it is read", () => {
    for (const [name, { operations, input, targets, parameters, optimiserState }] of PROGRAMS) {
      const known = new Set<Slot>([input, targets, ...[...parameters, ...optimiserState].map(({ value }) => value)]);
      for (const operation of operations) {
        const written = writtenSlots(operation);
        const read = slotsOf(operation).filter((slot) => !written.includes(slot));
        for (const slot of read) assert.ok(known.has(slot), `${name}: ${operation.kind} reads ${slot.name}`);
        for (const slot of written) known.add(slot);
      }
    }
  });
});
