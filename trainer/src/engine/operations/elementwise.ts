/** Operations on single numbers and on rows. Data only. `input` and `output` may be the same slot unless said otherwise. */
import type { Slot } from "./slot.ts";

/** `output[i] = max(input[i], +0)`; −0 becomes +0, NaN stays NaN. */
export interface Relu {
  readonly kind: "relu";
  readonly input: Slot;
  readonly output: Slot;
}

/** `gradient[i] ← output[i] > 0 ? gradient[i] : +0`. In place. */
export interface ReluBackward {
  readonly kind: "reluBackward";
  readonly output: Slot;
  readonly gradient: Slot;
}

/** `output[i] = x · Φ(x)`, `Φ` the canonical normal distribution function. Not in place: the backward pass needs x. */
export interface Gelu {
  readonly kind: "gelu";
  readonly input: Slot;
  readonly output: Slot;
}

/** `gradient[i] ← gradient[i] · (Φ(x) + x · φ(x))`. In place. */
export interface GeluBackward {
  readonly kind: "geluBackward";
  readonly input: Slot;
  readonly gradient: Slot;
}

/** `output[i] = tanh(input[i])`. */
export interface Tanh {
  readonly kind: "tanh";
  readonly input: Slot;
  readonly output: Slot;
}

/** `gradient[i] ← gradient[i] · (1 − y · y)`. In place. */
export interface TanhBackward {
  readonly kind: "tanhBackward";
  readonly output: Slot;
  readonly gradient: Slot;
}

/** For every row: `m = max x`, `eⱼ = exp(xⱼ − m)`, `s = Σ eⱼ`, `outputⱼ = eⱼ / s`. */
export interface Softmax {
  readonly kind: "softmax";
  readonly rows: number;
  readonly columns: number;
  readonly input: Slot;
  readonly output: Slot;
}

/** For every row: `s = Σⱼ gradientⱼ · yⱼ`, `gradientⱼ ← yⱼ · (gradientⱼ − s)`. In place. */
export interface SoftmaxBackward {
  readonly kind: "softmaxBackward";
  readonly rows: number;
  readonly columns: number;
  readonly output: Slot;
  readonly gradient: Slot;
}

/** `output[i] = input[i] + other[i]`. */
export interface Add {
  readonly kind: "add";
  readonly input: Slot;
  readonly other: Slot;
  readonly output: Slot;
}

/** `output[i] = input[i]`. */
export interface Copy {
  readonly kind: "copy";
  readonly input: Slot;
  readonly output: Slot;
}

/**
 * In training `output[i] = kept(i) ? input[i] · fl(1 / keep) : +0`; else `output[i] = input[i]`.
 *
 * `kept(i)`: word `i mod 4` of Philox block (counter words `⌊i / 4⌋, step, w₂, w₃`, key `w₀, w₁`), shifted right by 8, is
 * below `⌈keep · 2²⁴⌉`; w are the first four words of `SHA-256(seed ‖ streams[stream])`, step counts from 0.
 */
export interface Dropout {
  readonly kind: "dropout";
  /** Index into {@link TrainingProgram.streams}. */
  readonly stream: number;
  readonly keep: number;
  readonly input: Slot;
  readonly output: Slot;
}

/** `gradient[i] ← kept(i) ? gradient[i] · fl(1 / keep) : +0`, kept as in {@link Dropout}. In place. */
export interface DropoutBackward {
  readonly kind: "dropoutBackward";
  readonly stream: number;
  readonly keep: number;
  readonly gradient: Slot;
}
