/** Mean of each window, channel by channel. */
import { elementCount } from "../tensor.ts";
import { type Activation, type EmittedLayer, type LayerBuilder, type LayerKind, MAX_FIELD } from "./layerKind.ts";
import { windowOver, windowShape } from "./window.ts";

export interface AveragePoolLayer {
  readonly type: "averagePool";
  /** Rows and columns of the window. Range: 1 … 65,536, at most the image. */
  readonly size: number;
  /** Range: 1 … 65,536. @default size */
  readonly stride?: number;
}

export const averagePool: LayerKind<AveragePoolLayer> = {
  type: "averagePool",
  fields: ["size", "stride"],
  parse(fields) {
    const size = fields.integer("size", 1, MAX_FIELD);
    return { type: "averagePool", size, stride: fields.has("stride") ? fields.integer("stride", 1, MAX_FIELD) : size };
  },
  outputShape: (layer, input, { path }) => windowShape({ ...layer, padding: 0 }, input, { path, channels: undefined }),
  parameterCount: () => 0,
  emit,
};

function emit(layer: Required<AveragePoolLayer>, input: Activation, builder: LayerBuilder): EmittedLayer {
  const window = windowOver(builder.batchSize, input.shape, { ...layer, padding: 0 });
  const shape = [window.outHeight, window.outWidth, window.channels];
  const values = builder.slot("output", builder.batchSize * elementCount(shape));
  builder.forward({ kind: "averagePool", window, input: input.values, out: values });
  const { gradient: inputGradient } = input;
  if (inputGradient === undefined) {
    return { output: { shape, values, gradient: undefined, mayOverwrite: true }, backward: [] };
  }
  const gradient = builder.slot("outputGradient", values.length);
  const backward = { kind: "averagePoolBackward", window, outGradient: gradient, inputGradient } as const;
  return { output: { shape, values, gradient, mayOverwrite: true }, backward: [backward] };
}
