/** The register of layer kinds: a new kind is one file and one line here. */
import { type AveragePoolLayer, averagePool } from "./averagePool.ts";
import { type CausalSelfAttentionLayer, causalSelfAttention } from "./causalSelfAttention.ts";
import { type Conv2dLayer, conv2d } from "./conv2d.ts";
import { type DenseLayer, dense } from "./dense.ts";
import { type DropoutLayer, dropout } from "./dropout.ts";
import { type EmbeddingLayer, embedding } from "./embedding.ts";
import { type FlattenLayer, flatten } from "./flatten.ts";
import { type GeluLayer, gelu } from "./gelu.ts";
import type { LayerKind } from "./layerKind.ts";
import { type LayerNormLayer, layerNorm } from "./layerNorm.ts";
import { type MaxPoolLayer, maxPool } from "./maxPool.ts";
import { type PositionalEmbeddingLayer, positionalEmbedding } from "./positionalEmbedding.ts";
import { type ReluLayer, relu } from "./relu.ts";
import { type ResidualLayer, residual } from "./residual.ts";
import { type SoftmaxLayer, softmax } from "./softmax.ts";
import { type TanhLayer, tanh } from "./tanh.ts";

/** A layer as a document may spell it; fields with a default may be left out. */
export type Layer =
  | DenseLayer
  | Conv2dLayer
  | MaxPoolLayer
  | AveragePoolLayer
  | FlattenLayer
  | ReluLayer
  | GeluLayer
  | TanhLayer
  | SoftmaxLayer
  | LayerNormLayer
  | EmbeddingLayer
  | PositionalEmbeddingLayer
  | CausalSelfAttentionLayer
  | ResidualLayer
  | DropoutLayer;

const KINDS: { readonly [T in Layer["type"]]: LayerKind<Extract<Layer, { readonly type: T }>> } = {
  dense,
  conv2d,
  maxPool,
  averagePool,
  flatten,
  relu,
  gelu,
  tanh,
  softmax,
  layerNorm,
  embedding,
  positionalEmbedding,
  causalSelfAttention,
  residual,
  dropout,
};

export const LAYER_TYPES = Object.keys(KINDS) as readonly Layer["type"][];

/** @returns the kind that handles layers of this type. */
export function kindOf(type: Layer["type"]): LayerKind<Layer> {
  return KINDS[type] as unknown as LayerKind<Layer>;
}
