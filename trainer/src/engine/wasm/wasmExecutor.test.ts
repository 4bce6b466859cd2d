import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { Worker } from "node:worker_threads";
import { stateHash } from "../checkpoint.ts";
import type { Executor } from "../executor.ts";
import { initialParameters } from "../initialParameters.ts";
import type { Optimiser } from "../optimiser.ts";
import type { RandomStream } from "../philox.ts";
import { compile, type TrainingProgram } from "../program.ts";
import { createReferenceExecutor } from "../reference/referenceExecutor.ts";
import type { Parameters } from "../tensor.ts";
import {
  assertSameNumbers,
  assertSameState,
  hasCode,
  perceptron,
  randomBatch,
  seedOf,
  smallProgram,
  testStream,
} from "../testing/programs.ts";
import { randomArchitecture } from "../testing/randomArchitecture.ts";
import { spawnTestWorker } from "../testing/spawnTestWorker.ts";
import { createMachine } from "./machine.ts";
import { createWasmBackend, createWasmExecutor } from "./wasmExecutor.ts";
import type { SpawnWorker, WorkerHandle } from "./workerThread.ts";

const SHARED = { spawn: spawnTestWorker, worthSharing: 0 };

/** Executors with the same parameters loaded: the reference first, then wasm on so many threads. */
async function executorsOf(program: TrainingProgram, parameters: Parameters, ...threads: readonly number[]) {
  const executors = [
    createReferenceExecutor(program),
    ...(await Promise.all(threads.map((count) => createWasmExecutor(program, { threads: count, ...SHARED })))),
  ];
  for (const executor of executors) executor.loadParameters(parameters, seedOf(9));
  return executors as [Executor, ...Executor[]];
}

function randomProgram(stream: RandomStream): TrainingProgram {
  const optimisers: readonly Optimiser[] = [
    { type: "sgd", learningRate: 0.05, momentum: 0 },
    { type: "sgd", learningRate: 0.05, momentum: 0.9, nesterov: true, weightDecay: 0.01, clipNorm: 0.5 },
    { type: "adamW", learningRate: 0.01 },
  ];
  const optimiser = optimisers[stream.nextBelow(optimisers.length)]!;
  return compile(randomArchitecture(stream), { batchSize: 1 + stream.nextBelow(21), optimiser });
}

/** Trains all alike. @returns the reference's outcome: its last loss, or the code of what stopped it. */
function stepAlike(executors: readonly Executor[], stream: RandomStream, label: string): number | string {
  const [reference] = executors;
  const { inputs, targets } = randomBatch(reference!.program, stream);
  const outcomes = executors.map((executor) => outcomeOf(() => executor.step(inputs, targets)));
  for (const outcome of outcomes) assert.deepEqual(outcome, outcomes[0], label);
  return outcomes[0]!;
}

function outcomeOf(step: () => number): number | string {
  try {
    return step();
  } catch (error) {
    return (error as { readonly code: string }).code;
  }
}

