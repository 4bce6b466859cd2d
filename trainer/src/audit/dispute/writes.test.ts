import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { Slot } from "../../engine/operations/slot.ts";
import type { Operation } from "../../engine/operations.ts";
import { runReference } from "../../engine/reference/referenceOperations.ts";
import { elementwiseCases, rowCases } from "../../engine/testing/cases/elementwiseCases.ts";
import { learningCases } from "../../engine/testing/cases/learningCases.ts";
import { type OperationCase, STEP } from "../../engine/testing/cases/operationCase.ts";
import { convolutionCases, matmulCases } from "../../engine/testing/cases/productCases.ts";
import { sequenceCases } from "../../engine/testing/cases/sequenceCases.ts";
import { poolCases } from "../../engine/testing/cases/windowCases.ts";
import { testStream } from "../../engine/testing/programs.ts";
import { bitsOf } from "./codeBuilder.ts";
import type { SlotAddress } from "./instruction.ts";
import { initialState, type MachineWorld, RESULT, runMachine } from "./machine.ts";
import { codeOf, writesOf } from "./writes.ts";

const SUBJECTS = { elementwiseCases, rowCases, sequenceCases, poolCases, learningCases, matmulCases, convolutionCases };
/** Elements of a write that are computed; large ones are sampled. */
const SAMPLED = 24;
/** Of attention, whose gradients take a million steps an element. */
const SAMPLED_OF_ATTENTION = 3;

/** Words of an arena: every NaN the same. */
function wordsOf(arena: Float32Array, { offset, length }: Slot): Uint32Array {
  return Uint32Array.from(arena.subarray(offset, offset + length), bitsOf);
}

/** Each slot's address is its place in a list. */
function createAddresses() {
  const slots: Slot[] = [];
  return {
    of(slot: Slot): SlotAddress {
      const known = slots.indexOf(slot);
      return { path: known < 0 ? slots.push(slot) - 1 : known, depth: 8, length: slot.length };
    },
    at: ({ path }: SlotAddress): Slot => slots[path]!,
  };
}

function check({ operation, arena, label }: OperationCase): void {
  const expected = arena.slice();
  runReference(operation, expected, STEP);
  const now = arena.slice();
  const stream = testStream(label);
  for (const plan of writesOf(operation)) {
    const addresses = createAddresses();
    const code = codeOf(plan, addresses.of);
    const { step, rate, firstCorrection, secondCorrection, streams } = STEP;
    const world: MachineWorld = {
      slot: (address) => wordsOf(now, addresses.at(address)),
      context: Uint32Array.of(step, bitsOf(rate), bitsOf(firstCorrection), bitsOf(secondCorrection), 0),
      keys: Uint32Array.of(0, 0, 0, 0, ...streams),
      shard: new Uint32Array(0),
      byte: () => 0,
    };
    const { offset, length } = plan.slot;
    const wanted = wordsOf(expected, plan.slot);
    const sampled = operation.kind.startsWith("attention") ? SAMPLED_OF_ATTENTION : SAMPLED;
    const elements =
      length <= sampled
        ? Array.from({ length }, (_, i) => i)
        : Array.from({ length: sampled }, () => stream.nextBelow(length));
    for (const element of elements) {
      const { state } = runMachine(code, world, initialState(element), 20_000_000);
      const found = state.registers[RESULT]!;
      assert.equal(
        found.toString(16),
        wanted[element]!.toString(16),
        `${label}, ${plan.slot.name} at ${offset}[${element}]`,
      );
    }
    now.set(expected.subarray(offset, offset + length), offset);
  }
  assert.deepEqual(now, expected, `${label}: nothing else is written`);
}

/** What is there for the card's groups of positions shows the machine nothing new, and takes it a minute. */
function isLong({ operation }: OperationCase): boolean {
  return operation.kind.startsWith("attention") && "shape" in operation && "length" in operation.shape
    ? operation.shape.length > 40
    : false;
}

describe("writesOf", () => {
  for (const [name, cases] of Object.entries(SUBJECTS)) {
    it(`computes the reference's bits, element by element: ${name}`, () => {
      for (const example of cases(testStream(name))) if (!isLong(example)) check(example);
    });
  }

  it("knows every kind of operation", () => {
    const kinds = Object.entries(SUBJECTS).flatMap(([name, cases]) =>
      [...cases(testStream(name))].map(({ operation }) => operation.kind),
    );
    assert.equal(new Set<Operation["kind"]>(kinds).size, 37);
  });
});
