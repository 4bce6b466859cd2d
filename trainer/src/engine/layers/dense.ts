/** Dense layer on the last axis: `y = x · Wᵀ + b`, with `W` of shape `[units, inputs]` as in PyTorch's `Linear`. */
import { affineBackward, affineForward } from "./affine.ts";
import {
  type Activation,
  type EmittedLayer,
  type LayerBuilder,
  type LayerKind,
  MAX_FIELD,
  rowsOf,
  shapeRefused,
} from "./layerKind.ts";

export interface DenseLayer {
  readonly type: "dense";
  /** Range: 1 … 65,536. */
  readonly units: number;
}

export const dense: LayerKind<DenseLayer> = {
  type: "dense",
  fields: ["units"],
  parse: (fields) => ({ type: "dense", units: fields.integer("units", 1, MAX_FIELD) }),
  outputShape(layer, input, { path }) {
    if (input.length > 2) throw shapeRefused({ path, type: "dense", shape: input }, "put a flatten layer before it");
    return [...input.slice(0, -1), layer.units];
  },
  parameterCount: (layer, input) => layer.units * (input.at(-1)! + 1),
  emit,
};

function emit({ units }: DenseLayer, input: Activation, builder: LayerBuilder): EmittedLayer {
  const { rows: positions, columns: inputs } = rowsOf(input.shape);
  const rows = builder.batchSize * positions;
  const weight = builder.parameter("weight", [units, inputs], { kind: "heUniform", fanIn: inputs });
  const bias = builder.parameter("bias", [units], { kind: "zero" });
  const values = builder.slot("output", rows * units);
  const gradient = builder.slot("outputGradient", rows * units);
  const site = { rows, inputs, units, input: input.values, weight, bias };
  builder.forward(affineForward(site, values));
  return {
    output: { shape: [...input.shape.slice(0, -1), units], values, gradient, mayOverwrite: true },
    backward: affineBackward(site, gradient, input.gradient),
  };
}
