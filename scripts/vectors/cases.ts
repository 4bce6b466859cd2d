/**
 * The networks and inputs that the test vectors of `docs/canonical-arithmetic.md` are made from. Data only.
 *
 * Small enough to be read, and between them every layer, loss, optimiser and schedule.
 */
import type { Architecture, Layer } from "../../trainer/src/engine/architecture.ts";
import type { Optimiser } from "../../trainer/src/engine/optimiser.ts";

/** JSON as a user writes it; `parseArchitecture` and `parseOptimiser` fill in defaults. */
type LayerJson = { readonly type: Layer["type"]; readonly [field: string]: unknown };
interface ArchitectureJson {
  readonly input: readonly number[];
  readonly layers: readonly LayerJson[];
  readonly loss: Architecture["loss"];
}

export interface LayerCase {
  readonly name: string;
  readonly architecture: ArchitectureJson;
  readonly batchSize: number;
}

const dense = (units: number): LayerJson => ({ type: "dense", units });
const image = (layers: readonly LayerJson[], input: readonly number[] = [5, 4, 2]): ArchitectureJson => ({
  input,
  layers: [...layers, { type: "flatten" }, dense(3)],
  loss: "softmaxCrossEntropy",
});
const sequence = (layers: readonly LayerJson[], units = 4): ArchitectureJson => ({
  input: [5],
  layers: [{ type: "embedding", vocabulary: 7, units }, ...layers, dense(7)],
  loss: "softmaxCrossEntropy",
});
const values = (layers: readonly LayerJson[]): ArchitectureJson => ({
  input: [6],
  layers: [dense(5), ...layers, dense(2)],
  loss: "meanSquaredError",
});
const conv = (fields: object): LayerJson => ({ type: "conv2d", ...fields });

/** One step each: outputs, loss and the gradient of every parameter. */
export const LAYER_CASES: readonly LayerCase[] = [
  { name: "dense", architecture: values([]), batchSize: 3 },
  { name: "relu", architecture: values([{ type: "relu" }]), batchSize: 3 },
  { name: "gelu", architecture: values([{ type: "gelu" }]), batchSize: 3 },
  { name: "tanh", architecture: values([{ type: "tanh" }]), batchSize: 3 },
  { name: "softmax", architecture: values([{ type: "softmax" }]), batchSize: 3 },
  { name: "dropout", architecture: values([{ type: "dropout", rate: 0.4 }]), batchSize: 3 },
  { name: "conv2d", architecture: image([conv({ filters: 3, kernel: 3 }), { type: "relu" }]), batchSize: 2 },
  {
    name: "conv2d-padded-strided",
    architecture: image([
      conv({ filters: 2, kernel: 3, padding: 1 }),
      { type: "tanh" },
      conv({ filters: 3, kernel: 3, stride: 2, padding: 2 }),
    ]),
    batchSize: 2,
  },
  {
    name: "maxPool",
    architecture: image([conv({ filters: 2, kernel: 2 }), { type: "relu" }, { type: "maxPool", size: 2 }], [6, 5, 2]),
    batchSize: 2,
  },
  {
    name: "maxPool-overlapping",
    architecture: image([conv({ filters: 2, kernel: 1 }), { type: "maxPool", size: 3, stride: 1 }]),
    batchSize: 2,
  },
  {
    // windows of equal values: the rectifier makes ties at +0, and the first of them takes the gradient
    name: "maxPool-ties",
    architecture: image([
      conv({ filters: 2, kernel: 1 }),
      { type: "relu" },
      { type: "tanh" },
      { type: "maxPool", size: 2 },
    ]),
    batchSize: 3,
  },
  {
    name: "averagePool",
    architecture: image([conv({ filters: 2, kernel: 1 }), { type: "averagePool", size: 3, stride: 1 }]),
    batchSize: 2,
  },
  { name: "layerNorm", architecture: sequence([{ type: "layerNorm" }], 5), batchSize: 2 },
  { name: "embedding", architecture: sequence([{ type: "positionalEmbedding" }]), batchSize: 2 },
  { name: "causalSelfAttention", architecture: sequence([{ type: "causalSelfAttention", heads: 2 }], 6), batchSize: 2 },
  {
    name: "residual",
    architecture: sequence([
      { type: "residual", layers: [{ type: "layerNorm" }, dense(4), { type: "relu" }] },
      { type: "residual", layers: [{ type: "residual", layers: [dense(4), { type: "gelu" }] }] },
    ]),
    batchSize: 2,
  },
];

