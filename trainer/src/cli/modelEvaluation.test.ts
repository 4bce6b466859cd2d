import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { hasCode, perceptron } from "../engine/testing/programs.ts";
import { compileForEvaluation } from "./modelEvaluation.ts";

const MAX_BUFFER_BYTES = 2 ** 29;

describe("compileForEvaluation", () => {
  it("takes 256 records at a time where they fit", async () => {
    assert.equal((await compileForEvaluation(perceptron([5], 3))).batchSize, 256);
  });

  it("takes fewer of large images, even where so many would be refused", async () => {
    const layers = [{ type: "conv2d", filters: 16, kernel: 3 }, { type: "relu" }, { type: "flatten" }] as const;
    const large = { input: [512, 512, 3], layers, loss: "meanSquaredError" };
    const { batchSize, arenaLength } = await compileForEvaluation(large);
    assert.equal(batchSize, 8);
    assert.ok(4 * arenaLength <= MAX_BUFFER_BYTES);
  });

  it("refuses what one record is too large for", async () => {
    const huge = {
      input: [4_096, 4_096, 1],
      layers: [{ type: "conv2d", filters: 2, kernel: 1 }],
      loss: "meanSquaredError",
    };
    await assert.rejects(compileForEvaluation(huge), hasCode("ENGINE_ARCHITECTURE_TOO_LARGE"));
  });
});
