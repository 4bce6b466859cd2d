/** Causal self-attention as ONNX nodes. Knows only this one layer. */
import type { CausalSelfAttentionLayer } from "../engine/layers/causalSelfAttention.ts";
import type { Parameters } from "../engine/tensor.ts";
import { type LayerSite, permuteAxes } from "./layerSites.ts";
import type { OnnxGraph } from "./onnxGraph.ts";

/** `[batch, T, heads, width of a head]` → heads before positions. */
const HEADS_FIRST = [0, 2, 1, 3];
/** The same with positions last: the keys, ready for the product. */
const KEYS = [0, 2, 3, 1];

/**
 * softmax(q · kᵀ / √d + mask) · v for each head, between two projections.
 *
 * @param value `[batch, T, D]`.
 * @returns name of the result, of the same shape.
 */
export function emitAttention(
  { layer, path, input }: LayerSite<CausalSelfAttentionLayer>,
  value: string,
  { graph, parameters }: { readonly graph: OnnxGraph; readonly parameters: Parameters },
): string {
  const [positions = 0, width = 0] = input;
  const headWidth = width / layer.heads;
  const project = (from: string, name: string): string => projection({ from, name, path }, { graph, parameters });
  const parts = ["q", "k", "v"].map((part) => `${path}/${part}`);
  graph.node("Split", `${path}/split`, {
    inputs: [project(value, "qkv"), graph.integers(`split ${width}`, [width, width, width])],
    outputs: parts,
    attributes: { axis: { integer: -1 } },
  });
  const [query, key, values] = parts.map((part, i) => {
    const shape = graph.integers(`heads ${layer.heads}×${headWidth}`, [0, 0, layer.heads, headWidth]);
    const split = graph.node("Reshape", `${part}/heads`, { inputs: [part, shape] });
    return graph.transpose(`${part}/byHead`, split, i === 1 ? KEYS : HEADS_FIRST);
  });
  const scale = graph.floats(`1/√${headWidth}`, [], [1 / Math.sqrt(headWidth)]);
  const products = graph.node("MatMul", `${path}/products`, { inputs: [query!, key!] });
  const scaled = graph.node("Mul", `${path}/scaled`, { inputs: [products, scale] });
  const masked = graph.node("Add", `${path}/masked`, { inputs: [scaled, causalMask(graph, path, positions)] });
  const weights = graph.node("Softmax", `${path}/weights`, { inputs: [masked], attributes: { axis: { integer: -1 } } });
  const mixed = graph.node("MatMul", `${path}/mixed`, { inputs: [weights, values!] });
  const byPosition = graph.transpose(`${path}/byPosition`, mixed, HEADS_FIRST);
  const shape = graph.integers(`rows of ${width}`, [0, 0, width]);
  return project(graph.node("Reshape", `${path}/joined`, { inputs: [byPosition, shape] }), "output");
}

/** x · Wᵀ + b */
function projection(
  { from, name, path }: { readonly from: string; readonly name: string; readonly path: string },
  { graph, parameters }: { readonly graph: OnnxGraph; readonly parameters: Parameters },
): string {
  const { shape, data } = parameters.get(`${path}.${name}.weight`)!;
  const weight = graph.floats(`${path}.${name}.weight`, shape.toReversed(), permuteAxes(data, shape, [1, 0]));
  const bias = graph.floats(`${path}.${name}.bias`, [shape[0]!], parameters.get(`${path}.${name}.bias`)!.data);
  const product = graph.node("MatMul", `${path}/${name}/product`, { inputs: [from, weight] });
  return graph.node("Add", `${path}/${name}`, { inputs: [product, bias] });
}

/** −∞ above the diagonal, 0 elsewhere; made by the runtime, since as a constant it would fill the file. */
function causalMask(graph: OnnxGraph, path: string, positions: number): string {
  const shape = graph.integers(`square of ${positions}`, [positions, positions]);
  const attributes = { value: { constant: Number.NEGATIVE_INFINITY } };
  const full = graph.node("ConstantOfShape", `${path}/minusInfinity`, { inputs: [shape], attributes });
  const above = graph.integers("one", [1]);
  return graph.node("Trilu", `${path}/mask`, { inputs: [full, above], attributes: { upper: { integer: 1 } } });
}
