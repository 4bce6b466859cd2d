/** Rectifier: `y = max(x, +0)`, in place; the backward pass needs only `y`. */
import type { LayerKind } from "./layerKind.ts";

export interface ReluLayer {
  readonly type: "relu";
}

export const relu: LayerKind<ReluLayer> = {
  type: "relu",
  parse: () => ({ type: "relu" }),
  outputShape: (_layer, input) => input,
  parameterCount: () => 0,
  emit(_layer, input, builder) {
    builder.forward({ kind: "relu", data: input.values });
    const { gradient } = input;
    return {
      output: input,
      backward: gradient === undefined ? [] : [{ kind: "reluBackward", output: input.values, gradient }],
    };
  },
};
