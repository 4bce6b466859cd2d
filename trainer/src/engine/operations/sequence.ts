/** Operations of sequence models. Data only. */
import type { Slot } from "./slot.ts";

/**
 * For every row, over its `columns` numbers: `mean = (Σ x) / columns`, `d = x − mean`, `variance = (Σ d · d) / columns`,
 * `scale = 1 / √(variance + 1e-5)`; `output = (d · scale) · weight + bias`.
 */
export interface LayerNorm {
  readonly kind: "layerNorm";
  readonly rows: number;
  readonly columns: number;
  readonly input: Slot;
  readonly weight: Slot;
  readonly bias: Slot;
  readonly output: Slot;
  /** Length `rows`. */
  readonly mean: Slot;
  /** Length `rows`. */
  readonly scale: Slot;
}

/**
 * For every row, with `h = (x − mean) · scale` and `t = outputGradient · weight`: `a = (Σ t) / columns`,
 * `b = (Σ t · h) / columns`, `inputGradient = ((t − a) − h · b) · scale`.
 */
export interface LayerNormBackwardInput {
  readonly kind: "layerNormBackwardInput";
  readonly rows: number;
  readonly columns: number;
  readonly input: Slot;
  readonly weight: Slot;
  readonly mean: Slot;
  readonly scale: Slot;
  readonly outputGradient: Slot;
  readonly inputGradient: Slot;
}

/** `weightGradientⱼ = Σᵢ outputGradient[i, j] · h[i, j]`, `biasGradientⱼ = Σᵢ outputGradient[i, j]`, i rising, from +0. */
export interface LayerNormBackwardWeight {
  readonly kind: "layerNormBackwardWeight";
  readonly rows: number;
  readonly columns: number;
  readonly input: Slot;
  readonly mean: Slot;
  readonly scale: Slot;
  readonly outputGradient: Slot;
  readonly weightGradient: Slot;
  readonly biasGradient: Slot;
}

/** `output[i, :] = weight[tokens[i], :]`. Tokens are whole numbers in binary32, checked before a step. */
export interface Embedding {
  readonly kind: "embedding";
  readonly rows: number;
  readonly units: number;
  readonly vocabulary: number;
  readonly tokens: Slot;
  readonly weight: Slot;
  readonly output: Slot;
}

/** `weightGradient[v, j] = Σ outputGradient[i, j]` over the rows i, rising, with `tokens[i] = v`, from +0. */
export interface EmbeddingBackward {
  readonly kind: "embeddingBackward";
  readonly rows: number;
  readonly units: number;
  readonly vocabulary: number;
  readonly tokens: Slot;
  readonly outputGradient: Slot;
  readonly weightGradient: Slot;
}

/** The sizes of causal self-attention. A row of `qkv` holds q, k and v, each `heads · headSize` numbers, head by head. */
export interface AttentionShape {
  readonly batch: number;
  readonly length: number;
  readonly heads: number;
  readonly headSize: number;
}

/**
 * For every example and head, over positions `j ≤ i` only, all sums rising from +0, `scale = 1 / √headSize`:
 * `sᵢⱼ = (Σ_d qᵢ[d] · kⱼ[d]) · scale`; `mᵢ = maxⱼ sᵢⱼ`; `eᵢⱼ = exp(sᵢⱼ − mᵢ)`; `zᵢ = Σⱼ eᵢⱼ`; `pᵢⱼ = eᵢⱼ / zᵢ`;
 * `output[i, d] = Σⱼ pᵢⱼ · vⱼ[d]`.
 */
export interface Attention {
  readonly kind: "attention";
  readonly shape: AttentionShape;
  /** Shape `[batch, length, 3 · heads · headSize]`. */
  readonly qkv: Slot;
  /** Shape `[batch, length, heads · headSize]`. */
  readonly output: Slot;
}

/**
 * With p as in {@link Attention}, computed again, and g the output's gradient: `rᵢⱼ = Σ_d gᵢ[d] · vⱼ[d]`;
 * `tᵢ = Σ_{j ≤ i} rᵢⱼ · pᵢⱼ`; `uᵢⱼ = (pᵢⱼ · (rᵢⱼ − tᵢ)) · scale`; gradients: of `qᵢ[d]` `Σ_{j ≤ i} uᵢⱼ · kⱼ[d]`, of `kⱼ[d]`
 * `Σ_{i ≥ j} uᵢⱼ · qᵢ[d]`, of `vⱼ[d]` `Σ_{i ≥ j} pᵢⱼ · gᵢ[d]`.
 */
export interface AttentionBackward {
  readonly kind: "attentionBackward";
  readonly shape: AttentionShape;
  readonly qkv: Slot;
  readonly outputGradient: Slot;
  readonly qkvGradient: Slot;
}
