/** What the federated benchmarks share: one data set, one architecture, threads that stay, and many simulations on them. */
import { createBestExecutor } from "../../../trainer/src/compute/createExecutor.ts";
import { openDataset } from "../../../trainer/src/data/openDataset.ts";
import type { Optimiser } from "../../../trainer/src/engine/optimiser.ts";
import type { CompressionChoice } from "../../../trainer/src/learning/compression/compression.ts";
import { namedArchitecture } from "../../../trainer/src/learning/namedArchitectures.ts";
import { plannedProgram } from "../../../trainer/src/learning/plannedTraining.ts";
import type { Json } from "../../../trainer/src/protocol/canonicalJson.ts";
import { toHex } from "../../../trainer/src/protocol/hex.ts";
import type { TrainingPlan } from "../../../trainer/src/protocol/plan.ts";
import type { Scenario } from "../../../trainer/src/simulation/scenario.ts";
import { firstState, type RoundRecord, simulate } from "../../../trainer/src/simulation/simulate.ts";
import { createThreadPool } from "../../../trainer/src/simulation/threadPool.ts";

export interface LaboratoryOptions {
  /** A reference for `openDataset`. */
  readonly data: string;
  readonly cacheDir: string;
  readonly architecture: string;
  readonly optimiser: Optimiser;
  readonly batchSize: number;
  readonly threads: number;
}

/** What differs from one simulation to the next. */
export interface Experiment extends Omit<Scenario, "plan" | "seed" | "perRound" | "evaluateEvery"> {
  readonly localSteps: number;
  readonly aggregation: object;
  readonly partition: object;
  /** @default whole weights */
  readonly compression?: CompressionChoice;
  /** @default trainers */
  readonly shards?: number;
  readonly perRound?: number;
  readonly evaluateEvery?: number;
  readonly seed: number;
}

export interface Laboratory {
  /** Plays all rounds. */
  run(experiment: Experiment, onRound?: (record: RoundRecord) => void): Promise<readonly RoundRecord[]>;
  close(): Promise<void>;
}

/** @returns 32 bytes that begin with the number. */
export function seedBytes(seed: number): Uint8Array {
  const bytes = new Uint8Array(32);
  new DataView(bytes.buffer).setUint32(0, seed);
  return bytes;
}

/** @throws what the data, the architecture or the threads find */
export async function openLaboratory(options: LaboratoryOptions): Promise<Laboratory> {
  const { data, cacheDir, architecture: name, optimiser, batchSize, threads } = options;
  const dataset = await openDataset(data, { cacheDir });
  const { manifest } = dataset;
  const architecture = namedArchitecture(name, { input: manifest.inputShape, classes: manifest.classes });
  const planOf = (experiment: Experiment): TrainingPlan => ({
    schema: "cairn/plan/v1",
    architecture: architecture as unknown as Json,
    optimiser: optimiser as unknown as Json,
    batchSize,
    localSteps: experiment.localSteps,
    traceStride: experiment.localSteps,
    data: {
      name: manifest.name,
      recordsRoot: manifest.recordsRoot,
      partition: experiment.partition as Json,
      shards: experiment.shards ?? experiment.trainers,
      partitionSeed: toHex(seedBytes(experiment.seed)),
    },
    aggregation: experiment.aggregation as Json,
    ...(experiment.compression === undefined ? {} : { compression: experiment.compression as unknown as Json }),
  });
  const anyPlan = planOf({ rounds: 1, trainers: 1, localSteps: 1, aggregation: {}, partition: {}, seed: 0 });
  const pool = await createThreadPool({ plan: anyPlan, dataReference: data, cacheDir, engine: "auto", threads });
  const executor = await createBestExecutor(plannedProgram(anyPlan), { threads: 1 });
  const means = { pool, executor, data: { train: dataset.train, test: dataset.test, labels: dataset.labels("train") } };
  return {
    async run(experiment, onRound) {
      const { localSteps: _, aggregation: __, partition: ___, shards: ____, compression: _____, ...rest } = experiment;
      const { trainers, rounds, perRound = trainers, evaluateEvery = rounds } = experiment;
      const seed = seedBytes(experiment.seed);
      const scenario = { ...rest, plan: planOf(experiment), seed, perRound, evaluateEvery };
      const records: RoundRecord[] = [];
      for await (const { record } of simulate(scenario, means, firstState(executor, seed))) {
        records.push(record);
        onRound?.(record);
      }
      return records;
    },
    async close() {
      await pool.close();
      executor.dispose();
      dataset.close();
    },
  };
}
