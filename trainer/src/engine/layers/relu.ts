/** Rectifier: `y = max(x, +0)`; the backward pass needs only `y`. */
import { inPlaceOrNew, type LayerKind } from "./layerKind.ts";

export interface ReluLayer {
  readonly type: "relu";
}

export const relu: LayerKind<ReluLayer> = {
  type: "relu",
  parse: () => ({ type: "relu" }),
  outputShape: (_layer, input) => input,
  parameterCount: () => 0,
  emit(_layer, input, builder) {
    const output = inPlaceOrNew(input, builder);
    builder.forward({ kind: "relu", input: input.values, output });
    const { gradient } = input;
    return {
      output: { ...input, values: output, mayOverwrite: false },
      backward: gradient === undefined ? [] : [{ kind: "reluBackward", output, gradient }],
    };
  },
};
