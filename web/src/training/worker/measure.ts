/** How fast an executor takes a plan's steps, on weights that nobody keeps. */
import type { Executor } from "@cairn/trainer/engine/executor";
import type { TrainingProgram } from "@cairn/trainer/engine/program";
import type { Parameters } from "@cairn/trainer/engine/tensor";
import type { StreamingExecutor } from "@cairn/trainer/engine/webgpu/webgpuExecutor";
import type { Records } from "@cairn/trainer/learning/records";
import { createPacer, type Yield } from "./pacer.ts";

export interface MeasureSettings {
  readonly parameters: Parameters;
  /** What is trained on meanwhile. */
  readonly records: Records;
  readonly seconds: number;
  readonly signal: AbortSignal;
  readonly yieldToMessages: Yield;
  readonly nowMs: () => number;
}

/** Steps before the clock starts: the first ones also pay for compiling. */
const WARM_UP_STEPS = 3;

/** The same steps as a training takes. @returns steps a second. */
export async function measureProcessor(executor: Executor, settings: MeasureSettings): Promise<number> {
  const { parameters, seconds, signal, nowMs } = settings;
  const batch = createBatch(executor.program, settings.records);
  const breathe = createPacer(settings, () => {});
  signal.throwIfAborted();
  executor.loadParameters(parameters, new Uint8Array(32));
  for (let step = 0; step < WARM_UP_STEPS; step++) executor.step(...batch.read());
  const start = nowMs();
  let steps = 0;
  do {
    executor.step(...batch.read());
    steps++;
    await breathe({ step: steps, loss: 0 });
    signal.throwIfAborted();
  } while (nowMs() - start < 1_000 * seconds);
  return (1_000 * steps) / (nowMs() - start);
}

/** Between two read-backs of a card: as often as `createPacer` reports. Unit: seconds. */
const LOOK_SECONDS = 0.1;
const MOST_AT_ONCE = 64;

/** @returns how many steps a card that is so fast is given at once: a stop must be heard, a card not kept waiting. */
export function stepsAtOnce(stepsPerSecond: number): number {
  return Math.max(1, Math.min(MOST_AT_ONCE, Math.floor(LOOK_SECONDS * stepsPerSecond)));
}

/** As {@link measureProcessor}, with steps queued as a training queues them. */
export async function measureCard(card: StreamingExecutor, settings: MeasureSettings): Promise<number> {
  const { parameters, seconds, signal, nowMs, yieldToMessages } = settings;
  const batch = createBatch(card.program, settings.records);
  const take = async (count: number): Promise<void> => {
    for (let i = 0; i < count; i++) {
      await card.room();
      card.enqueue(...batch.read());
    }
    await card.losses();
    await yieldToMessages();
    signal.throwIfAborted();
  };
  signal.throwIfAborted();
  card.loadParameters(parameters, new Uint8Array(32));
  await take(WARM_UP_STEPS);
  const start = nowMs();
  let steps = 0;
  do {
    const count = steps === 0 ? 1 : stepsAtOnce((1_000 * steps) / (nowMs() - start));
    await take(count);
    steps += count;
  } while (nowMs() - start < 1_000 * seconds);
  return (1_000 * steps) / (nowMs() - start);
}

type Batch = readonly [inputs: Float32Array, targets: Float32Array];

function createBatch({ batchSize, inputSize, targetSize }: TrainingProgram, records: Records) {
  const batch: Batch = [new Float32Array(batchSize * inputSize), new Float32Array(batchSize * targetSize)];
  const indices = Uint32Array.from({ length: batchSize }, (_, i) => i % records.count);
  return {
    /** Reads as a training does, for that takes its time too. */
    read(): Batch {
      records.read(indices, ...batch);
      return batch;
    },
  };
}
