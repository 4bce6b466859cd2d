/**
 * Writes an architecture and its parameters as an ONNX model: what it computes at inference, up to the logits.
 *
 * Input and output are laid out as in the engine, with a batch of any size in front: images `[batch, rows, columns,
 * channels]`, token numbers `[batch, positions]` as binary32. Inside, images run channels first, as ONNX's operators
 * want them. The loss is left out and dropout does nothing. Sums run in whatever order the runtime likes, so outputs
 * are close to the engine's, not equal bit for bit.
 */
import type { Architecture, Layer } from "../engine/architecture.ts";
import { type Parameters, requireSameTensors } from "../engine/tensor.ts";
import { type LayerSite, layerSites, parametersOf, permuteAxes } from "./layerSites.ts";
import { emitAttention } from "./onnxAttention.ts";
import { ELEMENT_TYPE, OnnxGraph } from "./onnxGraph.ts";

/** A value of the graph, and whether its image has its channels first (`[batch, channels, rows, columns]`). */
interface Value {
  readonly name: string;
  readonly channelsFirst: boolean;
}

type ElementwiseLayer = Extract<Layer, { readonly type: "dropout" | "relu" | "tanh" | "gelu" }>;
type WindowLayer = Extract<Layer, { readonly type: "conv2d" | "maxPool" | "averagePool" }>;
type ResidualLayer = Extract<Layer, { readonly type: "residual" }>;

interface Site {
  readonly graph: OnnxGraph;
  readonly parameters: Parameters;
}

const EPSILON = 1e-5; // of layerNorm, as in the engine
const CHANNELS_FIRST = [0, 3, 1, 2];
const CHANNELS_LAST = [0, 2, 3, 1];

/**
 * @returns an ONNX file (opset 17) with one input `input` and one output `output`, a fresh array.
 * @throws {EngineError} `ENGINE_PARAMETERS_MISMATCH` | what {@link parseArchitecture} throws
 */
export function exportOnnx(architecture: Architecture, parameters: Parameters): Uint8Array {
  const sites = layerSites(architecture);
  requireSameTensors(parameters, parametersOf(architecture));
  const graph = new OnnxGraph("model");
  graph.input("input", architecture.input);
  const input = { name: "input", channelsFirst: false };
  const last = channelsLast(graph, emitAll(sites, input, { graph, parameters }));
  graph.node("Identity", "output", { inputs: [last] });
  graph.output("output", sites.at(-1)?.output ?? architecture.input);
  return graph.finish("cairn", { loss: architecture.loss });
}

function emitAll(sites: readonly LayerSite[], input: Value, into: Site): Value {
  return sites.reduce((value, site) => emit(site, value, into), input);
}

function emit(site: LayerSite, input: Value, into: Site): Value {
  const { layer, path } = site;
  const { graph } = into;
  switch (layer.type) {
    case "dropout":
      return input;
    case "relu":
    case "tanh":
      return { ...input, name: graph.node(layer.type === "relu" ? "Relu" : "Tanh", path, { inputs: [input.name] }) };
    case "gelu":
      return { ...input, name: emitGelu(graph, path, input.name) };
    case "conv2d":
    case "maxPool":
    case "averagePool":
      return { name: emitWindows({ ...site, layer }, channelsFirst(graph, input), into), channelsFirst: true };
    case "residual":
      return emitResidual(site, input, into);
    default:
      return { name: emitRows({ ...site, layer }, channelsLast(graph, input), into), channelsFirst: false };
  }
}

/** Layers for which the last axis is special, or the order of all numbers: they want channels last. */
function emitRows(
  site: LayerSite<Exclude<Layer, ElementwiseLayer | WindowLayer | ResidualLayer>>,
  value: string,
  into: Site,
): string {
  const { layer, path } = site;
  switch (layer.type) {
    case "flatten":
      return into.graph.node("Flatten", path, { inputs: [value], attributes: { axis: { integer: 1 } } });
    case "softmax":
      return into.graph.node("Softmax", path, { inputs: [value], attributes: { axis: { integer: -1 } } });
    case "dense":
      return emitDense(site, value, into);
    case "layerNorm":
      return emitLayerNorm(site, value, into);
    case "embedding":
    case "positionalEmbedding":
      return emitEmbedding(site, value, into);
    case "causalSelfAttention":
      return emitAttention({ ...site, layer }, value, into);
    default:
      return layer satisfies never;
  }
}

