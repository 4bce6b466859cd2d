/**
 * The layers of an architecture with the shapes around them and the names of their parameters, as export and import walk
 * them. Emits nothing.
 */
import type { Parameters } from "../engine/tensor.ts";
import { elementCount } from "../engine/tensor.ts";

export type LayerDocument =
  | { readonly type: "dense"; readonly units: number }
  | {
      readonly type: "conv2d";
      readonly filters: number;
      readonly kernel: number;
      readonly stride: number;
      readonly padding: number;
    }
  | { readonly type: "maxPool" | "averagePool"; readonly size: number; readonly stride: number }
  | { readonly type: "flatten" | "relu" | "gelu" | "tanh" | "softmax" | "layerNorm" | "positionalEmbedding" }
  | { readonly type: "embedding"; readonly vocabulary: number; readonly units: number }
  | { readonly type: "causalSelfAttention"; readonly heads: number }
  | { readonly type: "residual"; readonly layers: readonly LayerDocument[] }
  | { readonly type: "dropout"; readonly rate: number };

export interface ArchitectureDocument {
  readonly input: readonly number[];
  readonly layers: readonly LayerDocument[];
  readonly loss: string;
}

/** A layer in its place. Shapes are of one example, images as `[rows, columns, channels]`. */
export interface LayerSite<L extends LayerDocument = LayerDocument> {
  readonly layer: L;
  /** Prefix of its parameters' names, for example `layers.2.layers.0`. */
  readonly path: string;
  readonly input: readonly number[];
  readonly output: readonly number[];
  /** Of a residual; empty otherwise. */
  readonly inner: readonly LayerSite[];
}

/** A parameter as the engine names and shapes it. */
export interface ParameterSite {
  readonly name: string;
  readonly shape: readonly number[];
}

/** @returns the sites of these layers, in order. */
export function layerSites(layers: readonly LayerDocument[], input: readonly number[], path = "layers"): LayerSite[] {
  let shape = input;
  return layers.map((layer, at) => {
    const place = `${path}.${at}`;
    const inner = layer.type === "residual" ? layerSites(layer.layers, shape, `${place}.layers`) : [];
    const site = { layer, path: place, input: shape, output: outputShape(layer, shape), inner };
    shape = site.output;
    return site;
  });
}

function outputShape(layer: LayerDocument, input: readonly number[]): readonly number[] {
  const [rows = 1, columns = 1, channels = 1] = input;
  const windows = (size: number, stride: number, padding: number): number[] =>
    [rows, columns].map((length) => Math.floor((length + 2 * padding - size) / stride) + 1);
  switch (layer.type) {
    case "dense":
      return [...input.slice(0, -1), layer.units];
    case "conv2d":
      return [...windows(layer.kernel, layer.stride, layer.padding), layer.filters];
    case "maxPool":
    case "averagePool":
      return [...windows(layer.size, layer.stride, 0), channels];
    case "flatten":
      return [elementCount(input)];
    case "embedding":
      return [...input, layer.units];
    default:
      return input;
  }
}

/** @returns the parameters of one site, inner ones left out, in the engine's order. */
export function parametersOf({ layer, path, input }: LayerSite): ParameterSite[] {
  const width = input.at(-1) ?? 1;
  const named = (shapes: Readonly<Record<string, readonly number[]>>): ParameterSite[] =>
    Object.entries(shapes).map(([name, shape]) => ({ name: `${path}.${name}`, shape }));
  switch (layer.type) {
    case "dense":
      return named({ weight: [layer.units, width], bias: [layer.units] });
    case "conv2d":
      return named({ weight: [layer.filters, layer.kernel, layer.kernel, width], bias: [layer.filters] });
    case "layerNorm":
      return named({ weight: [width], bias: [width] });
    case "embedding":
      return named({ weight: [layer.vocabulary, layer.units] });
    case "positionalEmbedding":
      return named({ weight: input });
    case "causalSelfAttention":
      return named({
        "qkv.weight": [3 * width, width],
        "qkv.bias": [3 * width],
        "output.weight": [width, width],
        "output.bias": [width],
      });
    default:
      return [];
  }
}

/** @returns every parameter below these sites. */
export function allParameters(sites: readonly LayerSite[]): ParameterSite[] {
  return sites.flatMap((site) => [...parametersOf(site), ...allParameters(site.inner)]);
}

/**
 * @param values row-major.
 * @param axes the source axis of each axis of the result.
 * @returns the transpose, row-major, a fresh array.
 */
export function permuteAxes(values: Float32Array, shape: readonly number[], axes: readonly number[]): Float32Array {
  const strides = shape.map((_, axis) => elementCount(shape.slice(axis + 1)));
  const sizes = axes.map((axis) => shape[axis]!);
  const steps = axes.map((axis) => strides[axis]!);
  const index = sizes.map(() => 0);
  const permuted = new Float32Array(values.length);
  let from = 0;
  for (let to = 0; to < permuted.length; to++) {
    permuted[to] = values[from]!;
    for (let axis = sizes.length - 1; axis >= 0; axis--) {
      from += steps[axis]!;
      if (++index[axis]! < sizes[axis]!) break;
      from -= steps[axis]! * sizes[axis]!;
      index[axis] = 0;
    }
  }
  return permuted;
}

/** @returns the values of a parameter that is known to be there. */
export function valuesOf(parameters: Parameters, name: string): Float32Array {
  return parameters.get(name)!.data;
}
