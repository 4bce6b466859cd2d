/** Small architectures that between them hold every layer, alone and in the combinations that planning must get right. */
import type { Architecture, Layer } from "../architecture.ts";
import { perceptron } from "./programs.ts";

const dense = (units: number): Layer => ({ type: "dense", units });
const relu: Layer = { type: "relu" };
const tanh: Layer = { type: "tanh" };
const flatten: Layer = { type: "flatten" };
const residual = (...layers: readonly Layer[]): Layer => ({ type: "residual", layers });
const tokens = (vocabulary: number, units: number): Layer => ({ type: "embedding", vocabulary, units });
const positions: Layer = { type: "positionalEmbedding" };
const dropout: Layer = { type: "dropout", rate: 0.25 };

function of(input: readonly number[], ...layers: readonly Layer[]): Architecture {
  return { input, layers, loss: "softmaxCrossEntropy" };
}

function ofValues(input: readonly number[], ...layers: readonly Layer[]): Architecture {
  return { input, layers, loss: "meanSquaredError" };
}

const conv = (filters: number, kernel: number, stride = 1, padding = 0): Layer => {
  return { type: "conv2d", filters, kernel, stride, padding };
};

const block = (heads: number, units: number, hidden: number): Layer[] => [
  residual({ type: "layerNorm" }, { type: "causalSelfAttention", heads }),
  residual({ type: "layerNorm" }, dense(hidden), { type: "gelu" }, dense(units)),
];

/** By what they show. Every layer without weights stands behind one with weights, so that its gradient is used. */
export const ARCHITECTURES: Readonly<Record<string, Architecture>> = {
  "softmax regression": perceptron([5], 3),
  "one hidden layer": perceptron([2, 3], 4, 3),
  "two hidden layers": perceptron([5], 6, 4, 3),
  "relu on inputs and logits": of([5], relu, dense(4), relu),
  "dense on rows": of([3, 4], dense(5), tanh, dense(3)),
  "mean squared error": ofValues([4], dense(3), tanh, dense(2)),
  "mean squared error of an image": ofValues([4, 3, 2], conv(2, 2)),
  gelu: of([4], dense(5), { type: "gelu" }, dense(3)),
  tanh: of([4], dense(5), tanh, dense(3)),
  "softmax inside": of([4], dense(5), { type: "softmax" }, dense(3)),
  "softmax as output": ofValues([2, 3], dense(4), { type: "softmax" }),
  convolution: of([5, 4, 2], conv(3, 3), relu, flatten, dense(3)),
  "convolutions with stride and padding": of(
    [6, 5, 1],
    conv(2, 3, 2, 1),
    tanh,
    conv(3, 2, 1, 1),
    relu,
    flatten,
    dense(3),
  ),
  "a stride beyond the kernel": of([7, 8, 1], conv(2, 1), conv(2, 2, 3), flatten, dense(3)),
  "max pool": of([6, 6, 1], conv(2, 3), relu, { type: "maxPool", size: 2 }, flatten, dense(3)),
  "max pool with overlap": of([6, 5, 1], conv(2, 2), { type: "maxPool", size: 3, stride: 1 }, flatten, dense(3)),
  "max pool first": of([5, 5, 2], { type: "maxPool", size: 2, stride: 2 }, flatten, dense(3)),
  "average pool": of([6, 6, 1], conv(2, 3), tanh, { type: "averagePool", size: 2 }, flatten, dense(3)),
  "average pool with overlap": of(
    [5, 6, 1],
    conv(2, 2),
    { type: "averagePool", size: 2, stride: 1 },
    flatten,
    dense(3),
  ),
  "layer norm": of([6], dense(5), { type: "layerNorm" }, dense(3)),
  "layer norm first": of([3, 6], { type: "layerNorm" }, dense(3)),
  embedding: of([4], tokens(5, 3), flatten, dense(3)),
  "positional embedding": of([4], tokens(5, 3), positions, tanh, dense(3)),
  "positional embedding of values": ofValues([3, 2], positions, tanh, dense(2)),
  "positional embedding behind tanh": of([3, 2], dense(4), tanh, positions, dense(3)),
  attention: of([5, 4], { type: "causalSelfAttention", heads: 2 }, dense(3)),
  "attention behind a layer": of([4, 3], dense(6), { type: "causalSelfAttention", heads: 3 }, tanh, dense(3)),
  transformer: of([4], tokens(7, 4), positions, ...block(2, 4, 6), ...block(1, 4, 5), { type: "layerNorm" }, dense(7)),
  residual: of([4], dense(4), residual(dense(4), tanh, dense(4)), dense(3)),
  "residual first": of([4], residual(dense(5), relu, dense(4)), dense(3)),
  "residual of relu": of([4], dense(5), residual(relu), dense(3)),
  "residual that ends in relu": of([4], dense(5), residual(dense(5), relu), dense(3)),
  "residual that begins with relu": of([4], dense(5), residual(relu, dense(5)), dense(3)),
  "residual that keeps what it gets": of([5], dense(5), residual(flatten), dense(3)),
  "residual behind relu": of([4], dense(5), relu, residual(tanh, dense(5)), relu, dense(3)),
  "residual last": of([4], dense(3), residual(dense(3), tanh)),
  "nested residuals": of([4], dense(4), residual(residual(relu, dense(4)), dense(4), residual(tanh)), dense(3)),
  "nested residuals of activations": of([4], dense(4), residual(residual(tanh), residual(relu)), dense(3)),
  "relu behind tanh": of([4], dense(5), tanh, relu, dense(3)),
  "tanh behind relu": of([4], dense(5), relu, tanh, dense(3)),
  "relu behind relu": of([4], dense(5), relu, relu, dense(3)),
  "gelu behind gelu": of([4], dense(5), { type: "gelu" }, { type: "gelu" }, dense(3)),
  dropout: of([6], dense(8), relu, dropout, dense(3)),
  "dropout first and in a residual": of([6], dropout, dense(5), residual(dense(5), dropout), tanh, dense(3)),
  "convolution in a residual": of([4, 4, 2], conv(2, 1), residual(conv(2, 3, 1, 1), relu), flatten, dense(3)),
};
