import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { parseArchitecture } from "../engine/architecture.ts";
import { initialParameters } from "../engine/initialParameters.ts";
import { compile } from "../engine/program.ts";
import { createReferenceExecutor } from "../engine/reference/referenceExecutor.ts";
import { evaluate } from "./evaluate.ts";
import { evaluateInParts } from "./evaluateInParts.ts";
import { createBlobs } from "./testing/blobs.ts";

const records = createBlobs({ count: 600 });
const indices = Uint32Array.from({ length: 600 }, (_, i) => i);

function createExecutor(batchSize: number) {
  const architecture = parseArchitecture({
    input: [records.inputSize],
    layers: [{ type: "dense", units: records.classes }],
    loss: "softmaxCrossEntropy",
  });
  const optimiser = { type: "sgd", learningRate: 1, momentum: 0 } as const;
  const executor = createReferenceExecutor(compile(architecture, { batchSize, optimiser }));
  executor.loadParameters(initialParameters(executor.program, new Uint8Array(32)));
  return executor;
}

describe("evaluateInParts", () => {
  it("gives what evaluate gives, whatever the batch size, and tells after every 256 records", async () => {
    const whole = evaluate(createExecutor(50), records);
    const told: number[] = [];
    const parts = await evaluateInParts(createExecutor(50), { records, indices }, (done) => told.push(done) > 0);
    assert.deepEqual(told, [256, 512, 600]);
    assert.deepEqual([parts?.accuracy, parts?.confusion], [whole.accuracy, whole.confusion]);
    assert.ok(Math.abs(parts!.loss - whole.loss) < 1e-12);
    const other = await evaluateInParts(createExecutor(7), { records, indices }, () => true);
    assert.equal(other?.loss, parts?.loss);
  });

  it("ends when it is told to, but for its last part", async () => {
    assert.equal(await evaluateInParts(createExecutor(50), { records, indices }, () => false), undefined);
    const few = indices.subarray(0, 100);
    const whole = evaluate(createExecutor(50), records, few);
    assert.deepEqual(await evaluateInParts(createExecutor(50), { records, indices: few }, () => false), whole);
  });

  it("refuses to evaluate nothing", async () => {
    const nothing = { records, indices: new Uint32Array(0) };
    await assert.rejects(
      evaluateInParts(createExecutor(50), nothing, () => true),
      { code: "LEARNING_SHARD_EMPTY" },
    );
  });
});