describe("createWasmExecutor", () => {
  it("gives the reference's bits on random architectures of every layer, with 1 and 3 threads", async () => {
    const stream = testStream("architectures");
    for (let trial = 0; trial < 16; trial++) {
      const program = randomProgram(stream);
      const executors = await executorsOf(program, initialParameters(program, seedOf(trial)), 1, 3);
      const [reference, ...others] = executors;
      let goesOn = true;
      for (let step = 0; step < 3 && goesOn; step++) {
        goesOn = typeof stepAlike(executors, stream, `trial ${trial}`) === "number";
      }
      if (goesOn) {
        const { inputs } = randomBatch(program, stream);
        const count = 1 + stream.nextBelow(program.batchSize);
        for (const executor of others) {
          assertSameState(executor.checkpoint(), reference.checkpoint(), `trial ${trial}`);
          assertSameNumbers(
            executor.outputs(inputs, count),
            reference.outputs(inputs, count),
            `trial ${trial}: outputs`,
          );
        }
      }
      for (const executor of executors) executor.dispose();
    }
  });

  it("has the same state hash as the reference after 100 steps, whatever the number of threads", async () => {
    const program = smallProgram();
    const executors = await executorsOf(program, initialParameters(program, seedOf(3)), 1, 3);
    const stream = testStream("hundred steps");
    for (let step = 0; step < 100; step++) stepAlike(executors, stream, `step ${step}`);
    const hashes = executors.map((executor) => stateHash(executor.checkpoint()));
    assert.equal(new Set(hashes).size, 1);
    for (const executor of executors) executor.dispose();
  });

  it("gives the reference's bits on subnormals, signed zeros and numbers at the edge of overflow", async () => {
    const program = smallProgram(5);
    const small = [0, -0, 1e-45, -1e-45, 1.1754942e-38, -3e-39, 1e-20, -1e-20, 1, -1, 0.5, -30];
    const huge = [1e18, -1e18, 1e20, -1e20, 3e37, -3e37, 3.4e38];
    const stream = testStream("special");
    const pick = (): number => {
      const from = stream.nextBelow(150) === 0 ? huge : small;
      return from[stream.nextBelow(from.length)]!;
    };
    const executors = await executorsOf(program, initialParameters(program, seedOf(1)), 1, 2);
    const [reference, ...others] = executors;
    let finished = 0;
    for (let trial = 0; trial < 200; trial++) {
      const parameters = new Map(
        program.parameters.map(({ name, shape, value }) => [
          name,
          { shape, data: Float32Array.from({ length: value.length }, pick) },
        ]),
      );
      const inputs = Float32Array.from({ length: program.input.length }, pick);
      const targets = Float32Array.from({ length: program.targets.length }, () => stream.nextBelow(5));
      for (const executor of executors) executor.loadParameters(parameters);
      for (const executor of others)
        assertSameNumbers(executor.outputs(inputs, 5), reference.outputs(inputs, 5), `trial ${trial}`);
      const outcomes = executors.map((executor) => outcomeOf(() => executor.step(inputs, targets)));
      for (const outcome of outcomes) assert.deepEqual(outcome, outcomes[0], `trial ${trial}`);
      if (typeof outcomes[0] !== "number") continue;
      finished++;
      for (const executor of others) assertSameState(executor.checkpoint(), reference.checkpoint(), `trial ${trial}`);
    }
    assert.ok(finished > 30 && finished < 170, `${finished} of 200 stayed finite; both kinds must occur`);
    for (const executor of executors) executor.dispose();
  });

  it("stops with the step's number when loss or weights are no longer finite, and goes on after a load", async () => {
    const optimiser = { type: "sgd", learningRate: 3e38, momentum: 0 } as const;
    const program = compile(perceptron([3], 2), { batchSize: 2, optimiser });
    const parameters = initialParameters(program, seedOf(1));
    const [, wasm] = await executorsOf(program, parameters, 2);
    const [inputs, targets] = [Float32Array.of(1e8, 1, 1, 2, 2, 2), Float32Array.of(0, 1)];
    assert.throws(() => wasm!.step(inputs, targets), hasCode("ENGINE_NOT_FINITE"));
    assert.throws(() => wasm!.step(inputs, targets), TypeError, "nothing is loaded any more");
    wasm!.loadParameters(parameters);
    assert.throws(() => wasm!.step(inputs, targets), hasCode("ENGINE_NOT_FINITE"));
    wasm!.dispose();
  });

  it("takes little more memory than the plan's arena, and shares none for one thread", async () => {
    const program = smallProgram();
    const { memory } = await createMachine(program, { threads: 1, maySleep: true });
    assert.ok(memory.buffer.byteLength <= 4 * program.arenaLength + 4 * 65_536, `${memory.buffer.byteLength} bytes`);
    assert.ok(memory.buffer instanceof ArrayBuffer);
  });
});

describe("createWasmBackend's threads", () => {
  const program = smallProgram(6, 0);

  /** Spawns real workers and keeps their handles. */
  function recording(): { spawn: SpawnWorker; workers: WorkerHandle[] } {
    const workers: WorkerHandle[] = [];
    return {
      workers,
      spawn(task) {
        workers.push(spawnTestWorker(task));
        return workers.at(-1)!;
      },
    };
  }

  it("are one when workers do not start, or not before the signal", async () => {
    const never = new Promise<void>(() => {});
    const failing: SpawnWorker = () => ({ ready: Promise.reject(new Error("no")), ended: never, terminate() {} });
    assert.equal((await createWasmBackend(program, { threads: 3, spawn: failing })).threads, 1);
    const silent: SpawnWorker = () => ({ ready: never, ended: never, terminate() {} });
    const signal = AbortSignal.abort();
    assert.equal((await createWasmBackend(program, { threads: 3, spawn: silent, signal })).threads, 1);
  });

  it("are one after a worker has ended between steps, and the bits stay the same", async () => {
    const { spawn, workers } = recording();
    const wasm = await createWasmExecutor(program, { threads: 3, spawn, worthSharing: 0 });
    const executors = [createReferenceExecutor(program), wasm];
    for (const executor of executors) executor.loadParameters(initialParameters(program, seedOf(4)));
    const stream = testStream("lost worker");
    stepAlike(executors, stream, "before");
    workers[0]!.terminate();
    await workers[0]!.ended;
    stepAlike(executors, stream, "after");
    assertSameState(wasm.checkpoint(), executors[0]!.checkpoint(), "state");
  });

  it("end when the executor is disposed, also when it never took a step", async () => {
    for (const steps of [0, 2]) {
      const { spawn, workers } = recording();
      const wasm = await createWasmExecutor(program, { threads: 3, spawn, worthSharing: 0 });
      wasm.loadParameters(initialParameters(program, seedOf(5)));
      const { inputs, targets } = randomBatch(program, testStream("dispose"));
      for (let step = 0; step < steps; step++) wasm.step(inputs, targets);
      wasm.dispose();
      wasm.dispose();
      await Promise.all(workers.map(({ ended }) => ended));
    }
  });

  it("get through many barriers while other work keeps every core busy", async () => {
    const spin = "const end = Date.now() + 3000; while (Date.now() < end);";
    const busy = Array.from({ length: 4 }, () => new Worker(spin, { eval: true }));
    const executors = await executorsOf(program, initialParameters(program, seedOf(6)), 4);
    const stream = testStream("busy");
    const started = performance.now();
    for (let step = 0; step < 100; step++) stepAlike(executors, stream, `step ${step}`);
    assert.ok(performance.now() - started < 30_000, `took ${performance.now() - started} ms`);
    for (const executor of executors) executor.dispose();
    await Promise.all(busy.map((worker) => worker.terminate()));
  });
});
