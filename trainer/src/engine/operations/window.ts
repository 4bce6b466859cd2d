/** Operations that slide a window over images `[batch, height, width, channels]`. Data only. */
import type { Slot } from "./slot.ts";

/** A square window over images. `outHeight = ⌊(height + 2 · padding − size) / stride⌋ + 1`, the width alike. */
export interface Window {
  readonly batch: number;
  readonly height: number;
  readonly width: number;
  readonly channels: number;
  readonly size: number;
  readonly stride: number;
  /** Rings of +0 around every image. 0 for pools. */
  readonly padding: number;
  readonly outHeight: number;
  readonly outWidth: number;
}

/**
 * `out[n, y, x, f] = Σ_{u, v, c} padded[n, y · stride + u, x · stride + v, c] · weight[f, u, v, c]`, (u, v, c) rising
 * lexicographically, from +0, padding included as products with +0; then `+ bias[f]`, then relu where `relu`.
 *
 * Weight shape `[filters, size, size, channels]`, so k = (u, v, c) runs along a weight's row in memory.
 */
export interface Conv2d {
  readonly kind: "conv2d";
  readonly window: Window;
  readonly filters: number;
  readonly input: Slot;
  readonly weight: Slot;
  readonly bias: Slot;
  readonly out: Slot;
  readonly relu: boolean;
}

/**
 * `weightGradient[f, u, v, c] = Σ_{n, y, x} outGradient[n, y, x, f] · padded[n, y · stride + u, x · stride + v, c]`,
 * (n, y, x) rising lexicographically, from +0, padding included.
 */
export interface Conv2dBackwardWeight {
  readonly kind: "conv2dBackwardWeight";
  readonly window: Window;
  readonly filters: number;
  readonly input: Slot;
  readonly outGradient: Slot;
  readonly weightGradient: Slot;
}

/**
 * `inputGradient[n, h, w, c] = Σ_{u, v, f} spread[n, h + u, w + v, f] · weight[f, size−1−u, size−1−v, c]`, (u, v, f)
 * rising lexicographically, from +0; then `mask[n, h, w, c] > 0 ? · : +0` where there is a mask.
 *
 * `spread` is `outGradient` with `stride − 1` rows and columns of +0 between neighbours, `size − 1 − padding` rings of +0
 * before and as many rows and columns of +0 after as make it `height + size − 1` by `width + size − 1`; its zeros take part.
 * (`padding < size`, so nothing is cut off before.)
 */
export interface Conv2dBackwardInput {
  readonly kind: "conv2dBackwardInput";
  readonly window: Window;
  readonly filters: number;
  readonly weight: Slot;
  readonly outGradient: Slot;
  readonly inputGradient: Slot;
  readonly mask?: Slot | undefined;
}

/** `out[n, y, x, c] = m` where m starts as the window's first value and becomes each later value v, (u, v) rising, with `v > m`. */
export interface MaxPool {
  readonly kind: "maxPool";
  readonly window: Window;
  readonly input: Slot;
  readonly out: Slot;
}

/**
 * `inputGradient[n, h, w, c] = Σ outGradient[n, y, x, c]` over the windows (y, x), rising, that took their maximum at
 * (h, w) (the position that {@link MaxPool}'s m came from), from +0; then the mask as in {@link Conv2dBackwardInput}.
 */
export interface MaxPoolBackward {
  readonly kind: "maxPoolBackward";
  readonly window: Window;
  readonly input: Slot;
  readonly outGradient: Slot;
  readonly inputGradient: Slot;
  readonly mask?: Slot | undefined;
}

/** `out[n, y, x, c] = (Σ_{u, v} input) / size²`, (u, v) rising, from +0; one division. */
export interface AveragePool {
  readonly kind: "averagePool";
  readonly window: Window;
  readonly input: Slot;
  readonly out: Slot;
}

/** `inputGradient[n, h, w, c] = Σ (outGradient[n, y, x, c] / size²)` over the windows (y, x), rising, that hold (h, w), from +0. */
export interface AveragePoolBackward {
  readonly kind: "averagePoolBackward";
  readonly window: Window;
  readonly outGradient: Slot;
  readonly inputGradient: Slot;
}
