/** Losses, gradient clipping and optimiser steps. Data only. `rate` and the corrections come with the step. */
import type { Slot } from "./slot.ts";

/**
 * For every row: `m = max z`, `eⱼ = exp(zⱼ − m)`, `s = Σ eⱼ`, loss `= log s − (z_target − m)`,
 * `gradientⱼ = (eⱼ / s − [j = target]) · fl(1 / rows)`. `loss[0] = (Σ row losses) / rows`.
 */
export interface SoftmaxCrossEntropy {
  readonly kind: "softmaxCrossEntropy";
  readonly rows: number;
  readonly columns: number;
  readonly logits: Slot;
  /** Length `rows`: class numbers, checked before a step. */
  readonly targets: Slot;
  readonly gradient: Slot;
  readonly loss: Slot;
}

/** `d = output − target`, `loss[0] = (Σ d · d) / length`, `gradient = d · fl(2 / length)`. */
export interface MeanSquaredError {
  readonly kind: "meanSquaredError";
  readonly outputs: Slot;
  readonly targets: Slot;
  readonly gradient: Slot;
  readonly loss: Slot;
}

/**
 * Cuts `gradient` into blocks of 1,024 numbers (the last may be shorter); `pᵦ = Σ g · g` of block b from +0; then, b rising,
 * `sum[0] ← sum[0] + pᵦ`, starting from +0 where `isFirst`.
 */
export interface SquareSum {
  readonly kind: "squareSum";
  readonly gradient: Slot;
  readonly sum: Slot;
  readonly isFirst: boolean;
}

/** `norm = √sum`, `factor[0] = norm > maximum ? maximum / norm : 1`. */
export interface ClipFactor {
  readonly kind: "clipFactor";
  readonly maximum: number;
  readonly sum: Slot;
  readonly factor: Slot;
}

/** `data[i] ← data[i] · factor[0]`. */
export interface Scale {
  readonly kind: "scale";
  readonly data: Slot;
  readonly factor: Slot;
}

/** `g = gradient`, or `gradient + weightDecay · weight` where weightDecay ≠ 0; `weight ← weight − rate · g`. */
export interface Sgd {
  readonly kind: "sgd";
  readonly weightDecay: number;
  readonly weight: Slot;
  readonly gradient: Slot;
}

/**
 * g as in {@link Sgd}; `velocity ← momentum · velocity + g`; `d = velocity`, or `g + momentum · velocity` where nesterov;
 * `weight ← weight − rate · d`.
 */
export interface SgdMomentum {
  readonly kind: "sgdMomentum";
  readonly momentum: number;
  readonly nesterov: boolean;
  readonly weightDecay: number;
  readonly weight: Slot;
  readonly gradient: Slot;
  readonly velocity: Slot;
}

/**
 * `m ← β₁ · m + fl(1 − β₁) · g`; `v ← β₂ · v + (fl(1 − β₂) · g) · g`; `u = (m · c₁) / (√(v · c₂) + ε)`; where weightDecay ≠ 0
 * `weight ← weight · fl(1 − fl(rate · weightDecay))`; `weight ← weight − rate · u`. c₁ and c₂ are the step's corrections.
 */
export interface AdamW {
  readonly kind: "adamW";
  readonly beta1: number;
  readonly beta2: number;
  readonly epsilon: number;
  readonly weightDecay: number;
  readonly weight: Slot;
  readonly gradient: Slot;
  readonly firstMoment: Slot;
  readonly secondMoment: Slot;
}
