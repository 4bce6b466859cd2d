import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { Architecture } from "./architecture.ts";
import { createExecutor, type Executor } from "./executor.ts";
import { initialParameters } from "./initialParameters.ts";
import { slotsOf } from "./operationSlots.ts";
import type { Slot } from "./operations/slot.ts";
import type { Optimiser } from "./optimiser.ts";
import { compile, type TrainingProgram } from "./program.ts";
import { createReferenceExecutor } from "./reference/referenceExecutor.ts";
import { runReference } from "./reference/referenceOperations.ts";
import { ARCHITECTURES } from "./testing/architectures.ts";
import { assertSameNumbers, assertSameState, perceptron, randomBatch, seedOf, testStream } from "./testing/programs.ts";
import { randomArchitecture } from "./testing/randomArchitecture.ts";

const ADAM: Optimiser = { type: "adamW", learningRate: 0.01, clipNorm: 0.5 };

function isSlot(value: unknown): value is Slot {
  return typeof value === "object" && value !== null && "offset" in value && "length" in value;
}

/** The program with every slot in a place of its own, gaps of 3 between, and garbage in all of them to begin with. */
function separated(program: TrainingProgram): TrainingProgram {
  const moved = new Map<Slot, Slot>();
  let end = 1;
  const move = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(move);
    if (typeof value !== "object" || value === null) return value;
    if (!isSlot(value)) return Object.fromEntries(Object.entries(value).map(([key, part]) => [key, move(part)]));
    if (!moved.has(value)) {
      moved.set(value, { ...value, offset: end });
      end += value.length + 3;
    }
    return moved.get(value);
  };
  const copy = move({ ...program, architecture: undefined, optimiser: undefined }) as TrainingProgram;
  return { ...copy, architecture: program.architecture, optimiser: program.optimiser, arenaLength: end };
}

function separateExecutor(program: TrainingProgram): Executor {
  const apart = separated(program);
  const arena = new Float32Array(apart.arenaLength).fill(Number.NaN);
  return createExecutor(apart, {
    arena,
    run(first, last, context) {
      for (let at = first; at < last; at++) if (!runReference(apart.operations[at]!, arena, context)) return at;
      return -1;
    },
  });
}

function assertSameRun(program: TrainingProgram, name: string): void {
  const executors = [createReferenceExecutor(program), separateExecutor(program)] as const;
  const stream = testStream(`plan ${name}`);
  for (const executor of executors) executor.loadParameters(initialParameters(program, seedOf(3)), seedOf(4));
  for (let step = 0; step < 2; step++) {
    const { inputs, targets } = randomBatch(program, stream);
    const [planned, apart] = executors.map((executor) => executor.step(inputs, targets));
    assert.equal(planned, apart, `${name}: loss of step ${step}`);
    const [outputs, outputsApart] = executors.map((executor) => executor.outputs(inputs, program.batchSize));
    assertSameNumbers(outputs!, outputsApart!, `${name}: outputs after step ${step}`);
  }
  assertSameState(executors[0].checkpoint(), executors[1].checkpoint(), name);
}

/** First and last operation that touches each slot; persistent ones are needed from before the first to after the last. */
function lifetimesOf({ operations, parameters, optimiserState, ...program }: TrainingProgram) {
  const lifetimes = new Map<Slot, { first: number; last: number }>();
  for (const { value } of [...parameters, ...optimiserState]) lifetimes.set(value, { first: -1, last: Infinity });
  for (const slot of [program.input, program.targets, program.loss]) lifetimes.set(slot, { first: -1, last: Infinity });
  operations.forEach((operation, at) => {
    for (const slot of slotsOf(operation)) {
      const known = lifetimes.get(slot) ?? { first: at, last: at };
      lifetimes.set(slot, { ...known, last: Math.max(known.last, at) });
    }
  });
  return [...lifetimes].map(([slot, lifetime]) => ({ slot, ...lifetime }));
}

function assertNoConflict(program: TrainingProgram, name: string): void {
  const lifetimes = lifetimesOf(program);
  for (const [at, { slot, first, last }] of lifetimes.entries()) {
    assert.ok(slot.offset >= 0 && slot.offset % 16 === 0, `${name}: ${slot.name} is at ${slot.offset}`);
    assert.ok(slot.offset + slot.length <= program.arenaLength, `${name}: ${slot.name} ends beyond the arena`);
    for (const other of lifetimes.slice(at + 1)) {
      const together = first <= other.last && other.first <= last;
      const { offset, length } = other.slot;
      const overlap = slot.offset < offset + length && offset < slot.offset + slot.length;
      assert.ok(!(together && overlap), `${name}: ${slot.name} and ${other.slot.name} share memory and time`);
    }
  }
}

function programOf(architecture: Architecture, optimiser: Optimiser = ADAM): TrainingProgram {
  return compile(architecture, { batchSize: 3, optimiser });
}

describe("planArena", () => {
  it("lets no two slots share memory that are needed at the same time, and keeps all inside the arena", () => {
    for (const [name, architecture] of Object.entries(ARCHITECTURES)) assertNoConflict(programOf(architecture), name);
  });

  it("changes no bit: every architecture runs as with every slot in a place of its own, full of NaN at first", () => {
    for (const [name, architecture] of Object.entries(ARCHITECTURES)) assertSameRun(programOf(architecture), name);
  });

  it("changes no bit and lets no slots conflict in random architectures", () => {
    const stream = testStream("random architectures");
    for (let trial = 0; trial < 80; trial++) {
      const program = programOf(randomArchitecture(stream));
      assertNoConflict(program, `trial ${trial}`);
      assertSameRun(program, `trial ${trial}: ${JSON.stringify(program.architecture)}`);
    }
  });

  it("shares memory: a deep network needs far less than the sum of its slots", () => {
    const widths = new Array<number>(30).fill(64);
    const program = compile(perceptron([64], ...widths, 10), { batchSize: 512, optimiser: ADAM });
    const transient = new Set(program.operations.flatMap(slotsOf).filter(({ name }) => /output/i.test(name)));
    const apart = [...transient].reduce((sum, { length }) => sum + length, 0);
    assert.equal(transient.size, 62);
    const learnt = [...program.parameters, ...program.optimiserState].reduce((sum, { value }) => sum + value.length, 0);
    const rest = program.arenaLength - learnt;
    assert.ok(rest < 0.7 * apart, `${rest} of ${apart}`);
  });
});
