/** Positional embedding: adds a learned `[T, units]` to every example, in place where the input may be written over. */
import { elementCount } from "../tensor.ts";
import { EMBEDDING_BOUND } from "./embedding.ts";
import { inPlaceOrNew, type LayerKind, shapeRefused } from "./layerKind.ts";

export interface PositionalEmbeddingLayer {
  readonly type: "positionalEmbedding";
}

export const positionalEmbedding: LayerKind<PositionalEmbeddingLayer> = {
  type: "positionalEmbedding",
  parse: () => ({ type: "positionalEmbedding" }),
  outputShape(_layer, input, { path }) {
    if (input.length === 2) return input;
    throw shapeRefused({ path, type: "positionalEmbedding", shape: input }, "it takes [positions, units]");
  },
  parameterCount: (_layer, input) => elementCount(input),
  emit(_layer, { shape, ...input }, builder) {
    const rows = builder.batchSize;
    const columns = elementCount(shape);
    const weight = builder.parameter("weight", shape, { kind: "uniform", bound: EMBEDDING_BOUND });
    const values = inPlaceOrNew({ shape, ...input }, builder);
    if (values !== input.values) builder.forward({ kind: "copy", input: input.values, output: values });
    builder.forward({ kind: "addBias", rows, columns, bias: weight.value, data: values, relu: false });
    const gradient = input.gradient ?? builder.slot("outputGradient", values.length);
    return {
      output: { shape, values, gradient, mayOverwrite: true },
      backward: [{ kind: "columnSums", rows, columns, data: gradient, out: weight.gradient }],
    };
  },
};
