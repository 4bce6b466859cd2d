import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { RevealedUpdate } from "../chain/task.ts";
import type { Parameters } from "../engine/tensor.ts";
import { findDuplicates } from "./duplicates.ts";

const vector = (...values: readonly number[]): Parameters =>
  new Map([["w", { shape: [values.length], data: Float32Array.from(values) }]]);

const BASE = vector(0, 0, 0);
/** By index: two originals that are alike, a copy of the first with noise, and something else. */
const CONTENT = [vector(1, 0, 0), vector(1, 0.01, 0), vector(1, 0, 0.05), vector(0, 1, 0)];
const UPDATES = CONTENT.map(
  (_, index) => ({ index, updateDigest: `0x${index}`, trainer: `0x0${index}` }) as unknown as RevealedUpdate,
);

async function found(order: readonly number[], suspects: readonly number[], updates = UPDATES): Promise<number[][]> {
  const load = async ({ index }: RevealedUpdate) => CONTENT[index]!;
  const signal = new AbortController().signal;
  const duplicates = await findDuplicates({ base: BASE, updates, order, suspects, load, signal });
  return duplicates.map(({ update, of }) => [update.index, of]);
}

describe("findDuplicates", () => {
  it("marks a copy after the first that it repeats", async () => {
    assert.deepEqual(await found([0, 1, 2, 3], [2, 3]), [[2, 0]]);
    assert.deepEqual(await found([1, 0, 2, 3], [2, 3]), [[2, 1]]);
  });
  it("never marks an update that replays, however like an earlier one it is", async () => {
    assert.deepEqual(await found([0, 1, 2, 3], []), []);
  });
  it("lets the earlier commitment win, whatever the slots", async () => {
    assert.deepEqual(await found([2, 3, 0, 1], [2]), []);
  });
  it("leaves a copy's original alone that was committed after it", async () => {
    assert.deepEqual(await found([2, 0, 1, 3], [2, 3]), []);
  });
  it("knows equal digests without comparing, and passes over what was never opened", async () => {
    const same = UPDATES.map((update) => ({ ...update, updateDigest: "0x7" as const }));
    assert.deepEqual(await found([3, 0], [0], same), [[0, 3]]);
    assert.deepEqual(await found([3, 0], [0], same.slice(0, 3)), []);
  });
});
