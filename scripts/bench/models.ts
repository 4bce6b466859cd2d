/** The four models that every comparison is made on. Data only. */
import type { Architecture } from "../../trainer/src/engine/architecture.ts";
import { parseOptimiser } from "../../trainer/src/engine/optimiser.ts";
import type { CompileOptions } from "../../trainer/src/engine/program.ts";
import { type DataShape, namedArchitecture } from "../../trainer/src/learning/namedArchitectures.ts";

/** One training job: what is trained, on what shape of data, how. */
export interface BenchModel extends CompileOptions {
  readonly name: string;
  readonly title: string;
  readonly architecture: Architecture;
}

const MNIST: DataShape = { input: [28, 28, 1], classes: 10 };
const CIFAR: DataShape = { input: [32, 32, 3], classes: 10 };
/** Printable ASCII and the line break: 96 characters; 64 of them a window. */
const TEXT: DataShape = { input: [64], classes: 96 };

/** In the order of the table in docs/benchmarks.md. */
export const MODEL_NAMES = ["mlp", "lenet", "cnn", "transformer"] as const;
export type ModelName = (typeof MODEL_NAMES)[number];

/** @returns the job behind a name; built anew, because parsing an architecture checks it. */
export function benchModel(name: ModelName): BenchModel {
  switch (name) {
    case "mlp":
      return model({ name, title: "MLP 784-128-10", architecture: named("mlp:128", MNIST), ...sgd(0.05) });
    case "lenet":
      return model({ name, title: "LeNet-5", architecture: named("lenet5", MNIST), ...sgd(0.01) });
    case "cnn":
      return model({
        name,
        title: "CIFAR CNN 32-32-64-64",
        architecture: named("cnn:32,32,64,64", CIFAR),
        ...sgd(0.01),
      });
    case "transformer":
      return model({
        name,
        title: "transformer 2×128, T=64",
        architecture: named("transformer:2x128", TEXT),
        batchSize: 16,
        optimiser: { type: "adamW", learningRate: 0.001 },
      });
    default:
      return name satisfies never;
  }
}

function named(name: string, shape: DataShape): Architecture {
  return namedArchitecture(name, shape)!; // the names above are known ones
}

function sgd(learningRate: number): { readonly batchSize: number; readonly optimiser: object } {
  return { batchSize: 32, optimiser: { type: "sgd", learningRate, momentum: 0 } };
}

function model(parts: Omit<BenchModel, "optimiser"> & { readonly optimiser: object }): BenchModel {
  return { ...parts, optimiser: parseOptimiser(parts.optimiser) };
}
