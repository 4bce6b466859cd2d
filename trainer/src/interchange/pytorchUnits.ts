/**
 * What an architecture's parameters look like in PyTorch: shapes, and how their numbers are moved. Reads no file.
 *
 * PyTorch's images are `[channels, rows, columns]`, ours `[rows, columns, channels]`: a convolution's weights have their
 * channels last, and so have the columns of the layer that reads a flattened image.
 */
import { elementCount } from "../engine/tensor.ts";
import { InterchangeError } from "./interchangeError.ts";
import { type LayerSite, permuteAxes } from "./layerSites.ts";

export type UnitKind =
  | "conv2d"
  | "dense"
  | "layerNorm"
  | "embedding"
  | "positionalEmbedding"
  | "attentionInput"
  | "attentionOutput";

/** A weight and perhaps a bias that belong together: what PyTorch calls a module. */
export interface Unit {
  readonly kind: UnitKind;
  /** Prefix of our names, for example `layers.2` or `layers.4.qkv`. */
  readonly path: string;
  /** What exported files call it. */
  readonly exported: { readonly weight: string; readonly bias: string };
  readonly weight: UnitTensor;
  readonly bias: UnitTensor | undefined;
}

export interface UnitTensor {
  /** In PyTorch. */
  readonly foreignShape: readonly number[];
  readonly shape: readonly number[];
  readonly move: Move | undefined;
}

/** Where numbers go that lie in another order: seen as an array of shape `from`, the axes change places. */
export interface Move {
  readonly from: readonly number[];
  readonly axes: readonly number[];
  /** For people. */
  readonly text: string;
}

/** @returns our numbers for PyTorch's. */
export function moveIn(values: Float32Array, move: Move | undefined): Float32Array {
  return move === undefined ? values.slice() : permuteAxes(values, move.from, move.axes);
}

/** @returns PyTorch's numbers for ours. */
export function moveOut(values: Float32Array, move: Move | undefined): Float32Array {
  if (move === undefined) return values.slice();
  const shape = move.axes.map((axis) => move.from[axis]!);
  const back = move.from.map((_, axis) => move.axes.indexOf(axis));
  return permuteAxes(values, shape, back);
}

/** Shape of the image whose flattening the values still are; `undefined` where order is the same on both sides. */
type Flattened = readonly number[] | undefined;

/**
 * @returns every unit of these layers, in order.
 * @throws {InterchangeError} `INTERCHANGE_LAYER_UNSUPPORTED` for a residual that mixes the orders of a flattened image
 */
export function unitsOf(sites: readonly LayerSite[]): Unit[] {
  return walk(sites, undefined).units;
}

function walk(sites: readonly LayerSite[], start: Flattened): { units: Unit[]; flattened: Flattened } {
  const units: Unit[] = [];
  let flattened = start;
  for (const site of sites) {
    const { layer, path, input } = site;
    if (layer.type === "residual") {
      const inner = walk(site.inner, flattened);
      if (inner.flattened !== flattened) throw mixedOrders(path);
      units.push(...inner.units);
    } else {
      units.push(...unitsAt(site, flattened));
      if (layer.type === "flatten" && hasTwoOrders(input)) flattened = input;
      else if (layer.type === "dense") flattened = undefined;
    }
  }
  return { units, flattened };
}

function hasTwoOrders(shape: readonly number[]): boolean {
  return shape.length === 3 && shape[2]! > 1 && shape[0]! * shape[1]! > 1;
}

function unitsAt({ layer, path, input }: LayerSite, flattened: Flattened): Unit[] {
  const width = input.at(-1) ?? 1;
  switch (layer.type) {
    case "dense":
      return [unit("dense", path, { weight: columns(layer.units, width, flattened), bias: same([layer.units]) })];
    case "conv2d": {
      const { filters, kernel } = layer;
      const from = [filters, width, kernel, kernel];
      const move = { from, axes: [0, 2, 3, 1], text: "channels last" };
      const weight = { foreignShape: from, shape: [filters, kernel, kernel, width], move };
      return [unit("conv2d", path, { weight, bias: same([filters]) })];
    }
    case "layerNorm":
      return [unit("layerNorm", path, { weight: vector(width, flattened), bias: vector(width, flattened) })];
    case "embedding":
      return [unit("embedding", path, { weight: same([layer.vocabulary, layer.units]) })];
    case "positionalEmbedding":
      return [unit("positionalEmbedding", path, { weight: same(input) })];
    case "causalSelfAttention":
      return [
        {
          ...unit("attentionInput", `${path}.qkv`, { weight: same([3 * width, width]), bias: same([3 * width]) }),
          exported: { weight: `${path}.in_proj_weight`, bias: `${path}.in_proj_bias` },
        },
        {
          ...unit("attentionOutput", `${path}.output`, { weight: same([width, width]), bias: same([width]) }),
          exported: { weight: `${path}.out_proj.weight`, bias: `${path}.out_proj.bias` },
        },
      ];
    default:
      return [];
  }
}

function unit(
  kind: UnitKind,
  path: string,
  { weight, bias }: { readonly weight: UnitTensor; readonly bias?: UnitTensor },
): Unit {
  return { kind, path, exported: { weight: `${path}.weight`, bias: `${path}.bias` }, weight, bias };
}

function same(shape: readonly number[]): UnitTensor {
  return { foreignShape: shape, shape, move: undefined };
}

/** A weight of `[units, inputs]`, whose columns move when they are the pixels of a flattened image. */
function columns(units: number, inputs: number, flattened: Flattened): UnitTensor {
  if (flattened === undefined) return same([units, inputs]);
  const [rows = 1, width = 1, channels = 1] = flattened;
  const move = { from: [units, channels, rows, width], axes: [0, 2, 3, 1], text: "columns of the image channels last" };
  return { ...same([units, inputs]), move };
}

function vector(size: number, flattened: Flattened): UnitTensor {
  if (flattened === undefined || elementCount(flattened) !== size) return same([size]);
  const [rows = 1, width = 1, channels = 1] = flattened;
  return { ...same([size]), move: { from: [channels, rows, width], axes: [1, 2, 0], text: "image channels last" } };
}

function mixedOrders(layer: string): InterchangeError {
  return new InterchangeError(
    { code: "INTERCHANGE_LAYER_UNSUPPORTED", layer, type: "residual" },
    `${layer} adds to a flattened image, whose numbers PyTorch orders otherwise: put a dense layer between`,
  );
}
