/** The networks whose disputes are measured, each with its data and its steps of a round. */
import { existsSync } from "node:fs";
import { join } from "node:path";
import type { Dataset } from "../../../trainer/src/data/dataset.ts";
import { openDataset } from "../../../trainer/src/data/openDataset.ts";
import { namedArchitecture } from "../../../trainer/src/learning/namedArchitectures.ts";
import type { Json } from "../../../trainer/src/protocol/canonicalJson.ts";
import type { TrainingPlan } from "../../../trainer/src/protocol/plan.ts";

export interface DisputeModel {
  readonly title: string;
  readonly dataset: Dataset;
  readonly plan: TrainingPlan;
}

interface Choice {
  readonly title: string;
  readonly architecture: string;
  readonly data: "images" | "text";
  readonly optimiser: Json;
  readonly batchSize: number;
  readonly localSteps: number;
}

const SGD = { type: "sgd", learningRate: 0.05, momentum: 0.9 };
const CHOICES: Readonly<Record<string, Choice>> = {
  mlp: {
    ...{ title: "MLP 784-128-10, 1,000 steps", architecture: "mlp:128", data: "images" },
    ...{ optimiser: SGD, batchSize: 32, localSteps: 1_000 },
  },
  lenet5: {
    ...{ title: "LeNet-5, 1,000 steps", architecture: "lenet5", data: "images" },
    ...{ optimiser: SGD, batchSize: 32, localSteps: 1_000 },
  },
  transformer: {
    ...{ title: "transformer 2 × 128, 64 tokens, 200 steps", architecture: "transformer:2x128", data: "text" },
    ...{ optimiser: { type: "adamW", learningRate: 0.001 }, batchSize: 8, localSteps: 200 },
  },
};

/**
 * @param cacheDir stays until the measurement is over.
 * @throws {Error} for a name that is none
 */
export async function disputeModels(names: readonly string[], cacheDir: string): Promise<DisputeModel[]> {
  const models: DisputeModel[] = [];
  for (const name of names) {
    const choice = CHOICES[name];
    if (choice === undefined) throw new Error(`${name} is none of ${Object.keys(CHOICES).join(", ")}`);
    models.push(await modelOf(choice, cacheDir));
  }
  return models;
}

async function modelOf(choice: Choice, cacheDir: string): Promise<DisputeModel> {
  const { title, architecture: name, data: kind, ...training } = choice;
  const dataset = await openDataset(kind === "images" ? "glyphs" : textReference(), { cacheDir });
  const { inputShape, classes, recordsRoot } = dataset.manifest;
  const architecture = namedArchitecture(name, { input: inputShape, classes })! as unknown as Json;
  const plan: TrainingPlan = {
    schema: "cairn/plan/v1",
    ...{ architecture, ...training, traceStride: training.localSteps },
    data: {
      ...{ name: dataset.manifest.name, recordsRoot, partition: { kind: "iid" }, shards: 2 },
      partitionSeed: `0x${"01".repeat(32)}`,
    },
    aggregation: { kind: "fedavg" },
  };
  return { title, dataset, plan };
}

/** Any text will do: this project's own pages, where there is no larger one. */
function textReference(): string {
  const shakespeare = "../shared/data/tinyshakespeare/input.txt";
  const file = existsSync(shakespeare) ? shakespeare : join("docs", "contracts.md");
  return `text:${file},vocabulary=bytes,length=64`;
}
