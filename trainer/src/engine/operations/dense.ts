/** Operations of dense layers. Data only; `reference/` defines what they compute. */
import type { MatrixView, Slot } from "./slot.ts";

/**
 * `out[i, j] = Σₖ left[i, k] · right[k, j]`, k rising, from +0; `out` is row-major `[rows, columns]`.
 *
 * Then, in this order and each where it is present: `+ bias[j]`; `max(·, +0)` where `relu`; `mask[i, j] > 0 ? · : +0`.
 */
export interface Matmul {
  readonly kind: "matmul";
  readonly role: "denseForward" | "denseBackwardWeight" | "denseBackwardInput";
  readonly rows: number;
  readonly columns: number;
  readonly inner: number;
  readonly left: MatrixView;
  readonly right: MatrixView;
  readonly out: Slot;
  /** Length `columns`. */
  readonly bias?: Slot | undefined;
  readonly relu: boolean;
  /** Shape `[rows, columns]`: the output of the relu whose backward pass this operation takes over. */
  readonly mask?: Slot | undefined;
}

/** `data[i, j] ← data[i, j] + bias[j]`, then relu of that where `relu`. In place. */
export interface AddBias {
  readonly kind: "addBias";
  readonly rows: number;
  readonly columns: number;
  readonly bias: Slot;
  readonly data: Slot;
  readonly relu: boolean;
}

/** `out[j] = Σᵢ data[i, j]`, i rising, from +0. */
export interface ColumnSums {
  readonly kind: "columnSums";
  readonly rows: number;
  readonly columns: number;
  readonly data: Slot;
  readonly out: Slot;
}