function emitResidual({ path, inner }: LayerSite, input: Value, into: Site): Value {
  const change = emitAll(inner, input, into);
  const areAlike = change.channelsFirst === input.channelsFirst;
  const inputs = [input, change].map((value) => (areAlike ? value.name : channelsLast(into.graph, value)));
  return { name: into.graph.node("Add", path, { inputs }), channelsFirst: areAlike && input.channelsFirst };
}

function channelsLast(graph: OnnxGraph, { name, channelsFirst: isFirst }: Value): string {
  if (!isFirst) return name;
  return graph.transpose(`${name}/channelsLast`, name, CHANNELS_LAST);
}

function channelsFirst(graph: OnnxGraph, { name, channelsFirst: isFirst }: Value): string {
  if (isFirst) return name;
  return graph.transpose(`${name}/channelsFirst`, name, CHANNELS_FIRST);
}

/** x · (½ + ½ · erf(x / √2)), the exact form: the operator Gelu came only with opset 20. */
function emitGelu(graph: OnnxGraph, path: string, input: string): string {
  const half = graph.floats("half", [], [0.5]);
  const scaled = graph.node("Mul", `${path}/scaled`, { inputs: [input, graph.floats("√½", [], [Math.SQRT1_2])] });
  const erf = graph.node("Erf", `${path}/erf`, { inputs: [scaled] });
  const halved = graph.node("Mul", `${path}/halved`, { inputs: [erf, half] });
  const gate = graph.node("Add", `${path}/gate`, { inputs: [halved, half] });
  return graph.node("Mul", path, { inputs: [input, gate] });
}

/** `Gemm` takes the weights as they are, but matrices only; rows of several positions need the transposed weights. */
function emitDense({ path, input }: LayerSite, value: string, { graph, parameters }: Site): string {
  const { shape, data } = parameters.get(`${path}.weight`)!;
  const [units = 0] = shape;
  const bias = graph.floats(`${path}.bias`, [units], parameters.get(`${path}.bias`)!.data);
  if (input.length === 1) {
    const weight = graph.floats(`${path}.weight`, shape, data);
    return graph.node("Gemm", path, { inputs: [value, weight, bias], attributes: { transB: { integer: 1 } } });
  }
  const weight = graph.floats(`${path}.weight`, shape.toReversed(), permuteAxes(data, shape, [1, 0]));
  const product = graph.node("MatMul", `${path}/product`, { inputs: [value, weight] });
  return graph.node("Add", path, { inputs: [product, bias] });
}

function emitWindows(
  { layer, path, input }: LayerSite<WindowLayer>,
  value: string,
  { graph, parameters }: Site,
): string {
  if (layer.type === "conv2d") {
    const { filters, kernel, stride, padding } = layer;
    const { shape, data } = parameters.get(`${path}.weight`)!;
    const channels = input.at(-1)!;
    const weight = graph.floats(
      `${path}.weight`,
      [filters, channels, kernel, kernel],
      permuteAxes(data, shape, [0, 3, 1, 2]),
    );
    const bias = graph.floats(`${path}.bias`, [filters], parameters.get(`${path}.bias`)!.data);
    const pads = [padding, padding, padding, padding];
    const attributes = { kernel_shape: [kernel, kernel], strides: [stride, stride], pads };
    return graph.node("Conv", path, { inputs: [value, weight, bias], attributes });
  }
  const attributes = { kernel_shape: [layer.size, layer.size], strides: [layer.stride, layer.stride] };
  return graph.node(layer.type === "maxPool" ? "MaxPool" : "AveragePool", path, { inputs: [value], attributes });
}

function emitLayerNorm({ path, input }: LayerSite, value: string, { graph, parameters }: Site): string {
  const width = [input.at(-1)!];
  const scale = graph.floats(`${path}.weight`, width, parameters.get(`${path}.weight`)!.data);
  const shift = graph.floats(`${path}.bias`, width, parameters.get(`${path}.bias`)!.data);
  const attributes = { axis: { integer: -1 }, epsilon: { float: EPSILON } };
  return graph.node("LayerNormalization", path, { inputs: [value, scale, shift], attributes });
}

function emitEmbedding({ layer, path }: LayerSite, value: string, { graph, parameters }: Site): string {
  const { shape, data } = parameters.get(`${path}.weight`)!;
  const weight = graph.floats(`${path}.weight`, shape, data);
  if (layer.type === "positionalEmbedding") return graph.node("Add", path, { inputs: [value, weight] });
  const attributes = { to: { integer: ELEMENT_TYPE.int64 } };
  const numbers = graph.node("Cast", `${path}/numbers`, { inputs: [value], attributes });
  return graph.node("Gather", path, { inputs: [weight, numbers] });
}
