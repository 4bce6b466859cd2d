/** Tests that a workload survives its files, and what its batches are. */
import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, it } from "node:test";
import { batchOf } from "./decodeWorkload.ts";
import { benchModel } from "./models.ts";
import { createWorkload, readWorkload, writeWorkload } from "./workload.ts";

describe("readWorkload", () => {
  const folder = mkdtempSync(join(tmpdir(), "cairn-workload-"));
  it("gets back the program, the weights and the batches that were written", (test) => {
    test.after(() => rmSync(folder, { recursive: true }));
    const workload = createWorkload(benchModel("transformer"));
    writeWorkload(folder, workload);
    const read = readWorkload(folder);
    assert.deepEqual(read.program, workload.program);
    assert.deepEqual([...read.weights.keys()], [...workload.weights.keys()]);
    for (const [name, { shape, data }] of workload.weights) {
      assert.deepEqual(read.weights.get(name)?.shape, shape, name);
      assert.ok(Buffer.from(read.weights.get(name)!.data.slice().buffer).equals(Buffer.from(data.buffer)), name);
    }
    assert.deepEqual(read.batches, workload.batches);
    const { classes, parameters } = JSON.parse(readFileSync(join(folder, "model.json"), "utf8"));
    assert.equal(classes, 96);
    assert.equal(parameters[0].name, "layers.0.weight");
  });
});

describe("batchOf", () => {
  const workload = createWorkload(benchModel("mlp"));

  it("goes round and round", () => {
    const { batchSize, inputSize, targetSize } = workload.program;
    const count = workload.batches.inputs.length / batchSize / inputSize;
    assert.deepEqual(batchOf(workload, count + 3), batchOf(workload, 3));
    const { inputs, targets } = batchOf(workload, 1);
    assert.deepEqual([inputs.length, targets.length], [batchSize * inputSize, batchSize * targetSize]);
    assert.equal(inputs[0], workload.batches.inputs[batchSize * inputSize]);
  });
});
