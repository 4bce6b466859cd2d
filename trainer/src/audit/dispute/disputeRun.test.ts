import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { stateHash } from "../../engine/checkpoint.ts";
import { initialParameters } from "../../engine/initialParameters.ts";
import { createRandomStream } from "../../engine/philox.ts";
import { compile } from "../../engine/program.ts";
import { createReferenceExecutor } from "../../engine/reference/referenceExecutor.ts";
import { perceptron, seedOf } from "../../engine/testing/programs.ts";
import { createBatchOrder } from "../../learning/batchOrder.ts";
import type { Records } from "../../learning/records.ts";
import { toHex } from "../../protocol/hex.ts";
import { bitsOf } from "./codeBuilder.ts";
import { disputeProgram, hashTerms } from "./disputeProgram.ts";
import { DisputeRun } from "./disputeRun.ts";
import { RESULT } from "./machine.ts";

const INPUT = 12;
const CLASSES = 3;
const COUNT = 40;
/** Class, then bytes: as `RecordLayout` lays out images. */
const stream = createRandomStream(seedOf(9), "records");
const BYTES = Array.from({ length: COUNT }, () =>
  Uint8Array.from({ length: 1 + INPUT }, (_, i) => (i === 0 ? stream.nextBelow(CLASSES) : stream.nextBelow(256))),
);
/** The first records are another split's. */
const FIRST = 5;
const records: Records = {
  ...{ count: COUNT - FIRST, inputSize: INPUT, targetSize: 1, classes: CLASSES },
  read(indices, inputs, targets) {
    for (let row = 0; row < indices.length; row++) {
      const bytes = BYTES[FIRST + indices[row]!]!;
      targets[row] = bytes[0]!;
      for (let i = 0; i < INPUT; i++) inputs[row * INPUT + i] = bytes[1 + i]! / 255;
    }
  },
};

const STEPS = 5;
const optimiser = { type: "sgd", learningRate: 0.1, momentum: 0.9, nesterov: true, clipNorm: 1 } as const;
const program = compile(perceptron([INPUT], 7, CLASSES), { batchSize: 6, optimiser });
const shards = [Uint32Array.of(1, 2, 3), Uint32Array.from({ length: 20 }, (_, i) => i + 10)];
const data = { firstRecord: FIRST, codeBytes: 1, layout: "images" } as const;
const dispute = disputeProgram({ program, steps: STEPS, shards, data, recordPrefix: new Uint8Array(0) });
const base = initialParameters(program, seedOf(1));

function open(): Promise<DisputeRun> {
  const inputs = { program: dispute, base, records, shard: 1, seed: seedOf(2) };
  return DisputeRun.open({ ...inputs, recordBytes: (record) => BYTES[record] });
}

/**
 * A task whose owner chose weights and records such that a window averages +∞ and −∞. No maximum takes the NaN, so the weights
 * stay finite and nobody refuses the training.
 */
async function openSwallowingNaN() {
  const layers = [
    { type: "conv2d", filters: 1, kernel: 2 },
    { type: "averagePool", size: 2 },
    { type: "maxPool", size: 2 },
    { type: "flatten" },
    { type: "dense", units: CLASSES },
  ] as const;
  const pooled = compile(
    { input: [5, 5, 1], layers, loss: "softmaxCrossEntropy" },
    { batchSize: 2, optimiser: { type: "sgd", learningRate: 0.1, momentum: 0 } },
  );
  const image = new Uint8Array(26);
  image.fill(255, 9, 11); // a bright place below one dark row, above another
  const { parameters } = pooled;
  const weights = initialParameters(pooled, seedOf(1));
  const kernel = parameters.find(({ value }) => value.length === 4)!.name;
  weights.get(kernel)!.data.set([3e38, 3e38, -3e38, -3e38]);
  const same: Records = {
    ...{ count: 20, inputSize: 25, targetSize: 1, classes: CLASSES },
    read(indices, inputs, targets) {
      for (let row = 0; row < indices.length; row++) {
        targets[row] = image[0]!;
        for (let i = 0; i < 25; i++) inputs[row * 25 + i] = image[1 + i]! / 255;
      }
    },
  };
  const shard = Uint32Array.from({ length: 20 }, (_, i) => i);
  const own = { firstRecord: 0, codeBytes: 1, layout: "images" } as const;
  const terms = { program: pooled, steps: STEPS, shards: [shard], data: own, recordPrefix: new Uint8Array(0) };
  const task = disputeProgram(terms);
  const inputs = { program: task, base: weights, records: same, shard: 0, seed: seedOf(2) };
  return { run: await DisputeRun.open({ ...inputs, recordBytes: () => image }), writes: task.writes };
}

