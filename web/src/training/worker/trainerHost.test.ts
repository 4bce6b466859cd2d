/** Tests that the tab's training gives the bytes of a node's, and refuses what it must. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { createGlyphs, GLYPHS_ROOT } from "@cairn/trainer/data/glyphs";
import { encodeParameters } from "@cairn/trainer/engine/checkpoint";
import { initialParameters } from "@cairn/trainer/engine/initialParameters";
import { createReferenceExecutor } from "@cairn/trainer/engine/reference/referenceExecutor";
import { createWasmExecutor } from "@cairn/trainer/engine/wasm/wasmExecutor";
import { trainLocally } from "@cairn/trainer/learning/localTraining";
import { partition } from "@cairn/trainer/learning/partition";
import { plannedPart, plannedProgram, plannedShards } from "@cairn/trainer/learning/plannedTraining";
import { toHex } from "@cairn/trainer/protocol/hex";
import { encodePlan, type TrainingPlan, trainingSeed } from "@cairn/trainer/protocol/plan";
import { createScriptedCard } from "../testing/scriptedCard.ts";
import type { CallContext } from "./rpc.ts";
import type { OpenInput } from "./trainCalls.ts";
import { createTrainerHost } from "./trainerHost.ts";

const SEED = toHex(Uint8Array.from({ length: 32 }, (_, i) => 7 * i));
const ADDRESS = "0x00000000000000000000000000000000000000A1";

const PLAN: TrainingPlan = {
  schema: "cairn/plan/v1",
  architecture: {
    input: [28, 28, 1],
    layers: [{ type: "flatten" }, { type: "dense", units: 16 }, { type: "relu" }, { type: "dense", units: 10 }],
    loss: "softmaxCrossEntropy",
  },
  optimiser: { type: "sgd", learningRate: 0.05, momentum: 0.9 },
  batchSize: 16,
  localSteps: 25,
  traceStride: 10,
  data: { name: "glyphs", recordsRoot: GLYPHS_ROOT, partition: { kind: "iid" }, shards: 3, partitionSeed: SEED },
  aggregation: { kind: "fedavg" },
};

const CONTEXT: CallContext = { signal: new AbortController().signal, progress: () => {} };

const host = (progress?: (value: unknown) => void) => {
  const calls = createTrainerHost({
    createExecutor: async (program) => ({ executor: await createWasmExecutor(program), threads: 1 }),
    openCard: async (program) => createScriptedCard(program, {}),
    yieldToMessages: async () => {},
    nowMs: () => performance.now(),
  });
  return { calls, context: { ...CONTEXT, ...(progress && { progress }) } };
};

const open = (plan: TrainingPlan, changes: Partial<OpenInput> = {}): OpenInput => ({
  ...{ plan: encodePlan(plan), mode: "Replayable", data: { kind: "glyphs" }, threads: 1 },
  device: { choice: "auto", mayFallBack: true },
  ...changes,
});

/** @returns made-up records as a visitor would choose them. */
function idxFiles(count: number, side: number): OpenInput["data"] {
  const header = (type: number, ...sizes: number[]) => [
    0,
    0,
    type,
    sizes.length,
    ...sizes.flatMap((n) => [0, 0, n >> 8, n & 255]),
  ];
  const images = [
    ...header(8, count, side, side),
    ...Array.from({ length: count * side * side }, (_, i) => (7 * i) % 256),
  ];
  const labels = [...header(8, count), ...Array.from({ length: count }, (_, i) => i % 10)];
  const file = (name: string, bytes: readonly number[]) => new File([Uint8Array.from(bytes)], name);
  const files = [file("train-images-idx3-ubyte", images), file("train-labels-idx1-ubyte", labels)];
  return { kind: "files", files };
}

