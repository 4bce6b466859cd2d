/** Small networks of every kind, to dispute: data, plan. Must not know a contract. */
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Dataset } from "../../../trainer/src/data/dataset.ts";
import { createDataset } from "../../../trainer/src/data/dataset.ts";
import { openDataset } from "../../../trainer/src/data/openDataset.ts";
import { createRandomStream } from "../../../trainer/src/engine/philox.ts";
import { namedArchitecture } from "../../../trainer/src/learning/namedArchitectures.ts";
import type { Json } from "../../../trainer/src/protocol/canonicalJson.ts";
import type { TrainingPlan } from "../../../trainer/src/protocol/plan.ts";

export interface Work {
  readonly title: string;
  readonly dataset: Dataset;
  readonly plan: TrainingPlan;
}

const stream = () => createRandomStream(new Uint8Array(32).fill(1), "dispute work");

/** @returns a perceptron, a convolutional network and a transformer, each with another optimiser. */
export async function disputeWork(): Promise<Work[]> {
  const images = imagesOf(120, [8, 8, 1], 5);
  const text = await textOf(6_000, 12);
  return [
    work("a perceptron with momentum and clipping", images, {
      layers: [{ type: "flatten" }, { type: "dense", units: 40 }, { type: "relu" }, { type: "dense", units: 5 }],
      optimiser: { type: "sgd", learningRate: 0.1, momentum: 0.9, nesterov: true, clipNorm: 1 },
      ...{ batchSize: 6, localSteps: 70, traceStride: 9 },
    }),
    work("a convolutional network with dropout and AdamW", images, {
      layers: [
        { type: "conv2d", filters: 4, kernel: 3, padding: 1 },
        { type: "relu" },
        { type: "maxPool", size: 2 },
        { type: "flatten" },
        { type: "dropout", rate: 0.25 },
        { type: "dense", units: 5 },
      ],
      optimiser: { type: "adamW", learningRate: 0.01, weightDecay: 0.01 },
      ...{ batchSize: 4, localSteps: 9, traceStride: 9 },
    }),
    work("a transformer with a schedule", text, {
      layers: namedArchitecture("transformer:1x16x2", { input: [12], classes: text.manifest.classes })!.layers as never,
      optimiser: { type: "adamW", learningRate: 0.003, schedule: { type: "cosine", warmupSteps: 2, totalSteps: 8 } },
      ...{ batchSize: 2, localSteps: 5, traceStride: 2 },
    }),
  ];
}

interface Choices {
  readonly layers: readonly Json[];
  readonly optimiser: Json;
  readonly batchSize: number;
  readonly localSteps: number;
  readonly traceStride: number;
}

function work(title: string, dataset: Dataset, { layers, optimiser, ...sizes }: Choices): Work {
  const { name, recordsRoot, inputShape } = dataset.manifest;
  const data = {
    name,
    recordsRoot,
    partition: { kind: "iid" },
    shards: 2,
    partitionSeed: `0x${"01".repeat(32)}`,
  } as const;
  const architecture = { input: [...inputShape], layers: [...layers], loss: "softmaxCrossEntropy" };
  const plan: TrainingPlan = {
    schema: "cairn/plan/v1",
    architecture,
    optimiser,
    ...sizes,
    data,
    aggregation: { kind: "fedavg" },
  };
  return { title, dataset, plan };
}

function imagesOf(count: number, shape: readonly number[], classes: number): Dataset {
  const random = stream();
  const size = shape.reduce((product, length) => product * length, 1);
  const description = {
    name: "noise",
    source: "drawn",
    licence: "CC0-1.0",
    classNames: Array.from({ length: classes }, (_, i) => `${i}`),
  };
  const labels = Uint8Array.from({ length: count }, () => random.nextBelow(classes));
  const pixels = Uint8Array.from({ length: count * size }, () => random.nextBelow(256));
  return createDataset(description, { shape, pixels, labels, trainCount: count - 20 });
}

async function textOf(length: number, tokens: number): Promise<Dataset> {
  const random = stream();
  const folder = await mkdtemp(join(tmpdir(), "cairn-text-"));
  try {
    const file = join(folder, "text.txt");
    await writeFile(file, Array.from({ length }, () => "abcdefgh ,.\n"[random.nextBelow(12)]).join(""));
    return await openDataset(`text:${file},vocabulary=characters,length=${tokens}`, { cacheDir: folder });
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
