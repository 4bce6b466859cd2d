/** Softmax over the last axis; the backward pass needs only its output. */
import { inPlaceOrNew, type LayerKind, rowsOf } from "./layerKind.ts";

export interface SoftmaxLayer {
  readonly type: "softmax";
}

export const softmax: LayerKind<SoftmaxLayer> = {
  type: "softmax",
  parse: () => ({ type: "softmax" }),
  outputShape: (_layer, input) => input,
  parameterCount: () => 0,
  emit(_layer, input, builder) {
    const output = inPlaceOrNew(input, builder);
    const { rows: positions, columns } = rowsOf(input.shape);
    const rows = builder.batchSize * positions;
    builder.forward({ kind: "softmax", rows, columns, input: input.values, output });
    const { gradient } = input;
    return {
      output: { ...input, values: output, mayOverwrite: false },
      backward: gradient === undefined ? [] : [{ kind: "softmaxBackward", rows, columns, output, gradient }],
    };
  },
};
