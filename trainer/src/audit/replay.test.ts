import assert from "node:assert/strict";
import { before, describe, it } from "node:test";
import type { Layer } from "../engine/architecture.ts";
import { initialParameters } from "../engine/initialParameters.ts";
import { compile } from "../engine/program.ts";
import { createReferenceExecutor } from "../engine/reference/referenceExecutor.ts";
import { hasCode, perceptron, seedOf } from "../engine/testing/programs.ts";
import { createWasmExecutor } from "../engine/wasm/wasmExecutor.ts";
import { type LocalUpdate, trainLocally } from "../learning/localTraining.ts";
import { createBlobs } from "../learning/testing/blobs.ts";
import { programFor, smallJob } from "../learning/testing/jobs.ts";
import { traceRoot } from "../learning/trace.ts";
import { replay, type UpdateClaim } from "./replay.ts";

const OTHER = `0x${"ab".repeat(32)}` as const;
let honest: LocalUpdate;

before(async () => {
  honest = await trainLocally(smallJob());
});

function claimOf({ digest, bytes, traceRoot: root, sampleCount, traceLeaves }: LocalUpdate): UpdateClaim {
  return { digest, byteLength: bytes.length, traceRoot: root, sampleCount, traceLeaves };
}

describe("replay", () => {
  it("matches an honest claim, on another executor too", async () => {
    const executor = await createWasmExecutor(programFor(createBlobs()));
    for (const job of [smallJob(), smallJob({ executor })]) {
      const verdict = await replay(claimOf(honest), job);
      assert.equal(verdict.match, true);
      assert.equal(verdict.reason, undefined);
      assert.deepEqual(verdict.update, honest);
    }
  });

  it("matches work with dropout, AdamW, a schedule and clipping, on an executor that did other work before", async () => {
    const layers: readonly Layer[] = [
      { type: "dense", units: 6 },
      { type: "residual", layers: [{ type: "layerNorm" }, { type: "gelu" }, { type: "dropout", rate: 0.3 }] },
      { type: "dense", units: 4 },
    ];
    const schedule = { type: "cosine", warmupSteps: 2, totalSteps: 9 } as const;
    const program = compile(
      { input: [12], layers, loss: "softmaxCrossEntropy" },
      { batchSize: 8, optimiser: { type: "adamW", learningRate: 0.02, clipNorm: 0.5, schedule } },
    );
    const base = initialParameters(program, seedOf(1));
    const work = await trainLocally(smallJob({ executor: createReferenceExecutor(program), base }));
    const executor = await createWasmExecutor(program);
    const other = await trainLocally(smallJob({ executor, base, seed: seedOf(3), localSteps: 13 }));
    assert.notEqual(other.digest, work.digest);
    const verdict = await replay(claimOf(work), smallJob({ executor, base }));
    assert.equal(verdict.match, true);
    assert.deepEqual(verdict.update, work);
    const reseeded = await replay(claimOf(work), smallJob({ executor, base, seed: seedOf(3) }));
    assert.deepEqual([reseeded.match, reseeded.firstDivergentLeaf], [false, 0]);
  });

  it("does not care how the claim's hex is written", async () => {
    const claim = claimOf(honest);
    const shouted = `0x${claim.digest.slice(2).toUpperCase()}` as const;
    assert.equal((await replay({ ...claim, digest: shouted }, smallJob())).match, true);
  });

  it("names what is false in a claim", async () => {
    const claim = claimOf(honest);
    const lies = { sampleCount: { sampleCount: 241 }, trace: { traceRoot: OTHER }, digest: { digest: OTHER } } as const;
    for (const [reason, lie] of Object.entries(lies)) {
      const verdict = await replay({ ...claim, ...lie }, smallJob());
      assert.deepEqual([verdict.match, verdict.reason], [false, reason]);
      assert.deepEqual(verdict.update, honest, "what the work really gives comes with it");
    }
    const longer = await replay({ ...claim, byteLength: honest.bytes.length + 1 }, smallJob());
    assert.deepEqual([longer.match, longer.reason], [false, "digest"]);
  });

  it("names the first leaf at which a trainer left the true run", async () => {
    const other = await trainLocally(smallJob({ seed: seedOf(9) }));
    const traceLeaves = [honest.traceLeaves[0]!, other.traceLeaves[1]!, other.traceLeaves[2]!];
    const claim = { ...claimOf(other), traceLeaves, traceRoot: traceRoot(traceLeaves) };
    const verdict = await replay(claim, smallJob());
    assert.deepEqual([verdict.reason, verdict.firstDivergentLeaf], ["trace", 1]);
    assert.equal((await replay(claimOf(other), smallJob())).firstDivergentLeaf, 0, "another batch order");
  });

  it("names no leaf when the leaves given are not those under the claimed root", async () => {
    const verdict = await replay({ ...claimOf(honest), traceRoot: OTHER }, smallJob());
    assert.equal("firstDivergentLeaf" in verdict, false);
  });

  it("catches a trainer that made one step less", async () => {
    const lazy = await trainLocally(smallJob({ localSteps: 9 }));
    const verdict = await replay(claimOf(lazy), smallJob());
    assert.deepEqual([verdict.match, verdict.firstDivergentLeaf], [false, 2]);
  });

  it("asks for the root block's digest of an update longer than a block", async () => {
    const records = createBlobs({ count: 8 });
    const optimiser = { type: "sgd", learningRate: 0.1, momentum: 0 } as const;
    const program = compile(perceptron([12], 16_000, 4), { batchSize: 1, optimiser }); // 1.1 MB
    const executor = createReferenceExecutor(program);
    const base = new Map(
      program.parameters.map(({ name, shape, value }) => [name, { shape, data: new Float32Array(value.length) }]),
    );
    const job = { ...smallJob({ executor, records, base, shard: Uint32Array.of(0) }), localSteps: 1, traceStride: 1 };
    const claim = { ...claimOf(await trainLocally(job)), digest: OTHER };
    assert.equal((await replay(claim, { ...job, digestOf: async () => OTHER })).match, true);
    assert.equal((await replay(claim, { ...job, digestOf: async () => honest.digest })).reason, "digest");
    await assert.rejects(replay(claim, job), TypeError);
  });

  it("leaves a failure of the replay itself to the caller: it is no verdict", async () => {
    const job = smallJob({ records: createBlobs({ inputSize: 13 }) });
    await assert.rejects(replay(claimOf(honest), job), hasCode("LEARNING_DATA_MISMATCH"));
  });
});