describe("createTrainerHost", () => {
  it("gives the update that the parts of a node give by hand, on another executor", async () => {
    const { calls, context } = host();
    await calls.open(open(PLAN), context);
    const program = plannedProgram(PLAN);
    const base = initialParameters(program, new Uint8Array(32));
    const weights = encodeParameters(base);
    const part = { roundSeed: SEED, taskId: 3n, round: 2, slot: 1 };
    const update = await calls.train({ weights, ...part, address: ADDRESS }, context);

    const dataset = createGlyphs();
    const byHand = await trainLocally({
      executor: createReferenceExecutor(program),
      base,
      records: dataset.train,
      shard: partition(
        { kind: "iid" },
        dataset.labels("train"),
        3,
        Uint8Array.from({ length: 32 }, (_, i) => 7 * i),
      )[1]!,
      seed: trainingSeed(SEED, 3n, 2, 1),
      localSteps: 25,
      traceStride: 10,
    });
    assert.equal(update.digest, byHand.digest);
    assert.equal(update.traceRoot, byHand.traceRoot);
    assert.equal(update.sampleCount, byHand.sampleCount);
    assert.deepEqual(update.bytes, byHand.bytes);
    const other = await calls.train({ weights, ...part, slot: 2, address: ADDRESS }, context);
    assert.notEqual(other.digest, update.digest, "another slot trains on another shard");
  });

  it("hands in a compressed update where the plan says so, and refuses one with error feedback", async () => {
    const { calls, context } = host();
    const compressed = { ...PLAN, compression: { codec: "int4" } };
    await calls.open(open(compressed), context);
    const program = plannedProgram(PLAN);
    const base = initialParameters(program, new Uint8Array(32));
    const part = { roundSeed: SEED, taskId: 3n, round: 2, slot: 1 };
    const update = await calls.train({ weights: encodeParameters(base), ...part, address: ADDRESS }, context);
    const dataset = createGlyphs();
    const shards = plannedShards(PLAN, dataset.labels("train"));
    const byHand = await trainLocally({
      ...plannedPart(compressed, shards, part),
      ...{ executor: createReferenceExecutor(program), base, records: dataset.train },
    });
    assert.deepEqual(update.bytes, byHand.bytes);
    assert.ok(update.bytes.length < encodeParameters(base).length / 7.5);
    const feedback = { ...PLAN, compression: { codec: "int4", errorFeedback: true } };
    await assert.rejects(calls.open(open(feedback), context), { code: "LEARNING_FEEDBACK_NOT_REPLAYABLE" });
    const own = open(feedback, { mode: "Private" });
    await assert.rejects(calls.open(own, context), { code: "TRAIN_FEEDBACK_UNSUPPORTED" });
  });

  it("refuses data that are not the task's", async () => {
    const { calls, context } = host();
    const plan = { ...PLAN, data: { ...PLAN.data, recordsRoot: SEED } };
    await assert.rejects(calls.open(open(plan), context), { code: "TRAIN_DATA_MISMATCH" });
  });

  it("trains on a card in a Private task, and on none in a Replayable one", async () => {
    const { calls, context } = host();
    const device = { choice: "gpu", mayFallBack: false } as const;
    await assert.rejects(calls.open(open(PLAN, { device }), context), { code: "TRAIN_GPU_NOT_REPLAYABLE" });
    await calls.open(open(PLAN, { device, mode: "Private" }), context);
    const weights = encodeParameters(initialParameters(plannedProgram(PLAN), new Uint8Array(32)));
    const part = { roundSeed: SEED, taskId: 3n, round: 2, slot: 1, address: ADDRESS };
    const update = await calls.train({ weights, ...part }, context);
    assert.equal(update.device.kind, "gpu");
    await calls.leaveCard({}, context);
    assert.equal((await calls.train({ weights, ...part }, context)).device.kind, "wasm");
  });

  it("takes a visitor's own records in a Private task, all of them, and refuses ones of another form", async () => {
    const { calls, context } = host();
    const own = idxFiles(30, 28);
    await assert.rejects(calls.open(open(PLAN, { data: own }), context), { code: "TRAIN_DATA_MISMATCH" });
    const { isOwnData, records, shards } = await calls.open(open(PLAN, { data: own, mode: "Private" }), context);
    assert.deepEqual([isOwnData, records, shards], [true, 24, 1], "a fifth is held out");
    const weights = encodeParameters(initialParameters(plannedProgram(PLAN), new Uint8Array(32)));
    const part = { roundSeed: SEED, taskId: 3n, round: 2, slot: 1, address: ADDRESS };
    assert.equal((await calls.train({ weights, ...part }, context)).sampleCount, 24);
    const small = open(PLAN, { data: idxFiles(30, 14), mode: "Private" });
    await assert.rejects(calls.open(small, context), { code: "LEARNING_DATA_MISMATCH" });
  });

  it("refuses a stranger's program that would take the tab's memory", async () => {
    const { calls, context } = host();
    const layers = [{ type: "flatten" }, { type: "dense", units: 60_000 }, { type: "dense", units: 10 }];
    const plan = { ...PLAN, architecture: { input: [28, 28, 1], layers, loss: "softmaxCrossEntropy" } };
    await assert.rejects(calls.open(open(plan), context), { code: "TRAIN_PLAN_TOO_LARGE" });
  });

  it("stops a measurement when nobody waits for it any more", async () => {
    const { calls, context } = host();
    await calls.open(open(PLAN), context);
    const stopped = { ...context, signal: AbortSignal.abort() };
    await assert.rejects(calls.measure({ seconds: 60 }, stopped), { name: "AbortError" });
    const { stepsPerSecond, samplesPerSecond } = await calls.measure({ seconds: 0.05 }, context);
    assert.ok(stepsPerSecond > 0);
    assert.equal(samplesPerSecond, 16 * stepsPerSecond);
  });
});
