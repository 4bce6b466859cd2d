/** Largest value of each window, channel by channel; the backward pass finds it again in the input. */
import { elementCount } from "../tensor.ts";
import { type Activation, type EmittedLayer, type LayerBuilder, type LayerKind, MAX_FIELD } from "./layerKind.ts";
import { windowOver, windowShape } from "./window.ts";

export interface MaxPoolLayer {
  readonly type: "maxPool";
  /** Rows and columns of the window. Range: 1 … 65,536, at most the image. */
  readonly size: number;
  /** Range: 1 … 65,536. @default size */
  readonly stride?: number;
}

export const maxPool: LayerKind<MaxPoolLayer> = {
  type: "maxPool",
  fields: ["size", "stride"],
  parse(fields) {
    const size = fields.integer("size", 1, MAX_FIELD);
    return { type: "maxPool", size, stride: fields.has("stride") ? fields.integer("stride", 1, MAX_FIELD) : size };
  },
  outputShape: (layer, input, { path }) => windowShape({ ...layer, padding: 0 }, input, { path, channels: undefined }),
  parameterCount: () => 0,
  emit,
};

function emit(layer: Required<MaxPoolLayer>, input: Activation, builder: LayerBuilder): EmittedLayer {
  const window = windowOver(builder.batchSize, input.shape, { ...layer, padding: 0 });
  const shape = [window.outHeight, window.outWidth, window.channels];
  const values = builder.slot("output", builder.batchSize * elementCount(shape));
  builder.forward({ kind: "maxPool", window, input: input.values, out: values });
  const { gradient: inputGradient } = input;
  if (inputGradient === undefined) {
    return { output: { shape, values, gradient: undefined, mayOverwrite: true }, backward: [] };
  }
  const gradient = builder.slot("outputGradient", values.length);
  const slots = { input: input.values, outGradient: gradient, inputGradient };
  const backward = { kind: "maxPoolBackward", window, ...slots } as const;
  return { output: { shape, values, gradient, mayOverwrite: true }, backward: [backward] };
}
