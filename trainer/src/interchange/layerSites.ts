/**
 * The layers of an architecture with the shapes around them, as export and import walk them. Emits nothing.
 *
 * Shapes and parameters are asked of the engine: what a layer is stands there alone.
 */
import { type Architecture, type Layer, parseArchitecture } from "../engine/architecture.ts";
import { kindOf } from "../engine/layers/layerKinds.ts";
import { compile } from "../engine/program.ts";
import { elementCount } from "../engine/tensor.ts";

/** A layer in its place, its defaults filled in. Shapes are of one example, images as `[rows, columns, channels]`. */
export interface LayerSite<L extends Layer = Layer> {
  readonly layer: Required<L>;
  /** Prefix of its parameters' names, for example `layers.2.layers.0`. */
  readonly path: string;
  readonly input: readonly number[];
  readonly output: readonly number[];
  /** Of a residual; empty otherwise. */
  readonly inner: readonly LayerSite[];
}

/**
 * @returns the sites of an architecture's layers, in order.
 * @throws {EngineError} what {@link parseArchitecture} throws
 */
export function layerSites(architecture: Architecture): LayerSite[] {
  const { layers, input } = parseArchitecture(architecture);
  return sitesOf(layers, input, "layers");
}

function sitesOf(layers: readonly Layer[], input: readonly number[], path: string): LayerSite[] {
  let shape = input;
  return layers.map((parsed, at) => {
    const layer = parsed as Required<Layer>;
    const place = `${path}.${at}`;
    const inner = layer.type === "residual" ? sitesOf(layer.layers, shape, `${place}.layers`) : [];
    const site = { layer, path: place, input: shape, output: outputShape(layer, shape), inner };
    shape = site.output;
    return site;
  });
}

function outputShape(layer: Required<Layer>, input: readonly number[]): readonly number[] {
  if (layer.type === "residual") return input;
  return kindOf(layer.type).outputShape(layer, input, { path: layer.type, chain: () => input });
}

/** @returns names and shapes of an architecture's parameters, as the engine has them. */
export function parametersOf(
  architecture: Architecture,
): readonly { readonly name: string; readonly shape: readonly number[] }[] {
  const optimiser = { type: "sgd", learningRate: 1, momentum: 0 } as const;
  return compile(architecture, { batchSize: 1, optimiser }).parameters;
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
