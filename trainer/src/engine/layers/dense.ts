/** Dense layer: `y = x · Wᵀ + b`, with `W` of shape `[units, inputs]` as in PyTorch's `Linear`. */
import type { MatrixView, Operation, Slot } from "../operations.ts";
import { elementCount } from "../tensor.ts";
import { type Activation, type EmittedLayer, type LayerBuilder, type LayerKind, shapeRefused } from "./layerKind.ts";

export interface DenseLayer {
  readonly type: "dense";
  /** Range: 1 … 65,536. */
  readonly units: number;
}

const MAX_UNITS = 65_536;

export const dense: LayerKind<DenseLayer> = {
  type: "dense",
  parse: (fields) => ({ type: "dense", units: fields.integer("units", 1, MAX_UNITS) }),
  outputShape(layer, input, path) {
    if (input.length !== 1) throw shapeRefused({ path, type: "dense", shape: input }, "put a flatten layer before it");
    return [layer.units];
  },
  parameterCount: (layer, input) => layer.units * (elementCount(input) + 1),
  emit,
};

function emit(layer: DenseLayer, input: Activation, builder: LayerBuilder): EmittedLayer {
  const rows = builder.batchSize;
  const inputs = elementCount(input.shape);
  const { units } = layer;
  const weight = builder.parameter("weight", [units, inputs], { kind: "heUniform", fanIn: inputs });
  const bias = builder.parameter("bias", [units], { kind: "zero" });
  const values = builder.slot("output", rows * units);
  const gradient = builder.slot("outputGradient", rows * units);
  builder.forward({
    kind: "matmul",
    role: "denseForward",
    rows,
    columns: units,
    inner: inputs,
    left: rowMajor(input.values, inputs),
    right: transposed(weight.value, inputs),
    out: values,
  });
  builder.forward({ kind: "addBias", rows, columns: units, bias: bias.value, data: values, relu: false });
  return {
    output: { shape: [units], values, gradient },
    backward: backwardOperations({ rows, inputs, units, input, gradient, weight, bias }),
  };
}

interface DenseSite {
  readonly rows: number;
  readonly inputs: number;
  readonly units: number;
  readonly input: Activation;
  /** Of the layer's output. */
  readonly gradient: Slot;
  readonly weight: { readonly value: Slot; readonly gradient: Slot };
  readonly bias: { readonly gradient: Slot };
}

function backwardOperations({ rows, inputs, units, input, gradient, weight, bias }: DenseSite): Operation[] {
  const toParameters: Operation[] = [
    {
      kind: "matmul",
      role: "denseBackwardWeight",
      rows: units,
      columns: inputs,
      inner: rows,
      left: transposed(gradient, units),
      right: rowMajor(input.values, inputs),
      out: weight.gradient,
    },
    { kind: "columnSums", role: "denseBackwardBias", rows, columns: units, data: gradient, out: bias.gradient },
  ];
  if (input.gradient === undefined) return toParameters;
  const toInput: Operation = {
    kind: "matmul",
    role: "denseBackwardInput",
    rows,
    columns: inputs,
    inner: units,
    left: rowMajor(gradient, units),
    right: rowMajor(weight.value, inputs),
    out: input.gradient,
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
