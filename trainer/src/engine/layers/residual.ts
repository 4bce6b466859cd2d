/** Residual: `y = x + f(x)`, f a chain of layers that keeps the shape. */
import { writtenSlots } from "../operationSlots.ts";
import { sameShape } from "../tensor.ts";
import {
  type Activation,
  type EmittedLayer,
  inPlaceOrNew,
  type LayerBuilder,
  type LayerKind,
  shapeRefused,
} from "./layerKind.ts";
import type { Layer } from "./layerKinds.ts";

export interface ResidualLayer {
  readonly type: "residual";
  /** f, in order; not empty. */
  readonly layers: readonly Layer[];
}

export const residual: LayerKind<ResidualLayer> = {
  type: "residual",
  fields: ["layers"],
  parse: (fields, parseLayers) => ({ type: "residual", layers: parseLayers(fields) }),
  outputShape({ layers }, input, { path, chain }) {
    const output = chain(layers, input);
    if (sameShape(output, input)) return input;
    throw shapeRefused(
      { path, type: "residual", shape: input },
      `its layers make [${output}] of it, which cannot be added`,
    );
  },
  parameterCount: () => 0,
  emit,
};

/**
 * x must outlive f, so f does not write over it. The output's gradient is that of f's output: both summands get it. Where f's
 * last layers transform it in place, it is copied first.
 */
function emit({ layers }: ResidualLayer, input: Activation, builder: LayerBuilder): EmittedLayer {
  const inner = builder.chain(layers, { ...input, mayOverwrite: false });
  const values = inPlaceOrNew(inner.output, builder);
  builder.forward({ kind: "add", input: input.values, other: inner.output.values, output: values });
  const { gradient } = inner.output;
  const output = { shape: input.shape, values, gradient, mayOverwrite: true };
  if (input.gradient === undefined || gradient === undefined) return { output, backward: inner.backward };
  const isOverwritten = inner.backward.some((operation) => writtenSlots(operation).includes(gradient));
  const skip = isOverwritten ? builder.slot("skipGradient", gradient.length) : gradient;
  return {
    output,
    backward: [
      ...(isOverwritten ? [{ kind: "copy", input: gradient, output: skip } as const] : []),
      ...inner.backward,
      { kind: "add", input: skip, other: input.gradient, output: input.gradient },
    ],
  };
}
