/** What a replay costs against the training it checks: the MLP's model, a trainer's share of 8,000 images over four. */
import { replay } from "../../../trainer/src/audit/replay.ts";
import { createBestExecutor } from "../../../trainer/src/compute/createExecutor.ts";
import { initialParameters } from "../../../trainer/src/engine/initialParameters.ts";
import { createRandomStream } from "../../../trainer/src/engine/philox.ts";
import { compile, type TrainingProgram } from "../../../trainer/src/engine/program.ts";
import { trainLocally } from "../../../trainer/src/learning/localTraining.ts";
import type { Records } from "../../../trainer/src/learning/records.ts";
import { benchModel } from "../models.ts";
import { median } from "./figures.ts";

export interface ReplayFigure {
  readonly steps: number;
  readonly trainSeconds: number;
  readonly replaySeconds: number;
  readonly replayPerTrain: number;
}

const SEED = new Uint8Array(32).fill(1);
/** Records of one trainer, as in the demo: 8,000 images over four. */
const SHARD_RECORDS = 2_000;
const LOCAL_STEPS = 63;
/** Odd, so that the median is a measurement. */
const REPEATS = 7;

/** @returns medians; the two take turns, so that other load on the machine meets them alike. */
export async function measureReplay(): Promise<ReplayFigure> {
  const { architecture, batchSize, optimiser } = benchModel("mlp");
  const program = compile(architecture, { batchSize, optimiser });
  const executor = await createBestExecutor(program, { threads: 1 });
  const job = {
    executor,
    base: initialParameters(program, SEED),
    records: createNoise(program),
    shard: Uint32Array.from({ length: SHARD_RECORDS }, (_, i) => i),
    seed: SEED,
    localSteps: LOCAL_STEPS,
    traceStride: Math.ceil(LOCAL_STEPS / 4),
  };
  const claim = await trainLocally(job);
  const [train, check]: [number[], number[]] = [[], []];
  for (let run = 0; run < REPEATS; run++) {
    train.push(await secondsOf(() => trainLocally(job)));
    check.push(await secondsOf(() => replay(claim, job)));
  }
  executor.dispose();
  const [trainSeconds, replaySeconds] = [median(train), median(check)];
  return { steps: LOCAL_STEPS, trainSeconds, replaySeconds, replayPerTrain: replaySeconds / trainSeconds };
}

/** Noise in the shape of MNIST: the arithmetic takes the same time whatever the numbers. */
function createNoise({ inputSize, classes }: TrainingProgram): Records {
  const stream = createRandomStream(SEED, "noise");
  const inputs = Float32Array.from({ length: SHARD_RECORDS * inputSize }, stream.nextFloat);
  return {
    count: SHARD_RECORDS,
    ...{ inputSize, classes, targetSize: 1 },
    read(indices, batchInputs, targets) {
      for (let row = 0; row < indices.length; row++) {
        const from = indices[row]! * inputSize;
        batchInputs.set(inputs.subarray(from, from + inputSize), row * inputSize);
        targets[row] = indices[row]! % classes;
      }
    },
  };
}

async function secondsOf(work: () => Promise<unknown>): Promise<number> {
  const start = performance.now();
  await work();
  return (performance.now() - start) / 1_000;
}
