/** Layer normalisation over the last axis, ε = 1e-5, with a learned factor (`weight`) and summand (`bias`) a column. */
import { type Activation, type EmittedLayer, type LayerBuilder, type LayerKind, rowsOf } from "./layerKind.ts";

export interface LayerNormLayer {
  readonly type: "layerNorm";
}

export const layerNorm: LayerKind<LayerNormLayer> = {
  type: "layerNorm",
  parse: () => ({ type: "layerNorm" }),
  outputShape: (_layer, input) => input,
  parameterCount: (_layer, input) => 2 * input.at(-1)!,
  emit,
};

function emit(_layer: LayerNormLayer, { shape, ...input }: Activation, builder: LayerBuilder): EmittedLayer {
  const { rows: positions, columns } = rowsOf(shape);
  const rows = builder.batchSize * positions;
  const weight = builder.parameter("weight", [columns], { kind: "one" });
  const bias = builder.parameter("bias", [columns], { kind: "zero" });
  const values = builder.slot("output", rows * columns);
  const gradient = builder.slot("outputGradient", rows * columns);
  const statistics = { mean: builder.slot("mean", rows), scale: builder.slot("scale", rows) };
  const common = { rows, columns, input: input.values, ...statistics };
  builder.forward({ kind: "layerNorm", ...common, weight: weight.value, bias: bias.value, output: values });
  const gradients = { weightGradient: weight.gradient, biasGradient: bias.gradient };
  const backward: EmittedLayer["backward"][number][] = [
    { kind: "layerNormBackwardWeight", ...common, outputGradient: gradient, ...gradients },
  ];
  if (input.gradient !== undefined) {
    const slots = { weight: weight.value, outputGradient: gradient, inputGradient: input.gradient };
    backward.push({ kind: "layerNormBackwardInput", ...common, ...slots });
  }
  return { output: { shape, values, gradient, mayOverwrite: true }, backward };
}
