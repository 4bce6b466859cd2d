/** Gaussian error linear unit: `y = x · Φ(x)`. Never in place, for the backward pass needs `x`. */
import type { LayerKind } from "./layerKind.ts";

export interface GeluLayer {
  readonly type: "gelu";
}

export const gelu: LayerKind<GeluLayer> = {
  type: "gelu",
  parse: () => ({ type: "gelu" }),
  outputShape: (_layer, input) => input,
  parameterCount: () => 0,
  emit(_layer, input, builder) {
    const output = builder.slot("output", input.values.length);
    builder.forward({ kind: "gelu", input: input.values, output });
    const { gradient } = input;
    return {
      output: { ...input, values: output, mayOverwrite: true },
      backward: gradient === undefined ? [] : [{ kind: "geluBackward", input: input.values, gradient }],
    };
  },
};
