import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { describe, it } from "node:test";
import type { Architecture } from "../engine/architecture.ts";
import { decodeParameters, stateHash } from "../engine/checkpoint.ts";
import { initialParameters } from "../engine/initialParameters.ts";
import { compile } from "../engine/program.ts";
import { createReferenceExecutor } from "../engine/reference/referenceExecutor.ts";
import { hasCode, perceptron, seedOf } from "../engine/testing/programs.ts";
import { createWasmExecutor } from "../engine/wasm/wasmExecutor.ts";
import { createBatchOrder } from "./batchOrder.ts";
import { evaluate } from "./evaluate.ts";
import { trainLocally } from "./localTraining.ts";
import type { Records } from "./records.ts";
import { createBlobs } from "./testing/blobs.ts";
import { allOf, programFor, smallJob } from "./testing/jobs.ts";
import { traceRoot } from "./trace.ts";

describe("trainLocally", () => {
  it("gives the update and trace that plain steps give", async () => {
    const job = smallJob();
    const update = await trainLocally(job);
    const { executor, records } = smallJob();
    executor.loadParameters(job.base);
    const next = createBatchOrder(job.shard, job.seed, 8);
    const inputs = new Float32Array(8 * records.inputSize);
    const targets = new Float32Array(8);
    const hashes: string[] = [];
    for (let step = 1; step <= 10; step++) {
      records.read(next(), inputs, targets);
      executor.step(inputs, targets);
      if ([4, 8, 10].includes(step)) hashes.push(stateHash(executor.checkpoint()));
    }
    assert.deepEqual(update.traceLeaves, hashes);
    assert.equal(update.traceRoot, traceRoot(update.traceLeaves));
    assert.deepEqual(
      decodeParameters(update.bytes, executor.program).get("layers.1.bias"),
      executor.parameters().get("layers.1.bias"),
    );
    assert.equal(update.digest, `0x${createHash("sha256").update(update.bytes).digest("hex")}`);
    assert.equal(update.sampleCount, 240);
  });

  it("gives equal updates on reference and wasm", async () => {
    const reference = await trainLocally(smallJob());
    const executor = await createWasmExecutor(programFor(createBlobs()));
    assert.deepEqual(await trainLocally(smallJob({ executor })), reference);
  });

  it("depends on seed, shard and base", async () => {
    const { digest } = await trainLocally(smallJob());
    const { base } = smallJob();
    const shifted = new Map(
      [...base].map(([name, { shape, data }]) => [name, { shape, data: data.map((w) => w + 1) }]),
    );
    for (const change of [{ seed: seedOf(3) }, { shard: Uint32Array.of(0, 1, 2) }, { base: shifted }]) {
      assert.notEqual((await trainLocally(smallJob(change))).digest, digest);
    }
  });

  it("keys dropout with the seed: equal seeds give equal updates, and the batch order alone is not all there is", async () => {
    const optimiser = { type: "sgd", learningRate: 0.1, momentum: 0 } as const;
    const layers = [
      ...perceptron([12], 9).layers,
      { type: "dropout", rate: 0.5 },
      { type: "dense", units: 4 },
    ] as const;
    const architecture = { input: [12], layers, loss: "softmaxCrossEntropy" } as const;
    const job = (seed: number) => {
      const program = compile(architecture, { batchSize: 8, optimiser });
      const base = initialParameters(program, seedOf(1));
      const executor = createReferenceExecutor(program);
      return smallJob({ executor, base, seed: seedOf(seed), shard: Uint32Array.of(5) }); // one record: no order
    };
    const { digest } = await trainLocally(job(2));
    assert.equal((await trainLocally(job(2))).digest, digest);
    assert.notEqual((await trainLocally(job(3))).digest, digest);
  });

  it("learns a text: the loss of next tokens falls below what guessing gives", async () => {
    const layers = [
      ...[{ type: "embedding", vocabulary: 5, units: 8 }, { type: "positionalEmbedding" }],
      { type: "residual", layers: [{ type: "layerNorm" }, { type: "causalSelfAttention", heads: 2 }] },
      ...[{ type: "layerNorm" }, { type: "dense", units: 5 }],
    ] as const;
    const optimiser = { type: "adamW", learningRate: 0.02, clipNorm: 1 } as const;
    const program = compile({ input: [4], layers, loss: "softmaxCrossEntropy" } as Architecture, {
      batchSize: 8,
      optimiser,
    });
    const records: Records = {
      ...{ count: 5, inputSize: 4, targetSize: 4, classes: 5 },
      read(indices, inputs, targets) {
        for (let at = 0; at < 4 * indices.length; at++) {
          inputs[at] = (indices[at >> 2]! + (at & 3)) % 5;
          targets[at] = (indices[at >> 2]! + (at & 3) + 1) % 5;
        }
      },
    };
    const executor = createReferenceExecutor(program);
    const base = initialParameters(program, seedOf(1));
    const job = smallJob({ executor, base, records, shard: allOf(records), localSteps: 60, traceStride: 60 });
    executor.loadParameters(base);
    const before = evaluate(executor, records).loss;
    await trainLocally(job);
    const { loss, accuracy } = evaluate(executor, records);
    assert.ok(before > 1.4, `${before} before; guessing gives log 5 = 1.61`);
    assert.ok(loss < 0.5 && accuracy === 1, `loss ${loss}, accuracy ${accuracy}`);
  });

  it("traces the last step even where the stride does not reach it, and once where it does", async () => {
    assert.equal((await trainLocally(smallJob({ localSteps: 5, traceStride: 5 }))).traceLeaves.length, 1);
    assert.equal((await trainLocally(smallJob({ localSteps: 5, traceStride: 2 }))).traceLeaves.length, 3);
    assert.equal((await trainLocally(smallJob({ localSteps: 1, traceStride: 1 }))).traceLeaves.length, 1);
  });

  it("learns: 120 steps lift accuracy on unseen points from chance to above 90 %", async () => {
    const unseen = createBlobs({ seed: 2 });
    const job = smallJob({ localSteps: 120, traceStride: 120 });
    job.executor.loadParameters(job.base);
    const before = evaluate(job.executor, unseen).accuracy!;
    const { loss } = await trainLocally(job);
    const after = evaluate(job.executor, unseen).accuracy!;
    assert.ok(before < 0.5, `${before} before; chance is 0.25`);
    assert.ok(after > 0.9, `${after} after; 0.99 when written`);
    assert.ok(loss < Math.log(4), `mean loss ${loss}`);
  });

  it("does not learn from labels that mean nothing: the test above can fail", async () => {
    const { records } = smallJob();
    const meaningless = {
      ...records,
      read(indices: ArrayLike<number>, inputs: Float32Array, targets: Float32Array): void {
        records.read(indices, inputs, targets);
        for (let row = 0; row < indices.length; row++) targets[row] = Math.floor(indices[row]! / 4) % 4;
      },
    };
    const job = smallJob({ localSteps: 120, traceStride: 120, records: meaningless });
    await trainLocally(job);
    assert.ok(evaluate(job.executor, createBlobs({ seed: 2 })).accuracy! < 0.5);
  });

  it("reports each step and waits for what the report returns", async () => {
    const seen: number[] = [];
    const onStep = async ({ step }: { readonly step: number }): Promise<void> => {
      await Promise.resolve();
      seen.push(step);
    };
    await trainLocally(smallJob({ onStep }));
    assert.deepEqual(seen, [1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
  });

  it("stops between two steps when told to", async () => {
    const stop = new AbortController();
    let steps = 0;
    const onStep = (): void => {
      steps++;
      if (steps === 5) stop.abort(new Error("enough"));
    };
    await assert.rejects(trainLocally(smallJob({ signal: stop.signal, onStep })), /enough/);
    assert.equal(steps, 5);
  });

  it("refuses data that do not fit, before the first step", async () => {
    const wide = createBlobs({ inputSize: 13 });
    const many = createBlobs({ classes: 5 });
    const beyond = { shard: Uint32Array.of(240) };
    await assert.rejects(trainLocally(smallJob({ records: wide })), hasCode("LEARNING_DATA_MISMATCH"));
    await assert.rejects(trainLocally(smallJob({ records: many })), hasCode("LEARNING_DATA_MISMATCH"));
    await assert.rejects(trainLocally(smallJob({ shard: new Uint32Array(0) })), hasCode("LEARNING_SHARD_EMPTY"));
    await assert.rejects(trainLocally(smallJob(beyond)), hasCode("LEARNING_RECORD_OUT_OF_RANGE"));
    await assert.rejects(trainLocally(smallJob({ traceStride: 11 })), RangeError);
    await assert.rejects(trainLocally(smallJob({ localSteps: 0 })), RangeError);
  });

  it("names the step at which the numbers overflow", async () => {
    const records = createBlobs();
    const optimiser = { type: "sgd", learningRate: 1e20, momentum: 0 } as const;
    const program = compile(perceptron([records.inputSize], 9, records.classes), { batchSize: 8, optimiser });
    const job = smallJob({ executor: createReferenceExecutor(program), shard: allOf(records) });
    await assert.rejects(trainLocally(job), hasCode("ENGINE_NOT_FINITE"));
  });
});
