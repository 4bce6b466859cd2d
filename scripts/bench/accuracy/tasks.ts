/** What is trained to the end to compare results with PyTorch: data, architecture, optimiser, length, goal. Data only. */
import type { Optimiser } from "../../../trainer/src/engine/optimiser.ts";

/** What must hold of the two results. */
export type Goal =
  /** Our accuracy. Unit: share. */
  | { readonly kind: "accuracyAtLeast"; readonly share: number }
  /** The means over the seeds differ by no more. Unit: share of the test examples. */
  | { readonly kind: "accuracyWithin"; readonly share: number }
  /** The losses differ by no more. Unit: share of PyTorch's. */
  | { readonly kind: "lossWithin"; readonly share: number };

export interface AccuracyTask {
  readonly name: string;
  readonly title: string;
  /** A reference for `openDataset`, below the folder of the data. */
  reference(folder: string): string;
  /** As in `namedArchitectures.ts`. */
  readonly architecture: string;
  readonly batchSize: number;
  readonly steps: number;
  readonly optimiser: Optimiser;
  /** Each keys other first weights and another order; one result a seed. */
  readonly seeds: readonly number[];
  readonly goal: Goal;
}

export const TASKS: readonly AccuracyTask[] = [
  {
    name: "lenet-mnist",
    title: "LeNet-5, 8,000 images of MNIST, tested on 2,000",
    reference: (folder) => `mnist:${folder}/mnist`,
    architecture: "lenet5",
    batchSize: 32,
    steps: 5_000, // 20 epochs
    optimiser: {
      type: "sgd",
      learningRate: 0.05,
      momentum: 0.9,
      weightDecay: 0.0005,
      schedule: { type: "cosine", warmupSteps: 250, totalSteps: 5_000 },
    },
    seeds: [1],
    goal: { kind: "accuracyAtLeast", share: 0.983 },
  },
  {
    name: "cnn-cifar",
    title: "CNN 32-32-64-64, 5,000 images of CIFAR-10, tested on 1,000",
    reference: (folder) => `cifar10:${folder}/cifar10-subset`,
    architecture: "cnn:32,32,64,64",
    batchSize: 32,
    steps: 780, // 5 epochs; after more it knows the training images by heart
    optimiser: {
      type: "sgd",
      learningRate: 0.01,
      momentum: 0.9,
      weightDecay: 0.0005,
      schedule: { type: "cosine", warmupSteps: 78, totalSteps: 780 },
    },
    // A difference of 1e-7 in one weight grows to 1e-3 in the loss within 40 steps, so one result says little: with 1,000
    // test images two runs of one training differ by about one point in either direction.
    seeds: [1, 2, 3, 4, 5, 6, 7, 8],
    goal: { kind: "accuracyWithin", share: 0.005 },
  },
  {
    name: "transformer-text",
    title: "transformer 2×128 on tinyshakespeare, 2,000 steps",
    reference: (folder) => `text:${folder}/tinyshakespeare/input.txt,vocabulary=characters,length=64`,
    architecture: "transformer:2x128",
    batchSize: 16,
    steps: 2_000,
    optimiser: {
      type: "adamW",
      learningRate: 0.001,
      schedule: { type: "cosine", warmupSteps: 100, totalSteps: 2_000 },
    },
    seeds: [1],
    goal: { kind: "lossWithin", share: 0.01 },
  },
];
