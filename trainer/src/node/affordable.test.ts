import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { compile } from "../engine/program.ts";
import { hasCode } from "../engine/testing/programs.ts";
import { requireAffordable } from "./affordable.ts";

const MIB = 2 ** 20 / 4; // elements

describe("requireAffordable", () => {
  it("counts the arena once and each thread's own memory, up to 256 MiB", () => {
    requireAffordable({ arenaLength: 156 * MIB, scratchLength: 50 * MIB, operations: [] }, { taskId: 1n, threads: 2 });
    for (const [arenaLength, scratchLength, threads] of [
      [156 * MIB + 1, 50 * MIB, 2],
      [156 * MIB, 50 * MIB, 3],
      [256 * MIB + 1, 0, 1],
    ] as const) {
      const refused = () => requireAffordable({ arenaLength, scratchLength, operations: [] }, { taskId: 1n, threads });
      assert.throws(refused, hasCode("NODE_PLAN_TOO_LARGE"));
    }
  });

  it("refuses a long sequence whose arena is small", () => {
    const program = compile(
      {
        input: [6_000],
        layers: [
          { type: "embedding", vocabulary: 2, units: 1 },
          { type: "causalSelfAttention", heads: 1 },
          { type: "dense", units: 2 },
        ],
        loss: "softmaxCrossEntropy",
      },
      { batchSize: 1, optimiser: { type: "sgd", learningRate: 0.1, momentum: 0 } },
    );
    assert.ok(4 * program.arenaLength < 2 ** 20);
    assert.throws(() => requireAffordable(program, { taskId: 1n, threads: 1 }), hasCode("NODE_PLAN_TOO_LARGE"));
  });

  it("refuses steps that would hold up everything else for minutes, though they need little memory", () => {
    const program = compile(
      {
        input: [1, 1, 1],
        layers: [{ type: "conv2d", filters: 1, kernel: 600, padding: 599 }],
        loss: "meanSquaredError",
      },
      { batchSize: 1, optimiser: { type: "sgd", learningRate: 0.1, momentum: 0 } },
    );
    assert.ok(4 * (program.arenaLength + program.scratchLength) < 256 * 2 ** 20);
    assert.throws(() => requireAffordable(program, { taskId: 1n, threads: 1 }), hasCode("NODE_PLAN_TOO_SLOW"));
  });
});