const SMALL: ArchitectureJson = {
  input: [8],
  layers: [dense(6), { type: "relu" }, dense(4)],
  loss: "softmaxCrossEntropy",
};

export interface RunCase {
  readonly name: string;
  readonly architecture: ArchitectureJson;
  readonly optimiser: { readonly type: Optimiser["type"]; readonly [field: string]: unknown };
  readonly batchSize: number;
  readonly records: number;
  readonly steps: number;
  readonly stride: number;
}

const run = (name: string, optimiser: RunCase["optimiser"], changes: Partial<RunCase> = {}): RunCase => ({
  ...{ name, architecture: SMALL, optimiser, batchSize: 4, records: 11, steps: 9, stride: 4 },
  ...changes,
});

/** Whole runs: state hashes, trace and digest. */
export const RUN_CASES: readonly RunCase[] = [
  run("sgd", { type: "sgd", learningRate: 0.1, momentum: 0 }),
  run("sgd-weight-decay", { type: "sgd", learningRate: 0.1, momentum: 0, weightDecay: 0.01 }),
  run("momentum", { type: "sgd", learningRate: 0.1, momentum: 0.9 }),
  run("nesterov", { type: "sgd", learningRate: 0.1, momentum: 0.9, nesterov: true, weightDecay: 0.001 }),
  run("adamW", { type: "adamW", learningRate: 0.01 }),
  run("clipped", { type: "sgd", learningRate: 0.1, momentum: 0.9, clipNorm: 0.5 }),
  // a tensor longer than a block of squares, and a last step that the stride hits
  run(
    "clipped-wide",
    { type: "sgd", learningRate: 0.1, momentum: 0.9, clipNorm: 0.01 },
    { architecture: { ...SMALL, layers: [dense(150), { type: "relu" }, dense(4)] }, steps: 4, stride: 2 },
  ),
  run("schedule-step", {
    ...{ type: "sgd", learningRate: 0.1, momentum: 0.9 },
    schedule: { type: "step", every: 1, factor: 0.7 },
  }),
  run("schedule-linear", {
    ...{ type: "adamW", learningRate: 0.01, beta1: 0.8, beta2: 0.95, weightDecay: 0 },
    schedule: { type: "linear", warmupSteps: 3, totalSteps: 8 },
  }),
  run("schedule-cosine", {
    ...{ type: "adamW", learningRate: 0.01 },
    schedule: { type: "cosine", warmupSteps: 2, totalSteps: 7, floor: 0.1 },
  }),
  run(
    "convolutional",
    { type: "sgd", learningRate: 0.05, momentum: 0.9 },
    {
      architecture: {
        input: [8, 8, 1],
        layers: [
          conv({ filters: 3, kernel: 3, padding: 1 }),
          { type: "relu" },
          { type: "maxPool", size: 2 },
          conv({ filters: 4, kernel: 3 }),
          { type: "relu" },
          { type: "flatten" },
          dense(5),
        ],
        loss: "softmaxCrossEntropy",
      },
    },
  ),
  run(
    "transformer",
    { type: "adamW", learningRate: 0.01, clipNorm: 1 },
    {
      architecture: {
        input: [6],
        layers: [
          { type: "embedding", vocabulary: 9, units: 6 },
          { type: "positionalEmbedding" },
          { type: "residual", layers: [{ type: "layerNorm" }, { type: "causalSelfAttention", heads: 3 }] },
          {
            type: "residual",
            layers: [{ type: "layerNorm" }, dense(16), { type: "gelu" }, dense(6), { type: "dropout", rate: 0.2 }],
          },
          { type: "layerNorm" },
          dense(9),
        ],
        loss: "softmaxCrossEntropy",
      },
    },
  ),
  run(
    "regression",
    { type: "sgd", learningRate: 0.02, momentum: 0.5 },
    {
      architecture: { input: [4], layers: [dense(5), { type: "tanh" }, dense(2)], loss: "meanSquaredError" },
    },
  ),
];
