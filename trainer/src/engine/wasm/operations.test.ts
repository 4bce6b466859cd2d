import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { describe, it } from "node:test";
import { EXP_COEFFICIENTS, LOG_COEFFICIENTS, NORMAL_COEFFICIENTS, TANH_COEFFICIENTS } from "../arithmetic.ts";
import type { Operation } from "../operations.ts";
import { runReference } from "../reference/referenceOperations.ts";
import { elementwiseCases, rowCases } from "../testing/cases/elementwiseCases.ts";
import { learningCases } from "../testing/cases/learningCases.ts";
import { type OperationCase, STEP } from "../testing/cases/operationCase.ts";
import { sequenceCases } from "../testing/cases/sequenceCases.ts";
import { poolCases } from "../testing/cases/windowCases.ts";
import { assertSameNumbers, testStream } from "../testing/programs.ts";
import { createMachine, type Machine } from "./machine.ts";

/** How many threads share an operation; their parts are computed one after another. */
const THREADS = [1, 2, 3, 4];
const SUBJECTS = { elementwiseCases, rowCases, sequenceCases, poolCases, learningCases };

/** A machine for one operation, which has seen {@link STEP}. */
async function machineFor({ operation, arena }: OperationCase, step = STEP): Promise<Machine> {
  const program = { operations: [operation], streams: ["one", "another"], arenaLength: arena.length };
  const machine = await createMachine(program, { threads: 1, maySleep: true });
  machine.streams.set(step.streams);
  const { isTraining, rate, firstCorrection, secondCorrection } = step;
  const numbers = [step.step, Number(isTraining), rate, firstCorrection, secondCorrection] as const;
  machine.kernels.run(machine.address, 0, 0, ...numbers); // no operation: for the step's sake
  return machine;
}

/** @returns whether all parts say that losses and weights are finite. */
function computeParts({ kernels, address }: Machine, threads: number): boolean {
  const parts = Array.from({ length: threads }, (_, thread) => kernels.compute_part(address, 0, thread, threads));
  return parts.every((finite) => finite === 1);
}

/** With every NaN the same: which one an operation makes is up to the processor. */
function canonical(values: Float32Array): Float32Array {
  return values.map((value) => (Number.isNaN(value) ? Number.NaN : value));
}

async function check(example: OperationCase): Promise<void> {
  const machine = await machineFor(example);
  const expected = example.arena.slice();
  const finite = runReference(example.operation, expected, STEP);
  for (const threads of THREADS) {
    machine.arena.set(example.arena);
    assert.equal(computeParts(machine, threads), finite, `${example.label}, ${threads} threads: finite`);
    assertSameNumbers(canonical(machine.arena), canonical(expected), `${example.label}, ${threads} threads`);
  }
}

/** Fails unless the reference itself writes `outputs` and nothing else, so that equal arenas mean nothing else changed. */
function assertOutputsOnly({ label, arena, operation, outputs }: OperationCase): void {
  const after = arena.slice();
  runReference(operation, after, STEP);
  for (const { offset, length } of outputs) after.set(arena.subarray(offset, offset + length), offset);
  assertSameNumbers(after, arena, `${label}: outside its outputs`);
}

describe("compute_part", () => {
  for (const [name, cases] of Object.entries(SUBJECTS)) {
    it(`gives the reference's bits and touches nothing else, in 1 to 4 parts: ${name}`, async () => {
      for (const example of cases(testStream(name))) {
        assertOutputsOnly(example);
        await check(example);
      }
    });
  }

  it("knows every kind but products and convolutions, which have tests of their own", () => {
    const kinds = Object.entries(SUBJECTS).flatMap(([name, cases]) =>
      [...cases(testStream(name))].map(({ operation }) => operation.kind),
    );
    assert.equal(new Set<Operation["kind"]>(kinds).size, 33);
  });

  it("lets everything through dropout outside training", async () => {
    for (const example of elementwiseCases(testStream("inference"))) {
      if (example.operation.kind !== "dropout") continue;
      const machine = await machineFor(example, { ...STEP, isTraining: false });
      machine.arena.set(example.arena);
      computeParts(machine, 2);
      const { input, output } = example.operation;
      const at = (offset: number): Float32Array => canonical(machine.arena.slice(offset, offset + input.length));
      assertSameNumbers(at(output.offset), at(input.offset), example.label);
    }
  });

  it("notices one weight that is not finite, in whichever lane or tail it lies", async () => {
    const length = 21;
    const slot = (index: number) => ({ name: "", offset: 32 * index, length });
    const [weight, gradient, velocity] = [slot(0), slot(1), slot(2)];
    const common = { weightDecay: 0, weight, gradient };
    const operations: readonly Operation[] = [
      { kind: "sgd", ...common },
      { kind: "sgdMomentum", momentum: 0.5, nesterov: false, ...common, velocity },
      { kind: "adamW", beta1: 0.5, beta2: 0.5, epsilon: 0, ...common, firstMoment: velocity, secondMoment: slot(3) },
    ];
    for (const operation of operations) {
      const example = { label: operation.kind, operation, arena: new Float32Array(128).fill(1), outputs: [] };
      const machine = await machineFor(example);
      for (const bad of [Infinity, -Infinity, Number.NaN]) {
        for (let position = 0; position <= length; position++) {
          machine.arena.set(example.arena);
          if (position < length) machine.arena[gradient.offset + position] = bad;
          assert.equal(computeParts(machine, 2), position === length, `${operation.kind}: ${bad} at ${position}`);
        }
      }
    }
  });
});

describe("elementary.h", () => {
  it("spells its polynomials with the reference's coefficients, in its order", () => {
    const source = readFileSync(new URL("../../../kernels/elementary.h", import.meta.url), "utf8");
    const numbers = [...source.matchAll(/ p = (?:splat\(|p \* [rmzt] \+ )(-?[\d.e-]+)f\)?;/g)].map(([, number]) =>
      Number(number),
    );
    const coefficients = [...EXP_COEFFICIENTS, ...LOG_COEFFICIENTS, ...TANH_COEFFICIENTS, ...NORMAL_COEFFICIENTS];
    assert.deepEqual(numbers.map(Math.fround), coefficients);
  });

  for (const width of [1, 8, 60, 120, 250]) {
    it(`computes exp, log, tanh and gelu as the reference does: 200,000 numbers within ±${width / 2}`, async () => {
      const [rows, columns] = [2_000, 100];
      const stream = testStream(`elementary ${width}`);
      const size = rows * columns;
      const slot = (index: number, length: number) => ({ name: "", offset: index * size, length });
      const [input, output, loss, targets] = [
        slot(0, size),
        slot(1, size),
        slot(2, 1),
        { ...slot(2, rows), offset: 2 * size + 16 },
      ];
      const arena = new Float32Array(2 * size + 16 + rows);
      for (let i = 0; i < size; i++) arena[i] = width * (stream.nextFloat() - 0.5);
      const operations: readonly Operation[] = [
        { kind: "softmaxCrossEntropy", rows, columns, logits: input, targets, gradient: output, loss },
        { kind: "tanh", input, output },
        { kind: "gelu", input, output },
      ];
      for (const operation of operations)
        await check({ label: operation.kind, operation, arena, outputs: [output, loss] });
    });
  }
});
