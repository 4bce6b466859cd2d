/**
 * The operations of a training program, over slots of one arena of binary32. Data only: what they compute is defined by
 * `reference/`, and `wasm/` must give the same bits.
 */

/** A range of the arena. Unit: binary32 elements. */
export interface Slot {
  readonly name: string;
  readonly offset: number;
  readonly length: number;
}

/** A slot read as a matrix, possibly transposed: element `(i, j)` is at `i · rowStride + j · columnStride`. */
export interface MatrixView {
  readonly slot: Slot;
  readonly rowStride: number;
  readonly columnStride: number;
}

/** `out[i, j] = Σₖ left[i, k] · right[k, j]`, k rising, from +0. `out` is row-major `[rows, columns]`. */
export interface Matmul {
  readonly kind: "matmul";
  readonly role: "denseForward" | "denseBackwardWeight" | "denseBackwardInput";
  readonly rows: number;
  readonly columns: number;
  readonly inner: number;
  readonly left: MatrixView;
  readonly right: MatrixView;
  readonly out: Slot;
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

/** `data[i] ← max(data[i], +0)`. In place; −0 becomes +0, NaN stays NaN. */
export interface Relu {
  readonly kind: "relu";
  readonly data: Slot;
}

/** `gradient[i] ← output[i] > 0 ? gradient[i] : +0`. In place. */
export interface ReluBackward {
  readonly kind: "reluBackward";
  readonly output: Slot;
  readonly gradient: Slot;
}

/** `out[j] = Σᵢ data[i, j]`, i rising, from +0. */
export interface ColumnSums {
  readonly kind: "columnSums";
  readonly role: "denseBackwardBias";
  readonly rows: number;
  readonly columns: number;
  readonly data: Slot;
  readonly out: Slot;
}

/**
 * For every row: `m = max z`, `eⱼ = exp(zⱼ − m)`, `s = Σ eⱼ`, loss `= log s − (z_label − m)`,
 * `gradientⱼ = (eⱼ / s − [j = label]) · fl(1 / rows)`. `loss[0] = (Σ row losses) / rows`.
 */
export interface SoftmaxCrossEntropy {
  readonly kind: "softmaxCrossEntropy";
  readonly rows: number;
  readonly columns: number;
  readonly logits: Slot;
  readonly gradient: Slot;
  readonly loss: Slot;
}

/** `weight ← weight − rate · gradient`. */
export interface Sgd {
  readonly kind: "sgd";
  readonly rate: number;
  readonly weight: Slot;
  readonly gradient: Slot;
}

/** `velocity ← momentum · velocity + gradient`, then `weight ← weight − rate · velocity`. */
export interface SgdMomentum {
  readonly kind: "sgdMomentum";
  readonly rate: number;
  readonly momentum: number;
  readonly weight: Slot;
  readonly gradient: Slot;
  readonly velocity: Slot;
}

export type Operation = Matmul | AddBias | Relu | ReluBackward | ColumnSums | SoftmaxCrossEntropy | Sgd | SgdMomentum;
