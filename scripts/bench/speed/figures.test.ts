/** Tests of the figures: ratios at equal numbers of threads, medians, and hashes that must be the same. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { disagreements, figuresOf, median } from "./figures.ts";
import type { Measurement } from "./measureModel.ts";
import type { EngineKind, Subject } from "./subjects.ts";

function subject(kind: EngineKind, threads: number): Subject {
  const name = kind === "reference" || kind === "tfjs" ? kind : `${kind}${threads}`;
  const isCanonical = kind === "native" || kind === "wasm" || kind === "reference";
  return { name, kind, threads, isCanonical, command: () => ({ file: "", args: [] }) };
}

function measured(of: Subject, samplesPerSecond: readonly number[], hashes: Record<string, string> = {}): Measurement {
  const start = { engine: "", firstLoss: 2.5, startMs: 120.4, peakRssBytes: 64 * 2 ** 20 };
  return { subject: of, ...start, samplesPerSecond, hashes };
}

describe("figuresOf", () => {
  const torch1 = measured(subject("torch", 1), [100, 300, 200], { 50: "other" });
  const torch2 = measured(subject("torch", 2), [400]);
  const wasm1 = measured(subject("wasm", 1), [150], { 1: "a", 50: "b" });
  const wasm2 = measured(subject("wasm", 2), [500], { 1: "a", 50: "b" });
  const native1 = measured(subject("native", 1), [260], { 1: "a", 50: "b" });
  const native2: Measurement = { subject: subject("native", 2), skipped: "no addon", samplesPerSecond: [], hashes: {} };
  const reference = measured(subject("reference", 1), [2], { 1: "a" });
  const tfjs = measured(subject("tfjs", 1), [20]);
  const figures = figuresOf([torch1, torch2, native1, native2, wasm1, wasm2, reference, tfjs]);

  it("takes the median of each engine's rounds", () => {
    assert.deepEqual(figures.samplesPerSecond, {
      ...{ torch1: 200, torch2: 400, native1: 260, wasm1: 150, wasm2: 500, reference: 2, tfjs: 20 },
    });
  });

  it("compares at equal numbers of threads and reports the smallest ratio", () => {
    assert.deepEqual(figures.byThreads, { 1: { native: 1.3, wasm: 0.75 }, 2: { native: null, wasm: 1.25 } });
    assert.equal(figures.nativeVsTorch, 1.3, "only the threads that were measured");
    assert.equal(figures.wasmVsTorch, 0.75);
    assert.equal(figures.wasmVsTfjs, 7.5, "one thread against one thread");
  });

  it("says null for a ratio whose other side was not there, and why an engine has no figure", () => {
    const alone = figuresOf([wasm1, native2]);
    assert.deepEqual([alone.nativeVsTorch, alone.wasmVsTorch, alone.wasmVsTfjs], [null, null, null]);
    assert.deepEqual(figures.skipped, { native2: "no addon" });
  });

  it("finds one hash where all our engines agree, as far as each of them went", () => {
    assert.equal(figures.hashes[1]?.hash, "a");
    assert.deepEqual(Object.keys(figures.hashes[1]!.byEngine), ["native1", "wasm1", "wasm2", "reference"]);
    assert.equal(figures.hashes[50]?.hash, "b", "other engines' hashes don't count");
    assert.deepEqual(disagreements({ mlp: figures }), []);
  });

  it("names the model and the step whose hashes differ", () => {
    const different = figuresOf([wasm1, measured(subject("wasm", 2), [1], { 1: "a", 50: "c" })]);
    assert.equal(different.hashes[50]?.hash, null);
    assert.deepEqual(disagreements({ mlp: figures, cnn: different }), ["cnn: the weights differ after 50 steps"]);
  });
});

describe("disagreements", () => {
  it("notices an engine that computes another network", () => {
    const other = { ...measured(subject("torch", 1), [1]), firstLoss: 2.51 };
    const figures = figuresOf([measured(subject("wasm", 1), [1]), other]);
    assert.deepEqual(disagreements({ mlp: figures }), ["mlp: the first losses differ by 0.0100"]);
  });
});

describe("median", () => {
  it("is the middle of the sorted numbers, the upper one of two", () => {
    assert.equal(median([9, 1, 10]), 9);
    assert.equal(median([2, 1]), 2);
    assert.ok(Number.isNaN(median([])));
  });
});
