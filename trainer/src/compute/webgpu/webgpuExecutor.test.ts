import assert from "node:assert/strict";
import { after, describe, it } from "node:test";
import { initialParameters } from "../../engine/initialParameters.ts";
import { compile, type TrainingProgram } from "../../engine/program.ts";
import { ARCHITECTURES } from "../../engine/testing/architectures.ts";
import { hasCode, perceptron, randomBatch, seedOf, testStream } from "../../engine/testing/programs.ts";
import { createWasmExecutor } from "../../engine/wasm/wasmExecutor.ts";
import { type TileRecord, tryTiles } from "../../engine/webgpu/tileTrial.ts";
import { createWebgpuExecutor, MAX_QUEUED } from "../../engine/webgpu/webgpuExecutor.ts";
import { openDevice } from "../gpuAdapter.ts";

const opened = await openDevice().catch((error: unknown) => (error instanceof Error ? error.message : String(error)));
const skip = typeof opened === "string" ? opened : false;
after(() => typeof opened !== "string" && opened.device.destroy());
const device = typeof opened === "string" ? (undefined as never) : opened.device;

const OPTIMISERS = [
  { type: "sgd", learningRate: 0.05, momentum: 0.9, nesterov: true, weightDecay: 0.01 },
  { type: "adamW", learningRate: 0.003, schedule: { type: "cosine", warmupSteps: 4, totalSteps: 40 } },
  { type: "sgd", learningRate: 0.05, momentum: 0, clipNorm: 0.5 },
] as const;

/** Small ones of every layer kind, each with another optimiser. */
function programs(): [string, TrainingProgram][] {
  return Object.entries(ARCHITECTURES).map(([name, architecture], i) => [
    name,
    compile(architecture, { batchSize: 4, optimiser: OPTIMISERS[i % OPTIMISERS.length]! }),
  ]);
}

async function curves(program: TrainingProgram, steps: number) {
  const [cpu, gpu] = [await createWasmExecutor(program), await createWebgpuExecutor(program, device)];
  const [parameters, stream] = [initialParameters(program, seedOf(1)), testStream("curves")];
  cpu.loadParameters(parameters, seedOf(2));
  gpu.loadParameters(parameters, seedOf(2));
  const expected: number[] = [];
  for (let step = 0; step < steps; step++) {
    const { inputs, targets } = randomBatch(program, stream);
    expected.push(cpu.step(inputs, targets));
    gpu.enqueue(inputs, targets);
  }
  return { cpu, gpu, expected, actual: await gpu.losses() };
}

