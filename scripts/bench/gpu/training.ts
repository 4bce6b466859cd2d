/** How fast the card trains a model: through the executor, as a trainer does. */
import { multiplicationsOf } from "../../../trainer/src/engine/stepCost.ts";
import {
  createWebgpuExecutor,
  MAX_QUEUED,
  type WebgpuOptions,
} from "../../../trainer/src/engine/webgpu/webgpuExecutor.ts";
import type { createWorkload } from "../workload.ts";

export interface TrainingFigures {
  readonly name: string;
  readonly samplesPerSecond: number;
  /** Of a step, all in all. Unit: milliseconds. */
  readonly stepMs: number;
  /** Of it, this processor's work to encode and submit. */
  readonly encodeMs: number;
  /** Until the last loss was read, after the last step was submitted. */
  readonly readBackMs: number;
  /** From nothing to the first step's loss: shaders compiled, buffers made, weights sent. */
  readonly startMs: number;
  readonly tflops: number;
  readonly loss: number;
}

export interface TrainingOptions {
  readonly name: string;
  readonly workload: ReturnType<typeof createWorkload>;
  readonly seconds: number;
  readonly profile: boolean;
  readonly executor?: WebgpuOptions;
  readonly print: (line: string) => void;
}

/** A card that idled, as while shaders compile, is slow at first. Unit: milliseconds. */
const WARM_MS = 500;

export async function measureTraining(device: GPUDevice, options: TrainingOptions): Promise<TrainingFigures> {
  const { name, workload, seconds, profile, print } = options;
  const { program, weights, batches } = workload;
  const { batchSize, inputSize, targetSize } = program;
  const count = batches.inputs.length / inputSize / batchSize;
  const batch = (step: number): [Float32Array, Float32Array] => {
    const at = step % count;
    const [inputs, targets] = [batchSize * inputSize, batchSize * targetSize];
    return [
      batches.inputs.subarray(at * inputs, (at + 1) * inputs),
      batches.targets.subarray(at * targets, (at + 1) * targets),
    ];
  };
  const start = performance.now();
  const executor = await createWebgpuExecutor(program, device, options.executor);
  executor.loadParameters(weights, new Uint8Array(32).fill(1));
  executor.enqueue(...batch(0));
  await executor.losses();
  const startMs = performance.now() - start;
  let steps = 1;
  let [total, encode, readBack, done] = [0, 0, 0, 0];
  let loss = Number.NaN;
  const chunk = async (size: number): Promise<void> => {
    const begin = performance.now();
    for (let i = 0; i < size; i++) {
      await executor.room();
      executor.enqueue(...batch(steps++));
    }
    const sent = performance.now();
    const losses = await executor.losses();
    const end = performance.now();
    loss = losses.at(-1)!;
    [total, encode, readBack, done] = [total + end - begin, encode + sent - begin, readBack + end - sent, done + size];
  };
  await chunk(8);
  const warm = performance.now();
  while (performance.now() - warm < WARM_MS) await chunk(8);
  const size = Math.max(4, Math.min(MAX_QUEUED, Math.ceil((200 * done) / total)));
  [total, encode, readBack, done] = [0, 0, 0, 0];
  while (total < 1_000 * seconds) await chunk(size);
  const stepMs = total / done;
  const figures: TrainingFigures = {
    ...{
      name,
      samplesPerSecond: (1_000 * batchSize) / stepMs,
      stepMs,
      encodeMs: encode / done,
      readBackMs: readBack / done,
    },
    ...{ startMs, tflops: (2 * multiplicationsOf(program.operations)) / stepMs / 1e9, loss },
  };
  print(
    `${name}: ${Math.round(figures.samplesPerSecond).toLocaleString("en")} samples/s, ${stepMs.toFixed(3)} ms a step (encoding ${figures.encodeMs.toFixed(3)}, waiting ${figures.readBackMs.toFixed(3)}), ${figures.tflops.toFixed(2)} T/s, first loss after ${startMs.toFixed(0)} ms, loss ${loss.toFixed(4)}`,
  );
  if (profile) {
    await executor.profile(...batch(steps));
    const times = await executor.profile(...batch(steps));
    const sum = times.reduce((all, { nanoseconds }) => all + nanoseconds, 0);
    const byLabel = new Map<string, { count: number; nanoseconds: number }>();
    for (const { label, nanoseconds } of times) {
      const known = byLabel.get(label) ?? { count: 0, nanoseconds: 0 };
      byLabel.set(label, { count: known.count + 1, nanoseconds: known.nanoseconds + nanoseconds });
    }
    print(`  ${times.length} dispatches, ${(sum / 1e6).toFixed(3)} ms on the card`);
    for (const [label, own] of [...byLabel].sort(([, a], [, b]) => b.nanoseconds - a.nanoseconds).slice(0, 14)) {
      print(
        `  ${((100 * own.nanoseconds) / sum).toFixed(1).padStart(5)} %  ${(own.nanoseconds / 1e3).toFixed(0).padStart(7)} µs  ${own.count} × ${label}`,
      );
    }
  }
  executor.dispose();
  return figures;
}
