/** Embedding: token numbers `[T]` become the rows of a learned table, `[T, units]`. Only ever the first layer. */
import { type LayerKind, MAX_FIELD, shapeRefused } from "./layerKind.ts";

export interface EmbeddingLayer {
  readonly type: "embedding";
  /** How many tokens there are. Range: 1 … 65,536. */
  readonly vocabulary: number;
  /** Range: 1 … 65,536. */
  readonly units: number;
}

/** Uniform numbers over ±0.02 · √3 have a standard deviation of 0.02, as GPT-2's embeddings start. */
export const EMBEDDING_BOUND = Math.fround(0.034641016151377546);

export const embedding: LayerKind<EmbeddingLayer> = {
  type: "embedding",
  fields: ["vocabulary", "units"],
  takesTokens: true,
  parse: (fields) => ({
    type: "embedding",
    vocabulary: fields.integer("vocabulary", 1, MAX_FIELD),
    units: fields.integer("units", 1, MAX_FIELD),
  }),
  outputShape({ units }, input, { path }) {
    if (input.length !== 1) throw shapeRefused({ path, type: "embedding", shape: input }, "it takes a row of tokens");
    return [input[0]!, units];
  },
  parameterCount: ({ vocabulary, units }) => vocabulary * units,
  emit({ vocabulary, units }, input, builder) {
    const rows = builder.batchSize * input.shape[0]!;
    const weight = builder.parameter("weight", [vocabulary, units], { kind: "uniform", bound: EMBEDDING_BOUND });
    const values = builder.slot("output", rows * units);
    const gradient = builder.slot("outputGradient", rows * units);
    const common = { rows, units, vocabulary, tokens: input.values };
    builder.forward({ kind: "embedding", ...common, weight: weight.value, output: values });
    return {
      output: { shape: [input.shape[0]!, units], values, gradient, mayOverwrite: true },
      backward: [{ kind: "embeddingBackward", ...common, outputGradient: gradient, weightGradient: weight.gradient }],
    };
  },
};
