/** The operations of `y = x · Wᵀ + b` over rows, which dense layers and attention share. Emits nothing by itself. */

import type { MatrixView, Slot } from "../operations/slot.ts";
import type { Operation } from "../operations.ts";
import type { ParameterSlots } from "./layerKind.ts";

export interface Affine {
  readonly rows: number;
  readonly inputs: number;
  readonly units: number;
  /** Shape `[rows, inputs]`. */
  readonly input: Slot;
  /** Shape `[units, inputs]`, as in PyTorch's `Linear`. */
  readonly weight: ParameterSlots;
  /** Shape `[units]`. */
  readonly bias: ParameterSlots;
}

/** @returns the operation that gives y, shape `[rows, units]`. */
export function affineForward({ rows, inputs, units, input, weight, bias }: Affine, out: Slot): Operation {
  return {
    kind: "matmul",
    role: "denseForward",
    rows,
    columns: units,
    inner: inputs,
    left: rowMajor(input, inputs),
    right: transposed(weight.value, inputs),
    out,
    bias: bias.value,
    relu: false,
  };
}

/**
 * @param gradient of y.
 * @param inputGradient where the gradient of x goes; undefined where nobody needs it.
 */
export function affineBackward(site: Affine, gradient: Slot, inputGradient: Slot | undefined): Operation[] {
  const { rows, inputs, units, input, weight, bias } = site;
  const toParameters: Operation[] = [
    {
      kind: "matmul",
      role: "denseBackwardWeight",
      rows: units,
      columns: inputs,
      inner: rows,
      left: transposed(gradient, units),
      right: rowMajor(input, inputs),
      out: weight.gradient,
      relu: false,
    },
    { kind: "columnSums", rows, columns: units, data: gradient, out: bias.gradient },
  ];
  if (inputGradient === undefined) return toParameters;
  const toInput: Operation = {
    kind: "matmul",
    role: "denseBackwardInput",
    rows,
    columns: inputs,
    inner: units,
    left: rowMajor(gradient, units),
    right: rowMajor(weight.value, inputs),
    out: inputGradient,
    relu: false,
  };
  return [...toParameters, toInput];
}

function rowMajor(slot: Slot, width: number): MatrixView {
  return { slot, rowStride: width, columnStride: 1 };
}

/** The transpose of a row-major matrix of that width. */
function transposed(slot: Slot, width: number): MatrixView {
  return { slot, rowStride: 1, columnStride: width };
}
