import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { parseArchitecture } from "../engine/architecture.ts";
import { decodeCheckpoint, encodeCheckpoint, stateHash } from "../engine/checkpoint.ts";
import type { Optimiser } from "../engine/optimiser.ts";
import { compile } from "../engine/program.ts";
import { createReferenceExecutor } from "../engine/reference/referenceExecutor.ts";
import { type SoloJob, type SoloState, splitForValidation, trainAlone } from "./soloTraining.ts";
import { createBlobs } from "./testing/blobs.ts";

const SEED = new Uint8Array(32).fill(5);
const INPUTS = 6;
const CLASSES = 3;

const DATA = {
  train: createBlobs({ count: 50, inputSize: INPUTS, classes: CLASSES, seed: 1 }),
  test: createBlobs({ count: 20, inputSize: INPUTS, classes: CLASSES, seed: 2 }),
};
const MOMENTUM: Optimiser = { type: "sgd", learningRate: 0.1, momentum: 0.9 };
const ADAM: Optimiser = {
  type: "adamW",
  learningRate: 0.01,
  clipNorm: 1,
  schedule: { type: "cosine", warmupSteps: 5, totalSteps: 40 },
};

function createJob(
  optimiser: Optimiser,
  over: Partial<SoloJob> = {},
): SoloJob & { states: SoloState[]; events: string[] } {
  const architecture = parseArchitecture({
    input: [INPUTS],
    layers: [
      { type: "dense", units: 8 },
      { type: "relu" },
      { type: "dropout", rate: 0.25 },
      { type: "dense", units: CLASSES },
    ],
    loss: "softmaxCrossEntropy",
  });
  const states: SoloState[] = [];
  const events: string[] = [];
  return {
    ...{ states, events },
    executor: createReferenceExecutor(compile(architecture, { batchSize: 4, optimiser })),
    ...splitForValidation(DATA, "test", SEED),
    ...{ seed: SEED, steps: 40, evaluateEvery: 10, checkpointEvery: 15 },
    observer: {
      ...{ step() {}, evaluating() {} },
      evaluated(step, { loss }, { waited }) {
        events.push(`${step} ${loss} ${waited}`);
      },
      checkpoint(state) {
        states.push(state);
      },
    },
    ...over,
  };
}

describe("trainAlone", () => {
  for (const [name, optimiser] of [
    ["momentum and dropout", MOMENTUM],
    ["AdamW, a schedule, clipping and dropout", ADAM],
  ] as const) {
    it(`gives the bits of 40 steps in a row when it is stopped after 17 and resumed, with ${name}`, async () => {
      const straight = createJob(optimiser);
      const whole = await trainAlone(straight);
      const finish = new AbortController();
      const first = createJob(optimiser, {
        finish: finish.signal,
        observer: {
          ...{ evaluated() {}, evaluating() {}, checkpoint() {} },
          step: (step) => (step === 17 ? finish.abort() : undefined),
        },
      });
      const stopped = await trainAlone(first);
      assert.equal(stopped.end, "finish");
      assert.equal(stopped.checkpoint.step, 17);
      const bytes = encodeCheckpoint(stopped.checkpoint); // as it lies on disk
      const second = createJob(optimiser);
      const checkpoint = decodeCheckpoint(bytes, second.executor.program);
      const resumed = await trainAlone({ ...second, from: { ...stopped, checkpoint } });
      assert.equal(stateHash(resumed.checkpoint), stateHash(whole.checkpoint));
      assert.deepEqual(second.events, straight.events.slice(1), "the same evaluations after step 17");
      assert.deepEqual({ best: resumed.best, waited: resumed.waited }, { best: whole.best, waited: whole.waited });
    });
  }

  it("makes up for an evaluation that was cut short", async () => {
    const validation = { records: DATA.train, indices: Uint32Array.from({ length: 600 }, (_, i) => i % 50) };
    const straight = createJob(MOMENTUM, { validation });
    await trainAlone(straight);
    const finish = new AbortController();
    const cut = createJob(MOMENTUM, { validation, finish: finish.signal });
    const { end, ...from } = await trainAlone({
      ...cut,
      observer: { ...cut.observer, evaluating: () => finish.abort() },
    });
    assert.deepEqual([end, from.checkpoint.step, cut.events], ["finish", 10, []]);
    const resumed = createJob(MOMENTUM, { validation, from });
    assert.equal((await trainAlone(resumed)).end, "steps");
    assert.deepEqual(resumed.events, straight.events);
  });

  it("saves every so many steps, every best, and the last, each once", async () => {
    const job = createJob(MOMENTUM);
    await trainAlone(job);
    const steps = job.states.map(({ checkpoint }) => checkpoint.step);
    assert.deepEqual(steps, [...new Set(steps)]);
    for (const step of [10, 15, 30, 40]) assert.ok(steps.includes(step), `${step} of ${steps}`);
    assert.equal(job.events.length, 4);
  });

  it("stops when validation has not improved for as long as it may wait, and stays stopped when resumed", async () => {
    const earlyStop = { patience: 2, minimumImprovement: 1_000 };
    const job = createJob(MOMENTUM, { earlyStop, steps: 1_000 });
    const { end, ...from } = await trainAlone(job);
    const { checkpoint, waited, best } = from;
    assert.deepEqual({ end, step: checkpoint.step, waited }, { end: "earlyStop", step: 30, waited: 2 });
    assert.equal(best?.step, 10);
    const again = await trainAlone(createJob(MOMENTUM, { earlyStop, steps: 1_000, from }));
    assert.deepEqual([again.end, again.checkpoint.step], ["earlyStop", 30]);
  });

  it("stops as soon as the accuracy asked for is reached", async () => {
    const { end, checkpoint } = await trainAlone(createJob(MOMENTUM, { targetAccuracy: 0.1 }));
    assert.deepEqual([end, checkpoint.step], ["targetAccuracy", 10]);
  });

  it("keeps the last checkpoint when the loss explodes, and names step and layer", async () => {
    const job = createJob({ type: "sgd", learningRate: 1e30, momentum: 0 }, { checkpointEvery: 1 });
    await assert.rejects(trainAlone(job), { code: "ENGINE_NOT_FINITE" });
    assert.ok(job.states.every(({ checkpoint }) => checkpoint.step > 0));
  });
});

describe("splitForValidation", () => {
  it("keeps a share of the training records apart, drawn by the seed", () => {
    const { training, validation } = splitForValidation(DATA, 0.2, SEED);
    assert.equal(validation.indices.length, 10);
    const all = [...training.indices, ...validation.indices].sort((a, b) => a - b);
    assert.deepEqual(
      all,
      Array.from({ length: 50 }, (_, i) => i),
    );
    assert.equal(validation.records, DATA.train);
    assert.deepEqual(splitForValidation(DATA, 0.2, SEED).validation.indices, validation.indices);
    assert.notDeepEqual(splitForValidation(DATA, 0.2, new Uint8Array(32)).validation.indices, validation.indices);
  });

  it("takes all of both splits when it validates on the test split", () => {
    const { training, validation } = splitForValidation(DATA, "test", SEED);
    assert.deepEqual([training.indices.length, validation.indices.length], [50, 20]);
    assert.equal(validation.records, DATA.test);
  });
});