describe("DisputeRun", () => {
  it("has the states of the training itself", async () => {
    const run = await open();
    const executor = createReferenceExecutor(program);
    executor.loadParameters(base, seedOf(2));
    const next = createBatchOrder(shards[1]!, seedOf(2), 6);
    const [inputs, targets] = [new Float32Array(6 * INPUT), new Float32Array(6)];
    for (let step = 0; step <= STEPS; step++) {
      assert.equal(toHex(run.stateRoot(step)), stateHash(executor.checkpoint()), `after ${step} steps`);
      records.read(next(), inputs, targets);
      executor.step(inputs, targets);
    }
  });

  it("begins a step at its state with nothing else in memory, and ends it at the next state", async () => {
    const run = await open();
    const { roots, end } = run.stepView(2);
    assert.equal(roots.length, dispute.writes.length + 1);
    const { nodeHash } = await import("../../engine/merkleModule.ts");
    const { fromHex } = await import("../../protocol/hex.ts");
    assert.equal(toHex(roots[0]!), toHex(nodeHash(run.stateRoot(2), fromHex(dispute.terms.initialT, 32))));
    assert.equal(toHex(roots.at(-1)!), toHex(nodeHash(run.stateRoot(3), end)));
  });

  it("computes every element of every write of a step on the machine, the data among them", async () => {
    const run = await open();
    for (const step of [0, 3]) {
      dispute.writes.forEach((write, at) => {
        const { before, after } = run.writeView(step, at);
        const world = run.world(step, before);
        for (let element = 0; element < Math.min(after.length, 30); element++) {
          const { state } = run.machineRun(write, world, element);
          assert.equal(state.registers[RESULT], after[element], `step ${step}, ${write.title}[${element}]`);
        }
      });
    }
  });

  it("follows a lie from the word in which it is, and no earlier", async () => {
    const write = dispute.writes.findIndex(({ title }) => title.endsWith("matmul"));
    const honest = await open();
    const liar = honest.lyingAt({ step: 3, write, element: 4, mask: 1 });
    const equal = (step: number): boolean => toHex(honest.stateRoot(step)) === toHex(liar.stateRoot(step));
    assert.deepEqual([0, 1, 2, 3, 4, 5].map(equal), [true, true, true, true, false, false]);
    const [truth, lie] = [honest.stepView(3).roots.map(toHex), liar.stepView(3).roots.map(toHex)];
    assert.equal(
      truth.findIndex((root, i) => root !== lie[i]),
      write + 1,
    );
    const { after } = liar.writeView(3, write);
    const { before } = honest.writeView(3, write);
    const { state } = honest.machineRun(dispute.writes[write]!, honest.world(3, before), 4);
    assert.equal(after[4]! ^ state.registers[RESULT]!, 1);
  });

  it("has the machine's own NaN where a sum has none and nothing further reads it, whatever the processor writes", async () => {
    const { run, writes } = await openSwallowingNaN();
    assert.ok(
      [...run.state(STEPS).parameters.values()].every(({ data }) => data.every(Number.isFinite)),
      "trains on",
    );
    let found = 0;
    for (const [at, write] of writes.entries()) {
      const { before, after } = run.writeView(0, at);
      const world = run.world(0, before);
      after.forEach((word, element) => {
        if ((word & 0x7fffffff) > 0x7f800000) found++;
        const { state } = run.machineRun(write, world, element);
        assert.equal(state.registers[RESULT], word, `${write.title}[${element}]`);
      });
    }
    assert.ok(found > 0, "there is a NaN");
  });

  it("has terms that move with the program, the data's shards and the rates", () => {
    const change = (changes: Partial<Parameters<typeof disputeProgram>[0]>): string => {
      const inputs = { program, steps: STEPS, shards, data, recordPrefix: new Uint8Array(0) };
      return hashTerms(disputeProgram({ ...inputs, ...changes }).terms);
    };
    const own = change({});
    assert.equal(own, hashTerms(dispute.terms));
    const other = compile(perceptron([INPUT], 7, CLASSES), {
      batchSize: 6,
      optimiser: { ...optimiser, learningRate: 0.2 },
    });
    const changed = [
      change({ program: other }),
      change({ steps: STEPS + 1 }),
      change({ shards: [shards[0]!] }),
      change({ data: { ...data, firstRecord: 6 } }),
      change({ recordPrefix: new Uint8Array(32) }),
    ];
    assert.equal(new Set([own, ...changed]).size, 6);
    assert.equal(bitsOf(Number.NaN), 0x7fc00000);
  });
});
