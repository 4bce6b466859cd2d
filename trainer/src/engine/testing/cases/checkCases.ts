/** Runs single operations on a backend and compares every number with the reference's. Not for use outside tests. */
import assert from "node:assert/strict";
import type { Backend } from "../../executor.ts";
import type { KernelProgram } from "../../kernelProgram.ts";
import { runReference } from "../../reference/referenceOperations.ts";
import { assertSameNumbers } from "../programs.ts";
import { type OperationCase, STEP } from "./operationCase.ts";

/** All cases as one program over one arena, each with its own piece of it: a backend is opened once for many. */
function join(cases: readonly OperationCase[]): { program: KernelProgram; arena: Float32Array } {
  let end = 0;
  const moved = cases.map(({ operation, arena }) => {
    const by = end;
    end += arena.length;
    return JSON.parse(JSON.stringify(operation), (key, value) => (key === "offset" ? value + by : value));
  });
  const arena = new Float32Array(end);
  let at = 0;
  for (const each of cases) {
    arena.set(each.arena, at);
    at += each.arena.length;
  }
  return { program: { operations: moved, streams: ["one", "another"], arenaLength: end }, arena };
}

/** With every NaN the same: which one an operation makes is up to the processor. */
function canonical(values: Float32Array): Float32Array {
  return values.map((value) => (Number.isNaN(value) ? Number.NaN : value));
}

/** Fails unless the backend leaves in the whole arena, guards included, the numbers that the reference leaves. */
export async function checkCases(
  cases: Iterable<OperationCase>,
  open: (program: KernelProgram) => Backend | Promise<Backend>,
): Promise<void> {
  const all = [...cases];
  const { program, arena } = join(all);
  const backend = await open(program);
  backend.arena.set(arena);
  for (let at = 0, from = 0; at < all.length; at++) {
    const { operation, label, arena: before } = all[at]!;
    const expected = before.slice();
    const succeeds = runReference(operation, expected, STEP);
    assert.equal(backend.run(at, at + 1, STEP), succeeds ? -1 : at, `${label}: finite`);
    const actual = backend.arena.slice(from, from + before.length);
    assertSameNumbers(canonical(actual), canonical(expected), label);
    from += before.length;
  }
  backend.dispose?.();
}
