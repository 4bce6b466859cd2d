/** Convolution of `[rows, columns, channels]` with square kernels, weights `[filters, kernel, kernel, channels]`. */
import { elementCount } from "../tensor.ts";
import { type Activation, type EmittedLayer, type LayerBuilder, type LayerKind, MAX_FIELD } from "./layerKind.ts";
import { windowOver, windowShape } from "./window.ts";

export interface Conv2dLayer {
  readonly type: "conv2d";
  /** Range: 1 … 65,536. */
  readonly filters: number;
  /** Rows and columns of a filter. Range: 1 … 65,536, at most the padded image. */
  readonly kernel: number;
  /** Range: 1 … 65,536. @default 1 */
  readonly stride?: number;
  /** Rings of +0 around the image. Range: 0 … kernel − 1. @default 0 */
  readonly padding?: number;
}

export const conv2d: LayerKind<Conv2dLayer> = {
  type: "conv2d",
  fields: ["filters", "kernel", "stride", "padding"],
  parse(fields) {
    const filters = fields.integer("filters", 1, MAX_FIELD);
    const kernel = fields.integer("kernel", 1, MAX_FIELD);
    const stride = fields.has("stride") ? fields.integer("stride", 1, MAX_FIELD) : 1;
    const padding = fields.has("padding") ? fields.integer("padding", 0, kernel - 1) : 0;
    return { type: "conv2d", filters, kernel, stride, padding };
  },
  outputShape: (layer, input, { path }) =>
    windowShape({ ...layer, size: layer.kernel }, input, { path, channels: layer.filters }),
  parameterCount: ({ filters, kernel }, input) => filters * (kernel * kernel * input[2]! + 1),
  emit,
};

function emit(layer: Required<Conv2dLayer>, input: Activation, builder: LayerBuilder): EmittedLayer {
  const { filters, kernel } = layer;
  const window = windowOver(builder.batchSize, input.shape, { ...layer, size: kernel });
  const { channels, outHeight, outWidth } = window;
  const shape = [outHeight, outWidth, filters];
  const fanIn = kernel * kernel * channels;
  const weight = builder.parameter("weight", [filters, kernel, kernel, channels], { kind: "heUniform", fanIn });
  const bias = builder.parameter("bias", [filters], { kind: "zero" });
  const positions = builder.batchSize * outHeight * outWidth;
  const values = builder.slot("output", builder.batchSize * elementCount(shape));
  const gradient = builder.slot("outputGradient", values.length);
  const common = { window, filters };
  const slots = { input: input.values, weight: weight.value, bias: bias.value, out: values };
  builder.forward({ kind: "conv2d", ...common, ...slots, relu: false });
  const backward: EmittedLayer["backward"] = [
    {
      ...{ kind: "conv2dBackwardWeight", ...common },
      ...{ input: input.values, outGradient: gradient, weightGradient: weight.gradient },
    },
    { kind: "columnSums", rows: positions, columns: filters, data: gradient, out: bias.gradient },
    ...(input.gradient === undefined
      ? []
      : [
          {
            ...{ kind: "conv2dBackwardInput" as const, ...common },
            ...{ weight: weight.value, outGradient: gradient, inputGradient: input.gradient },
          },
        ]),
  ];
  return { output: { shape, values, gradient, mayOverwrite: true }, backward };
}
