/** Tests of the figures as Markdown. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { EngineFigures, ModelFigures } from "./figures.ts";
import { renderMarkdown } from "./markdown.ts";

const engine = (samplesPerSecond: number, words = "WebAssembly, 1 thread"): EngineFigures => ({
  ...{ engine: words, samplesPerSecond, slowest: 1, fastest: 2, startMs: 90, peakRssMiB: 64 },
});

const lenet: ModelFigures = {
  ...{ nativeVsTorch: null, wasmVsTorch: 0.76, wasmVsTfjs: 4.6 },
  byThreads: { 1: { native: null, wasm: 0.76 } },
  samplesPerSecond: {},
  engines: { wasm1: engine(7640), tfjs: engine(1660, "TensorFlow.js 4.22.0, WASM; fails as it is (no kernel)") },
  skipped: {},
  hashes: { 50: { hash: "0xab", byEngine: { wasm1: "0xab" } }, 60: { hash: null, byEngine: { wasm1: "0xac" } } },
  firstLossSpread: 0,
};
const conditions = { cpu: "a processor", cores: 2, node: "v24", load: 0.1 };

describe("renderMarkdown", () => {
  const lines = renderMarkdown({ lenet }, { lenet: "LeNet-5" }, conditions).split("\n");

  it("has a row a model and a column an engine, and marks what was mended", () => {
    assert.ok(lines.includes("| LeNet-5 | 7,640 | *1,660* |"));
    assert.ok(lines.includes("| LeNet-5 | – | 0.76 × | 4.60 × |"));
  });

  it("lists the hashes, and says where engines differ", () => {
    assert.ok(lines.includes("- LeNet-5, 50 steps: `0xab` on wasm1"));
    assert.ok(lines.includes("- LeNet-5, 60 steps: `differs` on wasm1"));
  });
});
