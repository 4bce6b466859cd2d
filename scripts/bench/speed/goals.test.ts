/** Tests of what the figures are held to. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { EngineFigures, ModelFigures } from "./figures.ts";
import { judgeGoals } from "./goals.ts";

const engine = (startMs: number, peakRssMiB: number): EngineFigures => ({
  ...{ engine: "", samplesPerSecond: 1, slowest: 1, fastest: 1, startMs, peakRssMiB },
});

const cnn: ModelFigures = {
  ...{ nativeVsTorch: 0.97, wasmVsTorch: 0.5, wasmVsTfjs: null, byThreads: {}, samplesPerSecond: {} },
  engines: { torch1: engine(900, 300), native1: engine(151, 150), native1x8: engine(999, 999), wasm2: engine(90, 200) },
  ...{ skipped: {}, hashes: {}, firstLossSpread: 0 },
};

describe("judgeGoals", () => {
  const outcomes = judgeGoals({ cnn }, { cnn: "CNN" });

  it("holds each ratio that there is to the model's own goal", () => {
    assert.deepEqual(outcomes.slice(0, 2), [
      { isMet: false, sentence: "native against PyTorch, CNN: 0.97 ×, the goal is at least 1 ×" },
      { isMet: true, sentence: "WebAssembly against PyTorch, CNN: 0.50 ×, the goal is at least 0.5 ×" },
    ]);
    const mlp = { ...cnn, nativeVsTorch: 1.99 };
    assert.equal(judgeGoals({ mlp }, { mlp: "MLP" })[0]?.isMet, false, "the MLP is to be twice as fast");
  });

  it("holds start and memory of both executors to their goals, memory at equal numbers of threads", () => {
    assert.deepEqual(outcomes.slice(2), [
      { isMet: false, sentence: "start to first step of native1, CNN: 151 ms, the goal is at most 150 ms" },
      { isMet: true, sentence: "start to first step of wasm2, CNN: 90 ms, the goal is at most 150 ms" },
      { isMet: true, sentence: "memory of native1, CNN: 0.50 of PyTorch's, the goal is at most half" },
    ]);
  });
});
