/**
 * Dropout: in training each number is kept with probability `1 − rate` and divided by it, else set to +0; the mask is drawn
 * again in the backward pass, so nothing is stored.
 */
import { inPlaceOrNew, type LayerKind } from "./layerKind.ts";

export interface DropoutLayer {
  readonly type: "dropout";
  /** Range: 0 ≤ rate < 1. */
  readonly rate: number;
}

export const dropout: LayerKind<DropoutLayer> = {
  type: "dropout",
  fields: ["rate"],
  parse: (fields) => ({
    type: "dropout",
    rate: fields.float("rate", "from 0 to below 1", (rate) => rate >= 0 && rate < 1),
  }),
  outputShape: (_layer, input) => input,
  parameterCount: () => 0,
  emit({ rate }, input, builder) {
    const output = inPlaceOrNew(input, builder);
    const common = { stream: builder.stream("dropout"), keep: Math.fround(1 - rate) };
    builder.forward({ kind: "dropout", ...common, input: input.values, output });
    const { gradient } = input;
    return {
      output: { ...input, values: output, mayOverwrite: true },
      backward: gradient === undefined ? [] : [{ kind: "dropoutBackward", ...common, gradient }],
    };
  },
};