describe("createWebgpuExecutor", { skip }, () => {
  it("takes the steps that the processor takes: losses over 20 steps, weights after them", async () => {
    for (const [name, program] of programs()) {
      const { cpu, gpu, expected, actual } = await curves(program, 20);
      expected.forEach((loss, step) => {
        assert.ok(
          Math.abs(actual[step]! - loss) <= 1e-3 * (1 + Math.abs(loss)),
          `${name}, step ${step}: ${actual[step]}, not ${loss}`,
        );
      });
      const weights = await gpu.parameters();
      for (const [tensor, { data }] of cpu.parameters()) {
        const own = weights.get(tensor)!.data;
        data.forEach((value, i) => {
          assert.ok(
            Math.abs(own[i]! - value) <= 5e-3 * (1 + Math.abs(value)),
            `${name}, ${tensor}[${i}]: ${own[i]}, not ${value}`,
          );
        });
      }
      gpu.dispose();
      cpu.dispose();
    }
  });

  it("takes the same steps whichever way batches go to the card, more of them than are on their way at once", async () => {
    const program = compile(perceptron([13], 7, 5), { batchSize: 4, optimiser: OPTIMISERS[2] });
    const run = async (ringBytes: number): Promise<Float32Array> => {
      const executor = await createWebgpuExecutor(program, device, { ringBytes });
      executor.loadParameters(initialParameters(program, seedOf(1)), seedOf(2));
      const stream = testStream("ways");
      for (let step = 0; step < 40; step++) {
        if (step % 2 === 1) await executor.room(); // else it may find no buffer free
        const { inputs, targets } = randomBatch(program, stream);
        executor.enqueue(inputs, targets);
      }
      const losses = await executor.losses();
      executor.dispose();
      return losses;
    };
    assert.deepEqual(await run(4), await run(Number.POSITIVE_INFINITY));
  });

  it("takes the same steps with products cut as a trial found best, and tries only what is not known", async () => {
    const program = compile(perceptron([130], 5), { batchSize: 4, optimiser: OPTIMISERS[2] });
    const nowMs = () => performance.now();
    const trial = await tryTiles(program, device, { nowMs, budgetMs: Number.POSITIVE_INFINITY });
    assert.deepEqual([trial.measured, trial.left], [2, 0], "forward, and the weights' gradient");
    const again = await tryTiles(program, device, { nowMs, known: trial.record });
    assert.deepEqual(again, { record: trial.record, measured: 0, changed: 0, left: 0 });
    const nonsense = { ...trial.record, [Object.keys(trial.record)[0]!]: [99, -1] };
    assert.equal((await tryTiles(program, device, { nowMs, known: nonsense, budgetMs: 0 })).left, 1, "measured anew");
    const steps = async (tiles: TileRecord): Promise<Float32Array> => {
      const executor = await createWebgpuExecutor(program, device, { tiles });
      executor.loadParameters(initialParameters(program, seedOf(1)), seedOf(2));
      const stream = testStream("tiles");
      for (let step = 0; step < 5; step++) {
        const { inputs, targets } = randomBatch(program, stream);
        executor.enqueue(inputs, targets);
      }
      const losses = await executor.losses();
      executor.dispose();
      return losses;
    };
    const [estimated, measured] = [await steps({}), await steps(trial.record)];
    measured.forEach((loss, i) => {
      assert.ok(
        Math.abs(loss - estimated[i]!) <= 1e-4 * (1 + Math.abs(loss)),
        `step ${i}: ${loss}, not ${estimated[i]}`,
      );
    });
  });

  it("hands a checkpoint to the processor and back, and goes on", async () => {
    const program = compile(ARCHITECTURES.transformer!, { batchSize: 2, optimiser: OPTIMISERS[1] });
    const { cpu, gpu } = await curves(program, 3);
    const checkpoint = await gpu.checkpoint();
    assert.equal(checkpoint.step, 3);
    cpu.restore(checkpoint, seedOf(2));
    gpu.restore(cpu.checkpoint(), seedOf(2));
    const { inputs, targets } = randomBatch(program, testStream("on"));
    gpu.enqueue(inputs, targets);
    const [loss] = await gpu.losses();
    assert.ok(Math.abs(loss! - cpu.step(inputs, targets)) < 1e-4);
    const outputs = await gpu.outputs(inputs, 1);
    cpu.restore(await gpu.checkpoint(), seedOf(2));
    const expected = cpu.outputs(inputs, 1);
    outputs.forEach((value, i) => void assert.ok(Math.abs(value - expected[i]!) < 1e-3));
    gpu.dispose();
  });

  it("tells of a loss that is not finite, and where", async () => {
    const program = compile(perceptron([4], 3), {
      batchSize: 2,
      optimiser: { type: "sgd", learningRate: 1, momentum: 0 },
    });
    const gpu = await createWebgpuExecutor(program, device);
    gpu.loadParameters(initialParameters(program, seedOf(1)));
    gpu.enqueue(new Float32Array(8).fill(3e38), new Float32Array(2));
    await assert.rejects(gpu.losses(), hasCode("ENGINE_NOT_FINITE"));
    assert.throws(() => gpu.enqueue(new Float32Array(8), new Float32Array(2)), TypeError);
    gpu.dispose();
  });

  it("refuses more steps than it can keep the losses of", async () => {
    const program = compile(perceptron([4], 3), {
      batchSize: 2,
      optimiser: { type: "sgd", learningRate: 0.1, momentum: 0 },
    });
    const gpu = await createWebgpuExecutor(program, device);
    gpu.loadParameters(initialParameters(program, seedOf(1)));
    for (let i = 0; i < MAX_QUEUED; i++) gpu.enqueue(new Float32Array(8), new Float32Array(2));
    assert.throws(() => gpu.enqueue(new Float32Array(8), new Float32Array(2)), RangeError);
    assert.equal((await gpu.losses()).length, MAX_QUEUED);
    gpu.enqueue(new Float32Array(8), new Float32Array(2));
    assert.equal((await gpu.losses()).length, 1);
    gpu.dispose();
  });

  it("ends a wait for a card that was taken away", async () => {
    const own = await openDevice();
    const program = compile(perceptron([4], 3), {
      batchSize: 2,
      optimiser: { type: "sgd", learningRate: 0.1, momentum: 0 },
    });
    const gpu = await createWebgpuExecutor(program, own.device);
    gpu.loadParameters(initialParameters(program, seedOf(1)));
    gpu.enqueue(new Float32Array(8), new Float32Array(2));
    own.device.destroy();
    await assert.rejects(gpu.losses(), hasCode("ENGINE_DEVICE_LOST"));
  });
});
