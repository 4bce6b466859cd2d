/** Hyperbolic tangent of every number; the backward pass needs only `y`. */
import { inPlaceOrNew, type LayerKind } from "./layerKind.ts";

export interface TanhLayer {
  readonly type: "tanh";
}

export const tanh: LayerKind<TanhLayer> = {
  type: "tanh",
  parse: () => ({ type: "tanh" }),
  outputShape: (_layer, input) => input,
  parameterCount: () => 0,
  emit(_layer, input, builder) {
    const output = inPlaceOrNew(input, builder);
    builder.forward({ kind: "tanh", input: input.values, output });
    const { gradient } = input;
    return {
      output: { ...input, values: output, mayOverwrite: false },
      backward: gradient === undefined ? [] : [{ kind: "tanhBackward", output, gradient }],
    };
  },
};
