/**
 * The operations of a training program, over slots of one arena of binary32. Data only: what they compute is defined by
 * `reference/`, and every other executor must give the same bits.
 *
 * In their documentation every `+ − · / √` is one correctly rounded binary32 operation, in the order of the brackets;
 * every Σ starts from +0 and adds in rising order of its index.
 */
import type { AddBias, ColumnSums, Matmul } from "./operations/dense.ts";
import type {
  Add,
  Copy,
  Dropout,
  DropoutBackward,
  Gelu,
  GeluBackward,
  Relu,
  ReluBackward,
  Softmax,
  SoftmaxBackward,
  Tanh,
  TanhBackward,
} from "./operations/elementwise.ts";
import type {
  AdamW,
  ClipFactor,
  MeanSquaredError,
  Scale,
  Sgd,
  SgdMomentum,
  SoftmaxCrossEntropy,
  SquareSum,
} from "./operations/learning.ts";
import type {
  Attention,
  AttentionBackward,
  Embedding,
  EmbeddingBackward,
  LayerNorm,
  LayerNormBackwardInput,
  LayerNormBackwardWeight,
} from "./operations/sequence.ts";
import type {
  AveragePool,
  AveragePoolBackward,
  Conv2d,
  Conv2dBackwardInput,
  Conv2dBackwardWeight,
  MaxPool,
  MaxPoolBackward,
} from "./operations/window.ts";

export type Operation =
  | Matmul
  | AddBias
  | ColumnSums
  | Conv2d
  | Conv2dBackwardWeight
  | Conv2dBackwardInput
  | MaxPool
  | MaxPoolBackward
  | AveragePool
  | AveragePoolBackward
  | Relu
  | ReluBackward
  | Gelu
  | GeluBackward
  | Tanh
  | TanhBackward
  | Softmax
  | SoftmaxBackward
  | Add
  | Copy
  | Dropout
  | DropoutBackward
  | LayerNorm
  | LayerNormBackwardInput
  | LayerNormBackwardWeight
  | Embedding
  | EmbeddingBackward
  | Attention
  | AttentionBackward
  | SoftmaxCrossEntropy
  | MeanSquaredError
  | SquareSum
  | ClipFactor
  | Scale
  | Sgd
  | SgdMomentum
  | AdamW;

/** What an operation may need that changes from step to step. Numbers are binary32. */
export interface StepContext {
  /** Steps taken before this one. */
  readonly step: number;
  /** False in a forward pass for its own sake: dropout then lets everything through. */
  readonly isTraining: boolean;
  readonly rate: number;
  /** AdamW's `c₁ = 1 / (1 − β₁ᵗ)` and `c₂ = 1 / (1 − β₂ᵗ)`, t = step + 1; 1 for other optimisers. */
  readonly firstCorrection: number;
  readonly secondCorrection: number;
  /** Four words for every stream of the program: key and the counter's upper half. */
  readonly streams: Uint32Array;
}
