/** The models and rows of the compression tables. Data only. */
import type { Optimiser } from "../../../trainer/src/engine/optimiser.ts";
import type { CompressionChoice } from "../../../trainer/src/learning/compression/compression.ts";

export interface CompressionModel {
  readonly title: string;
  /** A reference for `openDataset`, below the folder of the data. */
  readonly data: (folder: string) => string;
  readonly architecture: string;
  readonly optimiser: Optimiser;
  readonly batchSize: number;
  readonly trainers: number;
  readonly rounds: number;
  readonly localSteps: number;
  readonly measure: "accuracy" | "loss";
  readonly goal: {
    /** Times fewer bytes than whole weights. */
    readonly ratio: number;
    /** Points of accuracy, or per cent of the loss. */
    readonly mostLost: number;
  };
}

export const MODELS = {
  lenet: {
    title: "LeNet-5 on MNIST, 10 trainers, IID, 20 rounds of 10 steps of 16 images",
    data: (folder) => `mnist:${folder}/mnist`,
    architecture: "lenet5",
    optimiser: { type: "sgd", learningRate: 0.05, momentum: 0.9 },
    ...{ batchSize: 16, trainers: 10, rounds: 20, localSteps: 10 },
    measure: "accuracy",
    goal: { ratio: 100, mostLost: 0.5 },
  },
  transformer: {
    title: "Transformer 2×64 on tinyshakespeare, 32 characters, 8 trainers, IID, 40 rounds of 20 steps of 8 windows",
    data: (folder) => `text:${folder}/tinyshakespeare/input.txt,vocabulary=characters,length=32`,
    architecture: "transformer:2x64",
    optimiser: { type: "adamW", learningRate: 0.003, clipNorm: 1 },
    ...{ batchSize: 8, trainers: 8, rounds: 40, localSteps: 20 },
    measure: "loss",
    goal: { ratio: 32, mostLost: 1 },
  },
} as const satisfies Record<string, CompressionModel>;

export interface CompressionRow {
  readonly model: keyof typeof MODELS;
  /** @default whole weights */
  readonly compression?: CompressionChoice;
  readonly aggregation: object;
}

const FEDAVG = { kind: "fedavg" };
/** What tasks have that name no rule. */
const DEFAULT = { kind: "centeredClipping" };
/** A step of `rate` along the mean update. */
const outer = (rate: number): object => ({ kind: "fedavgm", learningRate: rate, momentum: 0 });
const nesterov = (rate: number, momentum: number): object => ({
  ...{ kind: "fedavgm", learningRate: rate, momentum },
  nesterov: true,
});

function row(
  model: CompressionRow["model"],
  compression?: Omit<CompressionChoice, "errorFeedback">,
  { aggregation = FEDAVG, errorFeedback = true }: { aggregation?: object; errorFeedback?: boolean } = {},
): CompressionRow {
  return {
    model,
    aggregation,
    ...(compression === undefined ? {} : { compression: { ...compression, errorFeedback } }),
  };
}

/** A hundredth of the bytes. */
const HUNDREDTH = { codec: "ternary", k: 2_688 } as const;
/** Less than a thousandth. */
const THOUSANDTH = { codec: "ternary", k: 160 } as const;
/** A thirty-sixth. */
const THIRTIETH = { codec: "ternary", k: 10_500 } as const;
const REPLAYABLE = { errorFeedback: false };

/** Every model's first row is what its others are compared with. */
export const ROWS: Readonly<Record<string, CompressionRow>> = {
  "lenet/plain": row("lenet"),
  "lenet/plain; server 1.5": row("lenet", undefined, { aggregation: outer(1.5) }),
  "lenet/plain; Nesterov 0.5 × 0.8": row("lenet", undefined, { aggregation: nesterov(0.5, 0.8) }),
  "lenet/int8": row("lenet", { codec: "int8" }, REPLAYABLE),
  "lenet/int4": row("lenet", { codec: "int4" }, REPLAYABLE),
  "lenet/sign": row("lenet", { codec: "sign" }, REPLAYABLE),
  "lenet/sign + feedback": row("lenet", { codec: "sign" }),
  "lenet/topK 64": row("lenet", { codec: "topK", k: 64 }, REPLAYABLE),
  "lenet/topK 64 + feedback": row("lenet", { codec: "topK", k: 64 }),
  "lenet/topK 64 + feedback; server 1.5": row("lenet", { codec: "topK", k: 64 }, { aggregation: outer(1.5) }),
  "lenet/ternary 2688": row("lenet", HUNDREDTH, REPLAYABLE),
  "lenet/ternary 2688; server 1.5": row("lenet", HUNDREDTH, { ...REPLAYABLE, aggregation: outer(1.5) }),
  "lenet/ternary 2688 + feedback": row("lenet", HUNDREDTH),
  "lenet/ternary 2688 + feedback; server 1.5": row("lenet", HUNDREDTH, { aggregation: outer(1.5) }),
  "lenet/ternary 2688 + feedback; Nesterov 1 × 0.3": row("lenet", HUNDREDTH, { aggregation: nesterov(1, 0.3) }),
  "lenet/dct 2688 + feedback": row("lenet", { codec: "dct", k: 2_688 }),
  "lenet/dct 2688 + feedback; server 1.5": row("lenet", { codec: "dct", k: 2_688 }, { aggregation: outer(1.5) }),
  "lenet/plain; default rule": row("lenet", undefined, { aggregation: DEFAULT }),
  "lenet/ternary 2688 + feedback; default rule": row("lenet", HUNDREDTH, { aggregation: DEFAULT }),
  "lenet/topK 4 + feedback": row("lenet", { codec: "topK", k: 4 }),
  "lenet/ternary 160 + feedback": row("lenet", THOUSANDTH),
  "lenet/ternary 160 + feedback; server 2": row("lenet", THOUSANDTH, { aggregation: outer(2) }),
  "transformer/plain": row("transformer"),
  "transformer/plain; server 1.5": row("transformer", undefined, { aggregation: outer(1.5) }),
  "transformer/sign + feedback": row("transformer", { codec: "sign" }),
  "transformer/ternary 10500 + feedback": row("transformer", THIRTIETH),
  "transformer/ternary 10500 + feedback; server 1.5": row("transformer", THIRTIETH, { aggregation: outer(1.5) }),
  "transformer/ternary 10500": row("transformer", THIRTIETH, REPLAYABLE),
  "transformer/ternary 2688 + feedback": row("transformer", HUNDREDTH),
  "transformer/ternary 2688 + feedback; server 2": row("transformer", HUNDREDTH, { aggregation: outer(2) }),
  "transformer/ternary 160 + feedback": row("transformer", THOUSANDTH),
  "transformer/ternary 160 + feedback; server 2": row("transformer", THOUSANDTH, { aggregation: outer(2) }),
};

/** What `--quick` plays, with the first seed alone: each goal's best row, in a minute or two. */
export const QUICK: readonly string[] = [
  "lenet/plain",
  "lenet/ternary 2688; server 1.5",
  "lenet/ternary 2688 + feedback",
  "lenet/ternary 160 + feedback; server 2",
];
